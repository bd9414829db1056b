package box_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/box"
)

func TestErrorBodies(t *testing.T) {
	b, err := os.ReadFile("testdata/errors.json")
	if err != nil {
		t.Fatal(err)
	}
	var tests []struct {
		Name       string
		Status     int
		Header     map[string]string
		Body       string
		Kind       string
		Code       string
		Message    string
		RequestID  string `json:"request_id"`
		RetryAfter int    `json:"retry_after"`
	}
	if err := json.Unmarshal(b, &tests); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.Name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range tt.Header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(tt.Status)
				_, _ = io.WriteString(w, tt.Body)
			})
			_, err := c.Memberships.Create(t.Context(), box.CreateMembershipRequest{User: box.UserRef{ID: "u"}, Group: box.GroupRef{ID: "g"}}, box.CreateMembershipParams{})
			var e *memberships.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			want := []any{tt.Kind, tt.Status, tt.Code, tt.Message, tt.RequestID, time.Duration(tt.RetryAfter) * time.Second}
			kind := e.Kind
			if kind == memberships.ErrOutcomeUnknown { // the cause has the kind
				for _, beneath := range []error{memberships.ErrUnavailable, memberships.ErrMalformed} {
					if errors.Is(e, beneath) {
						kind = beneath
					}
				}
			}
			got := []any{kind.Error(), e.StatusCode, e.Code, e.Message, e.RequestID, e.RetryAfter}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A 409 is ErrAlreadyExists for creations only.
func TestConflictKinds(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, `{"code":"conflict"}`)
	})
	ctx := t.Context()
	_, user := c.Users.Create(ctx, box.CreateUserRequest{Name: "a", Login: "a@example.com"}, box.CreateUserParams{})
	_, group := c.Groups.Create(ctx, box.CreateGroupRequest{Name: "a"}, box.CreateGroupParams{})
	_, update := c.Memberships.Update(ctx, "1", box.UpdateMembershipRequest{Role: box.RoleAdmin}, box.UpdateMembershipParams{})
	for name, tt := range map[string]struct{ err, kind error }{
		"user": {user, memberships.ErrAlreadyExists}, "group": {group, memberships.ErrAlreadyExists}, "update": {update, memberships.ErrConflict},
	} {
		if !errors.Is(tt.err, tt.kind) {
			t.Errorf("%s: got %v, want %v", name, tt.err, tt.kind)
		}
	}
}

// A 202 with Retry-After is retried.
func TestAcceptedWithRetryAfter(t *testing.T) {
	type tc struct {
		fault    emulator.Fault
		requests int
		kind     error
	}
	body := new(`{"id":"1","role":"member"}`)
	wrappertest.RunSynctest(t, map[string]tc{
		"once":                             {emulator.Fault{Status: 202, RetryAfter: 3, Body: new(""), Times: 1}, 2, nil},
		"202 without an end":               {emulator.Fault{Status: 202, RetryAfter: 3, Body: new("")}, 4, memberships.ErrUnavailable},
		"202 with a long wait":             {emulator.Fault{Status: 202, RetryAfter: 600, Body: new("")}, 1, memberships.ErrUnavailable},
		"202 without Retry-After":          {emulator.Fault{Status: 202, Body: body}, 1, nil},
		"202 without Retry-After and body": {emulator.Fault{Status: 202, Body: new(""), Times: 1}, 2, nil},
	}, func(t *testing.T, tt tc) {
		tt.fault.Method = http.MethodPost
		c, asked := wrappertest.Faulty(t, box.New, tt.fault)
		start := time.Now()
		_, err := c.Memberships.Create(t.Context(), box.CreateMembershipRequest{User: box.UserRef{ID: outsider}, Group: box.GroupRef{ID: demo}}, box.CreateMembershipParams{})
		if !errors.Is(err, tt.kind) || (err == nil) != (tt.kind == nil) || strings.Count(strings.Join(*asked, " "), http.MethodPost) != tt.requests {
			t.Errorf("got %v after %v, want %v after %d", err, *asked, tt.kind, tt.requests)
		}
		wait := time.Duration(tt.fault.RetryAfter*(tt.requests-1)) * time.Second
		if took := time.Since(start); tt.fault.RetryAfter > 0 && took != wait {
			t.Errorf("took %v, want %v", took, wait)
		}
	})
}
