package cli

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every command that prints data has the output flags.
func TestOutputFlags(t *testing.T) {
	var without []string
	for _, c := range Root().Commands() {
		var got []string
		for _, name := range []string{"output", "jq", "no-headers", "quiet"} {
			if c.Flags().Lookup(name) != nil {
				got = append(got, name)
			}
		}
		switch len(got) {
		case 0:
			without = append(without, c.Name())
		case 4:
		default:
			t.Errorf("%s has only %q", c.Name(), got)
		}
	}
	slices.Sort(without)
	if diff := cmp.Diff([]string{"auth", "completion", "credentials", "emulate", "environment", "events", "help", "report", "snapshot"}, without); diff != "" {
		t.Errorf("commands without data (-want +got):\n%s", diff)
	}
}
