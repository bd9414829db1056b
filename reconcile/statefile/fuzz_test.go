package statefile

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/text"
)

// Every file is read, or each of its mistakes has a place. A file that is read can be
// written and read again.
func FuzzLoad(f *testing.F) {
	f.Add(head+in+"    members_from: m\n", "email,role\nb@example.com,owner\n")
	f.Add(in+"    members: {ada: manager, grace: member}\n    ignore: [\"app:*\"]\n", "")
	for _, seed := range []string{
		"", "# a\n", "\ufeffversion: 1\r\n", "version: 2", "version: 1\n---\n", "version: 1\ngroups:\n\ta: {}", "version: 1\ngroups: &x {a: *x}", "version: 1\nprotected: [&x a@b, *x]",
		"version: 1\nroles: {<<: {a: b}}", "version: 1\n? [a]\n: b", "version: 1\npeople: {a: {ids: {box: 1e20, clerk: !!str 5}}}", "version: 1\ngroups: {a: {in: {box: \"\\x07\"}}}",
		"version: 1\npeople: \"\\u2028\n", "version: 1\ngroups: >-\n  a\n  b\n", "version: 1\n\"\\U0001F600\": 'it''s'\n", "{version: 1, defaults: {max_removals: {count: -1}}}", "\xff", "a\x00",
		"version: 1\ngroups: {a: {in: {box: 1}, members_from: m}}",
	} {
		f.Add(seed, `{"member":"a@b"}`)
	}
	f.Fuzz(func(t *testing.T, file, members string) {
		t.Chdir(t.TempDir())
		if err := os.WriteFile("m", []byte(members), 0o600); err != nil {
			t.Fatal(err)
		}
		file = strings.ReplaceAll(file, "/", "_") // a path of a member file stays in the folder
		d, err := Load([]string{"-"}, Options{Providers: providerNames, Stdin: strings.NewReader(file)})
		if err != nil {
			placed(t, err, map[string]string{"stdin": file, "m": members})
			return
		}
		var b strings.Builder
		if err := Write(&b, d); err != nil {
			t.Fatal(err)
		}
		if again, err := loadText(b.String()); err != nil || again.Hash != d.Hash {
			t.Errorf("%v\n%s", err, b.String())
		}
	})
}

// placed reports mistakes that have no place in one of the files, or no safe text.
func placed(t *testing.T, err error, files map[string]string) {
	t.Helper()
	var all Errors
	if !errors.As(err, &all) || len(all) == 0 {
		t.Fatalf("got %v", err)
	}
	for _, m := range all {
		file, known := files[m.At.File]
		lines := 1 + strings.Count(file, "\n") + strings.Count(file, "\r")
		if !known || m.At.Line < 1 || m.At.Line > lines || m.At.Column < 1 || m.Text == "" || !text.Safe(m.Text) || len(m.Text) > 2000 {
			t.Errorf("got %d bytes: %.2000q at %v", len(m.Text), m.Text, m.At)
		}
	}
}
