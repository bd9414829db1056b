package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/cli"
)

// fence matches a code block: its language, its text, and the output below it.
var fence = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```\n(?:```text\n(.*?)^```\n)?")

// block is a code block of a document.
type block struct{ language, code, output string }

func blocks(document string) []block {
	var all []block
	for _, m := range fence.FindAllStringSubmatch(document, -1) {
		all = append(all, block{m[1], m[2], m[3]})
	}
	return all
}

// TestProgramsCompile compiles each Go block of a document as its own program or test
// file.
func TestProgramsCompile(t *testing.T) {
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	files, err := documents(root)
	if err != nil {
		t.Fatal(err)
	}
	module, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, file := range append(files, filepath.Join(root, "CONTRIBUTING.md"), filepath.Join(root, "SECURITY.md")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range blocks(string(text)) {
			if b.language != "go" {
				continue
			}
			name := fmt.Sprintf("%s-%d", strings.TrimSuffix(filepath.Base(file), ".md"), i)
			into := "main.go"
			switch {
			case strings.HasPrefix(b.code, "package main\n") && strings.Contains(b.code, "\nfunc main() {\n"):
			case strings.HasPrefix(b.code, "package main_test\n") && strings.Contains(b.code, "\nfunc Test"):
				into = "main_test.go"
			default:
				t.Errorf("%s is no whole program:\n%s", name, b.code)
				continue
			}
			source := filepath.Join(dir, name+".go")
			if err := os.WriteFile(source, []byte(b.code), 0o600); err != nil {
				t.Fatal(err)
			}
			overlay.Replace[filepath.Join(module, "docs", "programs", name, into)] = source
		}
	}
	if len(overlay.Replace) == 0 {
		t.Fatal("no document has a program")
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, text, 0o600); err != nil {
		t.Fatal(err)
	}
	compile := exec.Command("go", "list", "-export", "-test", "-overlay", list, "./docs/programs/...") // -export compiles without linking
	compile.Dir = module
	if out, err := compile.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestConsolesArePlayed checks that each terminal session of a document is a recording.
func TestConsolesArePlayed(t *testing.T) {
	eachDocument(t, func(t *testing.T, _, text string) {
		played := 0
		for _, m := range part.FindAllStringSubmatch(text, -1) {
			if m[2] == "recording" {
				played++
			}
		}
		if shown := strings.Count(text, "\n```console\n"); shown != played {
			t.Errorf("%d terminals are shown, %d of them are recordings", shown, played)
		}
	})
}

// indented matches an indented command line of memberships.
var indented = regexp.MustCompile(`(?m)^    (?:go run \./cmd/)?(memberships .*)$`)

// TestCommandLines parses every command line that is outside a recording.
func TestCommandLines(t *testing.T) {
	found := 0
	eachDocument(t, func(t *testing.T, _, text string) {
		for _, m := range indented.FindAllStringSubmatch(text, -1) {
			for line := range strings.SplitSeq(m[1], "|") {
				found++
				line, _, _ = strings.Cut(line, " #")
				line, _, _ = strings.Cut(line, ">")
				line, _, _ = strings.Cut(line, "&")
				words := strings.Fields(line)
				cmd, rest, err := cli.Root().Find(words[1:])
				if err == nil {
					err = cmd.ParseFlags(rest)
				}
				if err != nil {
					t.Errorf("%q: %v", line, err)
				}
			}
		}
	})
	if found == 0 {
		t.Error("no document shows a command line")
	}
}
