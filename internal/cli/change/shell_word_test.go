// Windows has no POSIX shell.

//go:build !windows

package change

import (
	"os/exec"
	"testing"
)

// A shell parses the word back into the argument.
func TestShellWord(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	for _, arg := range []string{
		"", "a", "a b", "a'b", "''", `a"b`, `a\b`, "$HOME", "`ls`", "$(ls)", "~", "~ada", "*", "a?[b]", "a;b", "a|b", "a&b", "a>b", "#a", "!a", "{a,b}",
		"=a", "a=b", "-a", "a\nb", "a\tb", "é", "日本", "100%", "a+b@example.com", "id:a@b", "https://a.example/?b=c&d", "(a)", "a\u202eb",
	} {
		out, err := exec.CommandContext(t.Context(), shell, "-c", "printf '[%s]' "+shellWord(arg)).Output()
		if err != nil || string(out) != "["+arg+"]" {
			t.Errorf("%q as %s: got %q, %v", arg, shellWord(arg), out, err)
		}
	}
}
