package pubnub_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

func TestAdd(t *testing.T) {
	s := &script{answers: []string{rows("", "b", "a")}}
	got, err := s.client(t, option.WithPageSize(1)).Memberships.Add(t.Context(), "", []pubnub.MembershipInput{
		{Channel: pubnub.ChannelRef{ID: "a"}},
		{Channel: pubnub.ChannelRef{ID: "b"}, Custom: pubnub.Custom(map[string]any{"n": 1}), Status: pubnub.Text("on"), Type: pubnub.Null[string]()},
	}, pubnub.WriteParams{Include: []string{pubnub.IncludeChannel}})
	if err != nil || !cmp.Equal(ids(got), []string{"a", "b"}) {
		t.Errorf("got %v, %v, want the rows in the order of the entries", ids(got), err)
	}
	want := `{"set":[{"channel":{"id":"a"}},{"channel":{"id":"b"},"custom":{"n":1},"status":"on","type":null}]}`
	if d := cmp.Diff(want, s.sent[0]); d != "" {
		t.Error(d)
	}
	q := s.seen[0].URL.Query()
	if s.seen[0].Method != http.MethodPatch || q.Get("limit") != "100" || q.Get("include") != "custom,status,type,channel" ||
		q.Get("filter") != `channel.id == "a" || channel.id == "b"` {
		t.Errorf("sent %s %v", s.seen[0].Method, q)
	}
}

func TestUnconfirmedChanges(t *testing.T) {
	ctx := t.Context()
	remove := pubnub.ManageMembershipsRequest{Delete: []pubnub.MembershipRef{{Channel: pubnub.ChannelRef{ID: "a"}}}}
	full := rows(`,"next":"Mg"`, "x", "y")
	for _, test := range []struct {
		name   string
		answer string
		do     func(*pubnub.Client) error
		err    error
		says   string
	}{
		{"a set entry is missing", rows("", "a"), func(c *pubnub.Client) error {
			got, err := c.Memberships.Add(ctx, "", channelInputs("a", "b"), pubnub.WriteParams{})
			if !cmp.Equal(ids(got), []string{"a"}) {
				t.Errorf("got %v with the error, want the rows of the answer", ids(got))
			}
			return err
		}, memberships.ErrOutcomeUnknown, `"b"`},
		{"another row in place of a set entry", rows("", "x"), func(c *pubnub.Client) error {
			_, err := c.Memberships.Update(ctx, "", channelInputs("a"), pubnub.WriteParams{})
			return err
		}, memberships.ErrOutcomeUnknown, `"a"`},
		{"a set entry among other rows", rows("", "x", "a"), func(c *pubnub.Client) error {
			_, err := c.Memberships.Update(ctx, "", channelInputs("a"), pubnub.WriteParams{})
			return err
		}, nil, ""},
		{"many set entries are missing", rows(""), func(c *pubnub.Client) error {
			_, err := c.Memberships.Add(ctx, "", channelInputs("a", "b", "c", "d", "e"), pubnub.WriteParams{})
			return err
		}, memberships.ErrOutcomeUnknown, "and 2 more"},
		{"a removed entry is missing", rows(""), func(c *pubnub.Client) error { return c.Memberships.Remove(ctx, "", []string{"a"}) }, nil, ""},
		{"a removed entry is there", rows("", "a"), func(c *pubnub.Client) error { return c.Memberships.Remove(ctx, "", []string{"a"}) }, memberships.ErrOutcomeUnknown, `"a"`},
		{"Manage: a removed entry is there", rows("", "a"), func(c *pubnub.Client) error {
			_, err := c.Memberships.Manage(ctx, "", remove, pubnub.ManageMembershipsParams{})
			return err
		}, memberships.ErrOutcomeUnknown, `"a"`},
		{"Manage: a set entry is missing from the whole list", full, func(c *pubnub.Client) error {
			page, err := c.Memberships.Manage(ctx, "", pubnub.ManageMembershipsRequest{Set: channelInputs("a")}, pubnub.ManageMembershipsParams{})
			if page == nil || !cmp.Equal(ids(page.Items), []string{"x", "y"}) {
				t.Errorf("got %v with the error, want the page", page)
			}
			return err
		}, memberships.ErrOutcomeUnknown, `"a"`},
		{"Manage: a set entry is missing from a full page", full, func(c *pubnub.Client) error {
			_, err := c.Memberships.Manage(ctx, "", pubnub.ManageMembershipsRequest{Set: channelInputs("a")}, pubnub.ManageMembershipsParams{}, option.WithPageSize(2))
			return err
		}, nil, ""},
		{"Manage: a set entry is missing from a filtered list", full, func(c *pubnub.Client) error {
			_, err := c.Memberships.Manage(ctx, "", pubnub.ManageMembershipsRequest{Set: channelInputs("a")},
				pubnub.ManageMembershipsParams{Filter: pubnub.Eq(pubnub.FieldStatus, "on").Param()})
			return err
		}, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &script{answers: []string{test.answer}}
			err := test.do(s.client(t))
			var e *memberships.Error
			if !errors.Is(err, test.err) || err != nil && (!errors.As(err, &e) || e.StatusCode != 200 || e.Provider != "pubnub" || e.Op == "" || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("got %v, want %v that says %s", err, test.err, test.says)
			}
			if len(s.seen) != 1 {
				t.Errorf("%d requests, want one", len(s.seen))
			}
		})
	}
}

// echo returns a server that answers a PATCH with the rows that the body sets, and fails
// after limit requests.
func echo(limit int) roundTrip {
	n := 0
	return func(req *http.Request) (*http.Response, error) {
		if n++; n > limit {
			return nil, errors.New("connection reset")
		}
		var body pubnub.ManageMembershipsRequest
		if err := json.NewDecoder(req.Body).Decode(&body); err != nil {
			return nil, err
		}
		var set []string
		for _, m := range body.Set {
			set = append(set, m.Channel.ID)
		}
		return respond(req, http.StatusOK, http.Header{}, rows(`,"next":"MTAw"`, set...)), nil
	}
}

func TestManyEntries(t *testing.T) {
	all := make([]string, 250)
	for i := range all {
		all[i] = fmt.Sprintf("channel-%03d", i)
	}
	long := make([]string, 60) // 60 ids of 92 bytes that escape to three times as many
	for i := range long {
		long[i] = strings.Repeat("ä", 45) + fmt.Sprintf("%02d", i)
	}
	for _, test := range []struct {
		name  string
		ids   []string
		sizes []int
	}{
		{"100 entries per request", all, []int{100, 100, 50}},
		{"one full request", all[:100], []int{100}},
		{"the length of the URL limits a request", long, []int{25, 25, 10}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var sizes []int
			rt := echo(99)
			c, err := pubnub.New(once(roundTrip(func(req *http.Request) (*http.Response, error) {
				filter := req.URL.Query().Get("filter")
				sizes = append(sizes, strings.Count(filter, "channel.id"))
				if len(req.URL.RawQuery) > 8300 {
					t.Errorf("a query of %d bytes", len(req.URL.RawQuery))
				}
				return rt(req)
			}))...)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Memberships.Add(t.Context(), "", channelInputs(test.ids...), pubnub.WriteParams{})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.ids, ids(got)) + cmp.Diff(test.sizes, sizes); d != "" {
				t.Error(d)
			}
			sizes = nil
			if err := c.Memberships.Remove(t.Context(), "", test.ids); err != nil || !cmp.Equal(sizes, test.sizes) {
				t.Errorf("Remove: %v in requests of %v", err, sizes)
			}
		})
	}
	t.Run("the second request fails", func(t *testing.T) {
		c, err := pubnub.New(once(echo(1))...)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Memberships.Add(t.Context(), "", channelInputs(all...), pubnub.WriteParams{})
		if err == nil || !cmp.Equal(ids(got), all[:100]) {
			t.Errorf("got %d rows and %v, want the 100 that are set and the error", len(got), err)
		}
	})
	t.Run("the last entry is invalid", func(t *testing.T) {
		s := &script{answers: []string{rows("")}}
		_, err := s.client(t).Memberships.Add(t.Context(), "", channelInputs(append(slices.Clone(all), "a/b")...), pubnub.WriteParams{})
		if !errors.Is(err, memberships.ErrInvalidArgument) || len(s.seen) != 0 {
			t.Errorf("got %v after %d requests, want invalid argument before any", err, len(s.seen))
		}
	})
}

// The error of a change in several requests names the entries of the failed request. It
// says that the entries before were changed and the entries after were not sent.
func TestErrorOfALongChange(t *testing.T) {
	users := make([]string, 250)
	for i := range users {
		users[i] = fmt.Sprint("u", i)
	}
	tests := map[string]struct {
		failing  int // number of the failing request
		status   int
		kind     error
		has, not string
	}{
		"the first request":  {1, 403, memberships.ErrPermissionDenied, "entries 0 to 99 of 250; those after were not sent", "were changed"},
		"the second request": {2, 403, memberships.ErrPermissionDenied, "entries 100 to 199 of 250; those before were changed; those after were not sent", "unknown"},
		"the last request":   {3, 403, memberships.ErrPermissionDenied, "entries 200 to 249 of 250; those before were changed", "not sent"},
		"an ambiguous write": {2, 503, memberships.ErrOutcomeUnknown, "entries 100 to 199 of 250; those before were changed; those after were not sent", "denied"},
		"a failed read-back": {2, 502, memberships.ErrOutcomeUnknown, "entries 100 to 199 of 250", "denied"},
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
