package memberships_test

import (
	"testing"

	"github.com/memberships-go/memberships"
)

// The words of the types are a promise to readers of stored events. Only four of them are a
// change to a membership.
func TestEventTypes(t *testing.T) {
	for _, tt := range []struct {
		of      memberships.EventType
		word    string
		changes bool
	}{
		{memberships.EventCreated, "created", true},
		{memberships.EventUpdated, "updated", true},
		{memberships.EventDeleted, "deleted", true},
		{memberships.EventSet, "set", true},
		{memberships.EventPosition, "position", false},
		{"messages.created", "messages.created", false},
		{"", "", false},
	} {
		if string(tt.of) != tt.word || tt.of.Changes() != tt.changes {
			t.Errorf("got %q, a change %t, want %q, %t", tt.of, tt.of.Changes(), tt.word, tt.changes)
		}
	}
}
