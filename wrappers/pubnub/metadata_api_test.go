package pubnub_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

func TestSetRequest(t *testing.T) {
	s := &script{answers: []string{`{"status":200,"data":{"id":"u","updated":"2026-01-01T00:00:00.391605Z","eTag":"e","name":null,"custom":null}}`}}
	got, err := s.client(t).Users.Set(t.Context(), "u", pubnub.SetUserRequest{
		Name: pubnub.Text("Zoë"), Email: pubnub.Null[string](), Custom: pubnub.Custom(map[string]any{"k": "v"}),
	}, pubnub.SetUserParams{IfMatch: new("e0"), Include: []string{pubnub.IncludeCustom}})
	if err != nil {
		t.Fatal(err)
	}
	want := &pubnub.User{ID: "u", Updated: time.Date(2026, 1, 1, 0, 0, 0, 391605000, time.UTC), ETag: "e", Custom: json.RawMessage("null")}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if s.sent[0] != `{"name":"Zoë","email":null,"custom":{"k":"v"}}` || s.seen[0].Header.Get("If-Match") != "e0" || s.seen[0].URL.Query().Get("include") != "custom" {
		t.Errorf("sent %s with %v to %s", s.sent[0], s.seen[0].Header, s.seen[0].URL)
	}
}

// After a lost response, the stored user decides the outcome of Set.
func TestSetIfMatch(t *testing.T) {
	type step struct {
		status int
		body   string
	}
	user := func(tag, fields string) step {
		return step{200, fmt.Sprintf(`{"status":200,"data":{"id":"u","updated":"2026-01-01T00:00:00Z","eTag":%q%s}}`, tag, fields)}
	}
	const set = `,"name":"Zoë","email":null,"custom":{"b":true,"a":1.50}`
	lost, conflict, missing := step{503, ""}, step{412, `{"status":412,"error":{"message":"x"}}`}, step{404, `{"status":404,"error":{"message":"x"}}`}
	old := user("old", `,"name":"Z","email":"z@example.com"`)
	type played struct {
		steps   []step
		kind    error
		unknown bool
	}
	wrappertest.RunSynctest(t, map[string]played{
		"changed":                                {[]step{lost, user("new", set)}, nil, false},
		"changed, without nulls in the response": {[]step{lost, user("new", `,"name":"Zoë","status":"","custom":{"a":1.5,"b":true}`)}, nil, false},
		"not changed":                            {[]step{lost, old, user("new", set)}, nil, false},
		"changed late":                           {[]step{lost, old, conflict, user("new", set)}, nil, false},
		"changed by another caller first":        {[]step{lost, old, conflict, user("other", `,"name":"Y"`)}, memberships.ErrConflict, true},
		"a conflict in the first response":       {[]step{conflict}, memberships.ErrConflict, false},
		"another change":                         {[]step{lost, user("other", `,"name":"Y"`)}, memberships.ErrUnavailable, true},
		"a part of the change":                   {[]step{lost, user("other", `,"name":"Zoë","custom":{"a":1.5,"b":false}`)}, memberships.ErrUnavailable, true},
		"more custom values":                     {[]step{lost, user("other", `,"name":"Zoë","custom":{"a":1.5,"b":true,"c":1}`)}, memberships.ErrUnavailable, true},
		"removed":                                {[]step{lost, missing}, memberships.ErrUnavailable, true},
	}, func(t *testing.T, tc played) {
		n := 0
		c, err := pubnub.New(append(base, option.WithHTTPClient(&http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
			if n == len(tc.steps) {
				t.Errorf("%s is one request too many", req.Method)
				return nil, errors.New("no more")
			}
			if req.Method == http.MethodGet && req.URL.Query().Get("include") != "custom,status,type" {
				t.Errorf("read with %v", req.URL.Query())
			}
			n++
			return respond(req, tc.steps[n-1].status, http.Header{}, tc.steps[n-1].body), nil
		})}))...)
		if err != nil {
			t.Fatal(err)
		}
		u, err := c.Users.Set(t.Context(), "u", pubnub.SetUserRequest{
			Name: pubnub.Text("Zoë"), Email: pubnub.Null[string](), Custom: pubnub.Custom(map[string]any{"a": 1.5, "b": true}),
		}, pubnub.SetUserParams{IfMatch: new("old")})
		if !errors.Is(err, tc.kind) || err == nil != (tc.kind == nil) || errors.Is(err, memberships.ErrOutcomeUnknown) != tc.unknown {
			t.Errorf("got %v, want %v, outcome unknown: %t", err, tc.kind, tc.unknown)
		}
		if err == nil && (u.Name != "Zoë" || u.ETag != "new") {
			t.Errorf("got %+v", u)
		}
		if n != len(tc.steps) {
			t.Errorf("%d requests, want %d", n, len(tc.steps))
		}
	})
}
