// Command man writes the manual pages of the memberships command into a directory:
// go run ./scripts/man DIR. SOURCE_DATE_EPOCH sets their date.
package main

import (
	"fmt"
	"os"
	"path/filepath"

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

// write writes one page a command, and one a help topic, which doc leaves out. It makes
// the directory if there is none.
func write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root := cli.Root()
	root.DisableAutoGenTag = true
	if err := doc.GenManTree(root, header(), dir); err != nil {
		return err
	}
	for _, c := range root.Commands() {
		if c.IsAdditionalHelpTopicCommand() {
			if err := page(c, filepath.Join(dir, "memberships-"+c.Name()+".1")); err != nil {
				return err
			}
		}
	}
	return nil
}

func page(c *cobra.Command, name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := doc.GenMan(c, header(), f); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// header is a new one for every use: doc writes into it.
func header() *doc.GenManHeader {
	return &doc.GenManHeader{Section: "1", Source: "memberships", Manual: "memberships"}
}
