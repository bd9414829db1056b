package seed

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// wholeState uses every key of a state file.
const wholeState = `
people:
  - {name: Ada Lovelace, email: ada@example.com, auto_accept: false}
  - {name: "\x7f\u0085\u200e\u202e\ufeff\U0001F600 <script>alert(1)</script> \"'\u2028", email: bob@example.com, chat_off: true}
  - {name: " Eve", email: eve@example.com}
  - {name: " ", email: f@example.com}
groups:
  - {name: T, kind: team, in: [webex]}
  - name: G
    kind: room
    type: group
    team: t
    in: [box, clerk, googlechat, webex]
    ids: {clerk: org_g, box: "7"}
    count: 3
    moderated: true
    anonymous: 2
    hidden: 1
    app: false
    repeated_add: 409
    members: [{email: ada@example.com, role: owner, hidden: true}, {email: bob@example.com, state: invited}]
    invitations: [{email: new@example.com, role: manager}, {email: old@example.com, status: revoked}]
  - {name: D, type: direct, in: [webex], members: [{email: ada@example.com}, {email: bob@example.com}]}
credentials:
  webex: [{token: a, email: ada@example.com, scopes: [x, y]}]
  googlechat: [{token: b, app: true, app_configured: false}, {token: c, chat_off: true}]
deliveries:
  clerk: {url: "http://127.0.0.1:1/x", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, events: [a, b]}
  googlechat: {url: "http://127.0.0.1:2", key: k}
began: 2026-01-02T03:04:05.123456789+01:00
advanced: 48h
history:
  - {at: 2026-01-02T03:04:06Z, provider: webex, method: POST, uri: /v1/rooms?x=1, status: 200, type: application/json, body: "{\"title\":\"\\u00e9\n\"}"}
  - {at: 2026-01-02T03:04:06Z, provider: box, method: DELETE, uri: /2.0/x, status: 404, headers: {If-Match: a}, bytes: [255, 0], caller: {email: ada@example.com, scopes: [s], app: true, chat_off: true, no_app: true}}
`

var sameData = cmp.Options{cmpopts.IgnoreFields(Data{}, "Now", "Outbox", "Log"), cmpopts.EquateEmpty()}

// A dump, in JSON and in YAML, is a state file of the same data.
func TestDump(t *testing.T) {
	for name, state := range map[string]string{"whole": wholeState, "built in": string(builtin), "short": "people: [{name: A, email: a@b.c}]\n"} {
		d, err := Parse("s.yaml", []byte(state))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for form, dump := range map[string]func() ([]byte, error){
			"json": func() ([]byte, error) { return d.Dump(d.Outbox.Targets()) },
			"yaml": func() ([]byte, error) { return d.DumpYAML(d.Outbox.Targets()) },
		} {
			b, err := dump()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			again, err := Parse("dump", b)
			if err != nil {
				t.Errorf("%s as %s: %v\n%s", name, form, err, b)
				continue
			}
			if diff := cmp.Diff(d, again, sameData); diff != "" {
				t.Errorf("%s as %s (-want +got):\n%s\n%s", name, form, diff, b)
			}
		}
	}
}
