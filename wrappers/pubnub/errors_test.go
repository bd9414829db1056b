package pubnub_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

func TestFaults(t *testing.T) {
	b, err := os.ReadFile("testdata/faults.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Name, Kind, Cause, Code, Message string
		Status                           int
		Body                             json.RawMessage
	}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		t.Run(f.Name, func(t *testing.T) {
			h := http.Header{}
			if f.Cause != "" {
				h.Set("X-PN-Cause", f.Cause)
			}
			c, err := pubnub.New(once(roundTrip(func(req *http.Request) (*http.Response, error) {
				return respond(req, f.Status, h, string(f.Body)), nil
			}))...)
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Users.Get(t.Context(), "u", pubnub.GetUserParams{})
			var e *memberships.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Kind.Error() != f.Kind || e.StatusCode != f.Status || e.Message != f.Message || e.Code != f.Code {
				t.Errorf("got %v (code %q, message %q)", e, e.Code, e.Message)
			}
		})
	}
}
