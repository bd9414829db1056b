package pubnub_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// The error of a change that took several requests says which entries it is about, what
// became of those before them, and that those after were not sent.
func TestLongChangesSayWhereTheyFailed(t *testing.T) {
	users := make([]string, 250)
	for i := range users {
		users[i] = fmt.Sprint("u", i)
	}
	tests := map[string]struct {
		failing  int // which request
		status   int
		kind     error
		has, not string
	}{
		"the first":           {1, 403, memberships.ErrPermissionDenied, "entries 0 to 99 of 250; those after were not sent", "were changed"},
		"one in the middle":   {2, 403, memberships.ErrPermissionDenied, "entries 100 to 199 of 250; those before were changed; those after were not sent", "unknown"},
		"the last":            {3, 403, memberships.ErrPermissionDenied, "entries 200 to 249 of 250; those before were changed", "not sent"},
		"an unclear one":      {2, 503, memberships.ErrOutcomeUnknown, "entries 100 to 199 of 250; those before were changed; those after were not sent", "denied"},
		"an unreadable state": {2, 502, memberships.ErrOutcomeUnknown, "entries 100 to 199 of 250", "denied"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			changes := 0
			hc := &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
				if req.Method == http.MethodGet {
					return respond(req, 503, nil, ""), nil
				}
				if changes++; changes == tt.failing {
					return respond(req, tt.status, nil, `{"status":403,"error":{"message":"no"}}`), nil
				}
				return respond(req, 200, nil, `{"status":200,"data":[]}`), nil
			})}
			c, err := pubnub.New(pubnub.WithKeys("pub", "sub"), pubnub.WithUserID("me"), option.WithHTTPClient(hc), option.WithAttempts(1), option.WithReadBack(0))
			if err != nil {
				t.Fatal(err)
			}
			err = c.Members.Remove(context.Background(), "c", users)
			if !errors.Is(err, tt.kind) || !strings.Contains(fmt.Sprint(err), tt.has) || strings.Contains(fmt.Sprint(err), tt.not) || changes != tt.failing {
				t.Errorf("after %d requests: %v", changes, err)
			}
		})
	}
}
