package cli

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every command that prints data has the output flags. One that prints a document has formats of
// its own.
func TestOutputFlags(t *testing.T) {
	var without, documents []string
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
		case 2:
			documents = append(documents, c.Name())
			if diff := cmp.Diff([]string{"output", "quiet"}, got); diff != "" {
				t.Errorf("flags of %s (-want +got):\n%s", c.Name(), diff)
			}
		default:
			t.Errorf("%s has only %q", c.Name(), got)
		}
	}
	slices.Sort(without)
	if diff := cmp.Diff([]string{"auth", "completion", "credentials", "emulate", "environment", "events", "help", "import", "journal", "report", "snapshot"}, without); diff != "" {
		t.Errorf("commands without data (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"plan"}, documents); diff != "" {
		t.Errorf("commands whose data is one document (-want +got):\n%s", diff)
	}
}
