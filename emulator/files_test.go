package emulator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/emulator"
)

// An endless file, or one above the limit, is an error.
func TestLongFiles(t *testing.T) {
	name := filepath.Join(t.TempDir(), "long")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for option, with := range map[string]emulator.Option{"state": emulator.WithStateFile(name), "faults": emulator.WithFaultsFile(name)} {
		if err := f.Truncate(16<<20 + 1); err != nil { // a sparse file
			t.Fatal(err)
		}
		if _, err := emulator.New(with); err == nil || err.Error() != name+" is longer than 16 MiB" {
			t.Errorf("%s: got %v", option, err)
		}
	}
}

// Nested aliases that expand to too many values are an error, found before the expansion.
// A small expansion is accepted.
func TestAliases(t *testing.T) {
	state := func(levels int) []byte {
		var b strings.Builder
		b.WriteString("people: [{name: Ada, email: ada@example.com}]\ncredentials:\n  box:\n  - {token: t, scopes: &l0 [s, s, s, s, s, s, s, s, s, s]}\n")
		for i := range levels {
			alias := fmt.Sprintf("*l%d, ", i)
			fmt.Fprintf(&b, "  - {token: t, scopes: &l%d [%s]}\n", i+1, strings.TrimSuffix(strings.Repeat(alias, 10), ", "))
		}
		fmt.Fprintf(&b, "groups: [{name: G, in: *l%d}]\n", levels)
		return []byte(b.String())
	}
	const want = ": with the values of its aliases, the file has more than 1,000,000 values"
	for _, levels := range []int{6, 9, 100, 5000} {
		if _, err := emulator.New(emulator.WithState("s.yaml", state(levels))); err == nil || !strings.HasPrefix(err.Error(), "s.yaml:") || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%d levels: got %v, want %s", levels, err, want)
		}
	}
	good := "people: [&ada {name: Ada, email: ada@example.com}]\ngroups: [{name: G, in: &p [box, clerk]}, {name: H, in: *p}]\n"
	if _, err := emulator.New(emulator.WithState("s.yaml", []byte(good))); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"people: &a [*a]\n", "people: *none\n"} {
		if _, err := emulator.New(emulator.WithState("s.yaml", []byte(bad))); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}
