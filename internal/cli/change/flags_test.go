package change

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/option"
)

// Flags that contradict each other are a usage error.
func TestFlagsCheck(t *testing.T) {
	for args, want := range map[string]string{
		"":                                    "--member is missing: an e-mail address or an id; or --from, a file with many",
		"-m ada":                              "",
		"-m ada -m grace":                     "",
		"--id m1":                             "",
		"--from file":                         "",
		"-m ada --from file":                  "--member, --id and --from exclude each other",
		"-m ada --id m1":                      "--member, --id and --from exclude each other",
		"--from file --format list":           "",
		"--from file --format xml":            `there is no input format "xml"; there are csv, json, ndjson and list`,
		"-m ada --role-map owner=manager":     "--role-map is about the roles in the file of --from",
		"--from file --role-map o=manager":    "",
		"-m ada --column email=Mail":          "--column is about the file of --from",
		"--from file --column email=Mail":     "",
		"-m ada --concurrency 0":              "--concurrency 0 is below one",
		"-m ada -o xml":                       `there is no output format "xml"`,
		"--from file --format list -o ndjson": "",
	} {
		f, cmd := &Flags{}, &cobra.Command{Use: "test"}
		console := &output.Console{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}
		f.Add(console, func(string) string { return "" }, nil, cmd)
		f.AddRoles(cmd)
		f.AddID(cmd)
		if err := cmd.ParseFlags(strings.Fields(args)); err != nil {
			t.Fatalf("%s: %v", args, err)
		}
		text := ""
		if err := f.check(); err != nil {
			text = err.Error()
		}
		if !strings.HasPrefix(text, want) || (text == "") != (want == "") {
			t.Errorf("%q: got %q, want %q", args, text, want)
		}
	}
}

// The reason of a wrong reference is that of the reference, and not of what it lacks.
func TestReadNamed(t *testing.T) {
	for name, tt := range map[string]struct {
		flags Flags
		want  string
	}{
		"a group of another kind": {Flags{group: "room:r1", members: []string{"ada@example.com"}}, `the group is of kind "room"; clerk has organization`},
		"no group":                {Flags{members: []string{"ada@example.com"}}, "--group is missing"},
		"the same member twice":   {Flags{group: "org_demo", members: []string{"user_1", "user_1"}}, ""},
		"an unknown role":         {Flags{group: "org_demo", members: []string{"ada@example.com"}, Role: "king"}, `--role: `},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, requests, err := inputChanges(t, "clerk", tt.flags)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) || requests > 0 {
				t.Errorf("got %v after %d requests, want %q", err, requests, tt.want)
			}
		})
	}
}

// A look-up of groups that fails ends the command before any change, and the error says so.
func TestReadFails(t *testing.T) {
	srv := emulator.NewServer()
	defer srv.Close()
	srv.Control(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet {
			t.Errorf("%s %s was sent", r.Method, r.URL)
		}
		w.WriteHeader(http.StatusForbidden)
		return true
	})
	c, err := credentials.OpenEmulator("box", option.WithBaseURL(srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	f := &Flags{from: "testdata/input/box-names.csv", console: &output.Console{Stderr: &bytes.Buffer{}}}
	changes, err := f.read(t.Context(), c, memberships.OpAdd)
	if len(changes) > 0 || err == nil || !strings.HasSuffix(err.Error(), "; nothing was changed") {
		t.Errorf("got %d changes, %v", len(changes), err)
	}
}
