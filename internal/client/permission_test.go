package client

import (
	"errors"
	"fmt"
	"testing"

	"github.com/memberships-go/memberships"
)

func TestPermissionError(t *testing.T) {
	for want, p := range map[string]Permission{
		"required: the scope a":                       {Grant: "the scope a"},
		"required: the scope a (the console)":         {Grant: "the scope a", Where: "the console"},
		"the API is off; required: the API (console)": {Meaning: "the API is off", Grant: "the API", Where: "console"},
	} {
		if got := p.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A permission is required of a call that was refused for one, and of no other.
func TestRequired(t *testing.T) {
	v := &API{Requires: func(op string, f ErrorDetails) *Permission {
		if op != "Rooms.List" {
			return nil
		}
		return &Permission{Grant: op + " " + f.Code}
	}}
	for _, tc := range []struct {
		api  *API
		kind error
		op   string
		want string
	}{
		{v, memberships.ErrPermissionDenied, "Rooms.List", "required: Rooms.List scope"},
		{v, memberships.ErrPermissionDenied, "Rooms.Get", "<nil>"},
		{v, memberships.ErrNotFound, "Rooms.List", "<nil>"},
		{&API{}, memberships.ErrPermissionDenied, "Rooms.List", "<nil>"},
	} {
		err := tc.api.required(tc.kind, tc.op, ErrorDetails{Code: "scope"})
		if fmt.Sprint(err) != tc.want {
			t.Errorf("%s, %v: got %v, want %s", tc.op, tc.kind, err, tc.want)
		}
		if p := PermissionOf(&memberships.Error{Err: err}); (p != nil) != (err != nil) {
			t.Errorf("%s: the error has the permission %v", tc.op, p)
		}
	}
	if p := PermissionOf(errors.New("another error")); p != nil {
		t.Errorf("got %v", p)
	}
}
