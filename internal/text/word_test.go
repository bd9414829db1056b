package text_test

import (
	"os/exec"
	"testing"

	"github.com/memberships-go/memberships/internal/text"
)

func TestWord(t *testing.T) {
	for s, want := range map[string]string{
		"":                     "''",
		"/home/ada/.x-1_y+@%z": "/home/ada/.x-1_y+@%z",
		"two words":            "'two words'",
		"it's":                 `'it'\''s'`,
		"$HOME;`id`":           "'$HOME;`id`'",
		"é":                    "'é'",
	} {
		got := text.Word(s)
		if got != want {
			t.Errorf("%q became %s, want %s", s, got, want)
		}
		sh, err := exec.LookPath("sh")
		if err != nil {
			continue // the words above hold on their own
		}
		if out, err := exec.CommandContext(t.Context(), sh, "-c", "printf %s "+got).Output(); err != nil || string(out) != s {
			t.Errorf("a shell reads %s as %q, %v", got, out, err)
		}
	}
}
