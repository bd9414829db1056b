package cassettetest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/cassette/cassettetest"
	"github.com/memberships-go/memberships/specs"
)

// TestCheck holds recordings of Webex against its document.
func TestCheck(t *testing.T) {
	b, err := specs.FS.ReadFile("webex/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := cassettetest.Load(b)
	if err != nil {
		t.Fatal(err)
	}
	const room = `{"id":"a","title":"Demo","type":"group","created":"2026-01-05T09:00:00Z","lastActivity":"2026-01-05T09:00:00Z","creatorId":"b","isLocked":false}`
	for _, tt := range []struct {
		name, method, url, sent, status, answer string
		want                                    []string // nil is no error
	}{
		{"fits", "GET", "https://webexapis.com/v1/rooms/a", "", "200", room, nil},
		{"an error", "GET", "https://webexapis.com/v1/rooms/a", "", "404", `{"message":"gone","errors":[],"trackingId":"1"}`, nil},
		{"an unknown path", "GET", "https://webexapis.com/v1/chairs/a", "", "200", room, []string{"recording 0, GET https://webexapis.com/v1/chairs/a: no operation"}},
		{"another method", "PATCH", "https://webexapis.com/v1/rooms/a", "", "200", room, []string{"no operation"}},
		{"a parameter of another type", "GET", "https://webexapis.com/v1/rooms?max=many", "", "200", `{"items":[]}`, []string{"request: ", "max"}},
		{"a body without a field", "POST", "https://webexapis.com/v1/rooms", "{}", "200", room, []string{"request: ", "title"}},
		{"an answer of another type", "GET", "https://webexapis.com/v1/rooms/a", "", "200", `{"id":1}`, []string{"response: ", "id"}},
		{"an unknown file", "", "", "", "", "", []string{"no such file"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "x.yaml")
			if tt.method != "" {
				text := "version: 2\ninteractions:\n    - request: {method: " + tt.method + ", url: '" + tt.url + "', body: '" + tt.sent + "', headers: {Content-Type: [application/json]}}\n" +
					"      response: {code: " + tt.status + ", body: '" + tt.answer + "', headers: {Content-Type: [application/json]}}\n"
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			err := doc.Check(t.Context(), file)
			if (err != nil) != (tt.want != nil) {
				t.Fatalf("got %v", err)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\ndoes not say %q", err, want)
				}
			}
		})
	}
	if _, err := cassettetest.Load([]byte("[")); err == nil || !strings.HasPrefix(err.Error(), "cassettetest: ") {
		t.Errorf("a document that is none: %v", err)
	}
}
