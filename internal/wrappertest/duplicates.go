package wrappertest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// duplicates checks that Duplicates has a row for every method that writes and no other.
// A method writes if it sends a request other than GET.
func (s Suite[C]) duplicates(t *testing.T) {
	writes := map[string]bool{}
	try := func(name string, call func(C)) (sent bool) {
		a := &answer{status: 500}
		call(s.client(t, a))
		for _, req := range a.requests {
			if req.Method != http.MethodGet {
				writes[name] = true
			}
		}
		return len(a.requests) > 0
	}
	called := map[string]bool{}
	for _, call := range s.Calls {
		called[call.Name] = try(call.Name, func(c C) { _ = call.good(t.Context(), c) })
	}
	for _, m := range methods(t, s.client(t, &answer{})) {
		if m.lists() || strings.HasSuffix(m.name, "Page") || called[m.name] {
			continue
		}
		sent := try(m.name, func(c C) {
			for _, same := range methods(t, c) {
				if same.name == m.name {
					same.call(t.Context(), s.ID)
				}
			}
		})
		if !sent {
			t.Errorf("%s sends nothing without good arguments, so it needs a Call", m.name)
		}
	}
	want, got := slices.Sorted(maps.Keys(writes)), slices.Sorted(maps.Keys(s.Duplicates))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows of the methods that write (-want +got):\n%s", diff)
	}
}
