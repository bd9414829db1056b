package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli"
)

// today is the date of the emulator in a recording.
var today = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// fileBlock matches a block of code that is a file for the recordings of its document.
var fileBlock = regexp.MustCompile("(?ms)^<!-- file (\\S+) -->\n(```\\w*\n(.*?)^```$)?")

// filesOf returns the files of a document by name.
func filesOf(document []byte) (map[string]string, error) {
	files := map[string]string{}
	for _, m := range fileBlock.FindAllSubmatch(document, -1) {
		name := string(m[1])
		if _, twice := files[name]; twice || m[2] == nil || filepath.Base(name) != name {
			return nil, fmt.Errorf("the file %s needs a name of its own without a folder, and a block of code below it", name)
		}
		files[name] = string(m[3])
	}
	return files, nil
}

// recording runs command lines in order against one emulator and returns the terminal's
// content. A line is "memberships ..." or a pipeline of such commands. They run in a folder
// with the files and nothing else.
func recording(lines []string, files map[string]string) (_ string, err error) {
	leave, err := enterEmpty()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, leave()) }()
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	srv := emulator.NewServer(emulator.WithClock(func() time.Time { return today }))
	defer srv.Close()
	var b strings.Builder
	b.WriteString("```console\n")
	for _, line := range lines {
		fmt.Fprintf(&b, "$ %s\n", line)
		screen, code, err := pipeline(srv.URL, line)
		if err != nil {
			return "", err
		}
		for shown := range strings.Lines(screen) {
			b.WriteString(strings.TrimRight(shown, " \n") + "\n")
		}
		if code != 0 {
			fmt.Fprintf(&b, "$ echo $?\n%d\n", code)
		}
	}
	b.WriteString("```\n")
	return b.String(), nil
}

// enterEmpty enters an empty folder. leave goes back and removes it.
func enterEmpty() (leave func() error, _ error) {
	before, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "recording")
	if err != nil {
		return nil, err
	}
	return func() error { return errors.Join(os.Chdir(before), os.RemoveAll(dir)) }, os.Chdir(dir)
}

// pipeline runs the commands of a line, each with the previous output as its input. It
// returns the terminal's content and the exit code of the last command.
func pipeline(url, line string) (screen string, code int, _ error) {
	var shown bytes.Buffer
	var in io.Reader = strings.NewReader("")
	commands := strings.Split(line, "|")
	for i, command := range commands {
		words := strings.Fields(command)
		if len(words) == 0 || words[0] != "memberships" || strings.ContainsAny(command, `"'$\><&;`) {
			return "", 0, fmt.Errorf("a recording runs memberships with plain words, found %q", command)
		}
		var piped bytes.Buffer
		out := io.Writer(&piped)
		if i == len(commands)-1 {
			out = &shown
		}
		code = cli.Run(context.Background(), cli.Process{
			Args: words[1:], Stdin: in, Stdout: out, Stderr: &shown,
			Getenv: func(name string) string {
				if name == "MEMBERSHIPS_EMULATOR" {
					return url
				}
				return ""
			},
		})
		in = &piped
	}
	return strings.ReplaceAll(shown.String(), url, "http://127.0.0.1:8787"), code, nil
}
