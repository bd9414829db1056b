package transport

import (
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
)

// CheckID refuses the ids that memberships.CheckID refuses. CheckKey also accepts a key that
// only looks like path steps.
func TestCheckIDMatchesRoot(t *testing.T) {
	for id, key := range map[string]bool{
		"a": true, "ab": true, "a.b": true, "%2e": true, "./a": true, "a%2Fb": true, "..%2F": true, "%2e%2e": true, "../x": true, "ä/../x": true, "x/./y": true,
		"": false, ".": false, "..": false, "a\nb": false, "ä\u2028": false, "ä\xff": false, "ä..": true,
		strings.Repeat("x", MaxID): true, strings.Repeat("x", MaxID+1): false, strings.Repeat("ä", MaxID/2+1): false,
	} {
		if got, want := CheckID("id", id), memberships.CheckID("id", id); (got == nil) != (want == nil) {
			t.Errorf("%.20q: got %v, want %v", id, got, want)
		}
		if err := CheckKey("its id", id); (err == nil) != key {
			t.Errorf("%.20q as a key: got %v", id, err)
		}
	}
}
