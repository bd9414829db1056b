package webex_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/webex"
)

func TestErrorBodies(t *testing.T) {
	tests := []struct {
		name, body, header   string
		code, message, reqID string
	}{
		{"full", `{"message":"Person is already in the room.","errors":[{"description":"Person is already in the room."}],"trackingId":"ROUTER_1"}`, "NA_2", "", "Person is already in the room.", "ROUTER_1"},
		{"tracking id in the header", `{"message":"No."}`, "NA_2", "", "No.", "NA_2"},
		{"description alone", `{"errors":[{"description":"No.","errorCode":400100}]}`, "NA_2", "400100", "No.", "NA_2"},
		{"gateway", `{"code":"RATE_LIMITED","message":"Slow down.","trackingId":"GTWY_3"}`, "", "RATE_LIMITED", "Slow down.", "GTWY_3"},
		{"error code at the top", `{"message":"No.","errorCode":7}`, "", "7", "No.", ""},
		{"line breaks", `{"message":"one\ntwo\u2028three"}`, "NA_2", "", "one two three", "NA_2"},
		{"empty", ``, "NA_2", "", "", "NA_2"},
		{"html", `<html>Bad gateway</html>`, "NA_2", "", "", "NA_2"},
		{"array", `[1]`, "NA_2", "", "", "NA_2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if tt.header != "" {
					w.Header().Set("trackingID", tt.header)
				}
				w.WriteHeader(http.StatusConflict)
				_, _ = w.Write([]byte(tt.body))
			})
			_, err := c.Memberships.Create(t.Context(), webex.CreateMembershipRequest{RoomID: "r", PersonID: "p"})
			var e *memberships.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			got := []string{e.Code, e.Message, e.RequestID}
			if diff := cmp.Diff([]string{tt.code, tt.message, tt.reqID}, got); diff != "" || e.Kind != memberships.ErrAlreadyExists {
				t.Errorf("kind %v (-want +got):\n%s", e.Kind, diff)
			}
		})
	}
}

// The kind of an error depends on status and operation: 409 of a creation is
// ErrAlreadyExists, and 423 is retried.
func TestErrorKinds(t *testing.T) {
	type failure struct {
		do       func(context.Context, *webex.Client) error
		status   int
		kind     error
		requests int
	}
	create := func(ctx context.Context, c *webex.Client) error {
		return wrappertest.Err(c.Memberships.Create(ctx, webex.CreateMembershipRequest{RoomID: "r", PersonID: "p"}))
	}
	createInTeam := func(ctx context.Context, c *webex.Client) error {
		return wrappertest.Err(c.TeamMemberships.Create(ctx, webex.CreateTeamMembershipRequest{TeamID: "t", PersonID: "p"}))
	}
	update := func(ctx context.Context, c *webex.Client) error {
		return wrappertest.Err(c.Memberships.Update(ctx, "m", webex.UpdateMembershipRequest{IsModerator: new(true)}))
	}
	get := func(ctx context.Context, c *webex.Client) error { return wrappertest.Err(c.Memberships.Get(ctx, "m")) }
	wrappertest.RunSynctest(t, map[string]failure{
		"an existing member":      {create, 409, memberships.ErrAlreadyExists, 1},
		"an existing team member": {createInTeam, 409, memberships.ErrAlreadyExists, 1},
		"another conflict":        {update, 409, memberships.ErrConflict, 1},
		"an unknown membership":   {get, 404, memberships.ErrNotFound, 1},
		"a removed membership":    {get, 410, memberships.ErrNotFound, 1},
		"a denied update":         {update, 403, memberships.ErrPermissionDenied, 1},
		"an unscannable file":     {get, 428, memberships.ErrConflict, 1},
		"a locked read":           {get, 423, memberships.ErrUnavailable, 4},
		"a locked creation":       {create, 423, memberships.ErrUnavailable, 4},
		"a rate-limited creation": {create, 429, memberships.ErrRateLimited, 4},
		"an invalid request":      {create, 400, memberships.ErrInvalidArgument, 1},
		"a wrong content type":    {create, 415, memberships.ErrInvalidArgument, 1},
		"an unknown method":       {update, 405, memberships.ErrUnsupported, 1},
	}, func(t *testing.T, f failure) {
		answer := step{f.status, `{"message":"no","trackingId":"x"}`}
		c, asked := wrappertest.Scripted(t, webex.New, slices.Repeat([]step{answer}, f.requests)...)
		err := f.do(t.Context(), c)
		if !errors.Is(err, f.kind) || errors.Is(err, memberships.ErrOutcomeUnknown) || len(*asked) != f.requests {
			t.Errorf("got %v after %q, want %v after %d requests", err, *asked, f.kind, f.requests)
		}
	})
}
