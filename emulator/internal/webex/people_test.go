package webex

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const peopleState = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Bob Member, email: bob@example.com}
credentials:
  webex:
    - {token: everything}
    - {token: admin, scopes: ["spark-admin:people_read"]}
    - {token: user, scopes: ["spark:people_read"]}
    - {token: all, scopes: ["spark:all"]}
    - {token: rooms, scopes: ["spark-admin:rooms_read"]}
`

// Administrators see whether a person's invitation is pending and login is enabled, also
// if the value is false. Other callers see neither.
func TestPersonSeenByAdministrators(t *testing.T) {
	s := startWith(t, peopleState)
	type row = map[string]any
	admins := row{"invitePending": false, "loginEnabled": true}
	for _, tt := range []struct {
		as     string
		status int
		want   row
	}{
		{"everything", 200, admins}, {"admin", 200, admins}, {"user", 200, row{}}, {"all", 200, row{}}, {"rooms", 403, row{}},
	} {
		for path, person := range map[string]func(row) any{
			"/v1/people/me":                       func(b row) any { return b },
			"/v1/people/" + personID(2):           func(b row) any { return b },
			"/v1/people/?email=bob@example.com":   func(b row) any { return b["items"].([]any)[0] },
			"/v1/people?displayName=Bob":          func(b row) any { return b["items"].([]any)[0] },
			"/v1/people?id=" + personID(2) + ",x": func(b row) any { return b["items"].([]any)[0] },
		} {
			r := s.do(tt.as, "GET", path, "")
			if r.status != tt.status {
				t.Errorf("%s, %s: got %d %v, want %d", tt.as, path, r.status, r.body, tt.status)
			}
			if r.status != 200 {
				continue
			}
			got := row{}
			for k, v := range person(r.body).(row) {
				if k == "invitePending" || k == "loginEnabled" {
					got[k] = v
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", tt.as, path, diff)
			}
		}
	}
}
