package complete_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/internal/cli/complete"
)

// completions returns the words and the directive of a flag's completion.
func completions(t *testing.T, cmd *cobra.Command, flag string) ([]string, cobra.ShellCompDirective) {
	t.Helper()
	f, ok := cmd.GetFlagCompletionFunc(flag)
	if !ok {
		t.Fatalf("--%s has no completion", flag)
	}
	return f(cmd, nil, "")
}

// command returns a command with string flags.
func command(flags ...string) *cobra.Command {
	cmd := &cobra.Command{Use: "test"}
	for _, f := range flags {
		cmd.Flags().String(f, "", "`text` of the flag")
	}
	return cmd
}

// The words depend on --provider, and keep their order. Only a group continues after its
// word, which is a prefix.
func TestWith(t *testing.T) {
	const plain = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	words := func(provider string) []string { return []string{"z of " + provider, "a"} }
	for name, tt := range map[string]struct {
		flags     []string // besides the completed one
		flag      string
		args      []string
		words     []string
		directive cobra.ShellCompDirective
	}{
		"a provider":              {[]string{"provider"}, "role", []string{"--provider", "webex"}, []string{"z of webex", "a"}, plain},
		"--provider is unset":     {[]string{"provider"}, "role", nil, []string{"z of ", "a"}, plain},
		"no flag --provider":      {nil, "role", nil, []string{"z of ", "a"}, plain},
		"the flag --group":        {nil, "group", nil, []string{"z of ", "a"}, plain | cobra.ShellCompDirectiveNoSpace},
		"a flag similar to group": {nil, "groups", nil, []string{"z of ", "a"}, plain},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := command(append(tt.flags, tt.flag)...)
			complete.With(cmd, tt.flag, words)
			if err := cmd.ParseFlags(tt.args); err != nil {
				t.Fatal(err)
			}
			got, directive := completions(t, cmd, tt.flag)
			if diff := cmp.Diff(tt.words, got); diff != "" || directive != tt.directive {
				t.Errorf("directive %d, want %d; words (-want +got):\n%s", directive, tt.directive, diff)
			}
		})
	}
}

// The words depend on the first argument, and get no other one.
func TestWithArgument(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"none": {nil, "after "},
		"one":  {[]string{"webex"}, "after webex"},
		"two":  {[]string{"webex", "box"}, "after webex"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := command("as")
			complete.WithArgument(cmd, "as", func(argument string) []string { return []string{"after " + argument} })
			f, ok := cmd.GetFlagCompletionFunc("as")
			if !ok {
				t.Fatal("--as has no completion")
			}
			if got, _ := f(cmd, tt.args, ""); !cmp.Equal(got, []string{tt.want}) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// With panics for a missing flag and for a second completion.
func TestWithPanics(t *testing.T) {
	words := func(string) []string { return nil }
	twice := command("role")
	complete.With(twice, "role", words)
	for name, cmd := range map[string]*cobra.Command{"a missing flag": command(), "a second completion": twice} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("With returned, want a panic")
				}
			}()
			complete.With(cmd, "role", words)
		})
	}
}

// NoFiles leaves the files of a file flag, the completion of another flag, and a flag
// without a value. A folder flag completes folders.
func TestNoFiles(t *testing.T) {
	cmd := command("role", "text")
	cmd.Flags().String("config", "", "`file` with the profiles")
	cmd.Flags().Bool("debug", false, "report every request")
	cmd.Flags().String("journal", "", "`folder` of the journal")
	complete.With(cmd, "role", func(string) []string { return []string{"member"} })
	complete.NoFiles(cmd)

	if words, directive := completions(t, cmd, "text"); len(words) > 0 || directive != cobra.ShellCompDirectiveNoFileComp {
		t.Errorf("--text: got %q and directive %d, want no words and no files", words, directive)
	}
	if words, directive := completions(t, cmd, "journal"); len(words) > 0 || directive != cobra.ShellCompDirectiveFilterDirs {
		t.Errorf("--journal: got %q and directive %d, want folders alone", words, directive)
	}
	if words, _ := completions(t, cmd, "role"); !cmp.Equal(words, []string{"member"}) {
		t.Errorf("--role: got %q, want its own completion", words)
	}
	for _, flag := range []string{"config", "debug"} {
		if _, ok := cmd.GetFlagCompletionFunc(flag); ok {
			t.Errorf("--%s has a completion, want none", flag)
		}
	}
}
