package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/internal/cli/output"
)

// build describes this binary.
type build struct{ version, golang, commit, time string }

var buildSchema = output.Schema[build]{Fields: []output.Field[build]{
	{Name: "version", Text: func(b build) string { return b.version }},
	{Name: "go", Text: func(b build) string { return b.golang }},
	{Name: "commit", Text: func(b build) string { return b.commit }},
	{Name: "time", Text: func(b build) string { return b.time }},
}}

func readBuild() build {
	b := build{version: "devel", golang: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.version = v
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			b.commit = s.Value
		case s.Key == "vcs.time":
			b.time = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			b.commit += " with changes"
		}
	}
	return b
}

func (a *app) versionCommand() *cobra.Command {
	var out output.Flags
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long:  `Print the version, the version of Go that it was built with, and the commit.`,
		Example: `  memberships version
  memberships --version
  memberships version -o json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := out.Check(); err != nil {
				return err
			}
			if out.Format != "table" {
				return output.One(a.Console, &out, buildSchema, readBuild())
			}
			return a.printVersion()
		},
	}
	out.Add(a.Console, cmd, "table")
	return cmd
}

// printVersion prints the line of --version and version.
func (a *app) printVersion() error {
	b := readBuild()
	text := "memberships " + b.version + " (" + b.golang
	if b.commit != "" {
		text += ", commit " + b.commit
	}
	_, err := a.Stdout.Write([]byte(text + ")\n"))
	return err
}
