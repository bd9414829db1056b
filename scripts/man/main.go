// Command man writes the manual pages of the memberships command into a directory:
// go run ./scripts/man DIR. SOURCE_DATE_EPOCH sets their date.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/memberships-go/memberships/internal/cli"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: man DIR")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "man:", err)
		os.Exit(1)
	}
}

// write writes one page for each command except help, and one for each help topic. It
// creates the directory if needed.
func write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root := cli.Root()
	root.DisableAutoGenTag = true
	return writeTree(root, dir)
}

func writeTree(c *cobra.Command, dir string) error {
	for _, sub := range c.Commands() {
		if sub.Name() == "help" {
			continue
		}
		if err := writeTree(sub, dir); err != nil {
			return err
		}
	}
	text, err := page(c)
	if err != nil {
		return err
	}
	name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
	return os.WriteFile(filepath.Join(dir, name), text, 0o644)
}

// page returns the page of a command or topic. A command's page has the manual's sections
// before its examples.
func page(c *cobra.Command) ([]byte, error) {
	var b bytes.Buffer
	if err := doc.GenMan(c, header(), &b); err != nil {
		return nil, err
	}
	if c.IsAdditionalHelpTopicCommand() {
		return b.Bytes(), nil
	}
	text := b.String()
	at := len(text)
	for _, heading := range []string{"\n.SH EXAMPLE\n", "\n.SH SEE ALSO\n"} {
		if i := strings.Index(text, heading); i >= 0 {
			at = min(at, i+1)
		}
	}
	return []byte(text[:at] + sections(c.Name()) + text[at:]), nil
}

// header returns a new header, because package doc writes into it.
func header() *doc.GenManHeader {
	return &doc.GenManHeader{Section: "1", Source: "memberships", Manual: "memberships"}
}
