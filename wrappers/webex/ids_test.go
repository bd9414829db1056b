package webex_test

import (
	"errors"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/wrappers/webex"
)

func TestGeneralRoomID(t *testing.T) {
	tests := []struct {
		name, team, want string
	}{
		{"US", "Y2lzY29zcGFyazovL3VzL1RFQU0vYjQ5ODhmODAtN2QzMS0xMWVkLTk4Y2MtNWY5MTFhZWU1OTA0", "Y2lzY29zcGFyazovL3VzL1JPT00vYjQ5ODhmODAtN2QzMS0xMWVkLTk4Y2MtNWY5MTFhZWU1OTA0"},
		// ciscospark://urn:TEAM:us-west-2_r/TEAM/b4988f80-7d31-11ed-98cc-5f911aee5904: the
		// first TEAM belongs to the cluster and stays.
		{"outside the US", "Y2lzY29zcGFyazovL3VybjpURUFNOnVzLXdlc3QtMl9yL1RFQU0vYjQ5ODhmODAtN2QzMS0xMWVkLTk4Y2MtNWY5MTFhZWU1OTA0", "Y2lzY29zcGFyazovL3VybjpURUFNOnVzLXdlc3QtMl9yL1JPT00vYjQ5ODhmODAtN2QzMS0xMWVkLTk4Y2MtNWY5MTFhZWU1OTA0"},
		{"padded", "Y2lzY29zcGFyazovL3VzL1RFQU0vYTE=", "Y2lzY29zcGFyazovL3VzL1JPT00vYTE"},
		{"URL-safe alphabet", "Y2lzY29zcGFyazovL3VzL1RFQU0vPz8_", "Y2lzY29zcGFyazovL3VzL1JPT00vPz8_"},
		{"a room's", "Y2lzY29zcGFyazovL3VzL1JPT00vYTE", ""},
		{"a team without a name", "Y2lzY29zcGFyazovL3VzL1RFQU0v", ""},
		{"a team of no cluster", "Y2lzY29zcGFyazovLy9URUFNL2Ex", ""},
		{"a name too many", "Y2lzY29zcGFyazovL3VzL1RFQU0vYTEvYg", ""},
		{"another scheme", "c3Bhcms6Ly91cy9URUFNL2Ex", ""},
		{"not base64", "TEAM!", ""},
		{"not a resource", "aGVsbG8", ""},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := webex.GeneralRoomID(tt.team)
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
			if err != nil && !errors.Is(err, memberships.ErrInvalidArgument) {
				t.Errorf("got %v, want invalid argument", err)
			}
		})
	}
}
