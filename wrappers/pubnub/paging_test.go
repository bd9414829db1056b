package pubnub_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

func TestPaging(t *testing.T) {
	for _, test := range []struct {
		name    string
		params  pubnub.ListMembershipsParams
		answers []string
		want    []string // ids
		asked   []string // start of each request
		err     error
	}{
		{"next on every page, also the last", pubnub.ListMembershipsParams{},
			[]string{rows(`,"next":"Mg"`, "a", "b"), rows(`,"next":"Mw","prev":"MQ"`, "b", "c"), rows(`,"next":"Mw","prev":"Mg"`, "c"), rows("")},
			[]string{"a", "b", "c"}, []string{"", "MQ", "Mg", "Mw"}, nil},
		{"opaque cursors", pubnub.ListMembershipsParams{},
			[]string{rows(`,"next":"x-1"`, "a", "b"), rows(`,"next":"x-2"`, "c"), rows("")},
			[]string{"a", "b", "c"}, []string{"", "x-1", "x-2"}, nil},
		{"cursors that resemble positions", pubnub.ListMembershipsParams{},
			[]string{rows(`,"next":"MDI"`, "a", "b"), rows(`,"next":"KzM"`, "c"), rows("")}, // 02 and +3
			[]string{"a", "b", "c"}, []string{"", "MDI", "KzM"}, nil},
		{"positions that contradict the rows", pubnub.ListMembershipsParams{},
			[]string{rows(`,"next":"NQ"`, "a", "b"), rows(`,"next":"Ng"`, "c"), rows(`,"next":"Ng"`, "c"), rows("")},
			[]string{"a", "b", "c"}, []string{"", "NQ", "NQ", "Ng"}, nil},
		{"a removal before the position", pubnub.ListMembershipsParams{}, // a is gone: c would be missed
			[]string{rows(`,"next":"Mg"`, "a", "b"), rows(`,"next":"Mw"`, "c", "d"), rows(`,"next":"Mg"`, "b", "c"), rows(`,"next":"Mw"`, "c", "d"), rows(`,"next":"Mw"`, "d"), rows("")},
			[]string{"a", "b", "c", "d"}, []string{"", "MQ", "", "MQ", "Mg", "Mw"}, nil},
		{"rows that change before every page", pubnub.ListMembershipsParams{},
			[]string{rows(`,"next":"MQ"`, "a"), rows(""), rows(`,"next":"MQ"`, "a"), rows(`,"next":"MQ"`, "c"), rows(`,"next":"MQ"`, "a"), rows(""), rows(`,"next":"MQ"`, "b"), rows("")},
			[]string{"a", "b"}, []string{"", "MA", "", "MA", "", "MA", "", "MA"}, memberships.ErrUnstable},
		{"fixed pages that know no position between them", pubnub.ListMembershipsParams{},
			[]string{rows(`,"next":"MQ"`, "a"), rows(""), rows(`,"next":"MQ"`, "a"), rows(""), rows("")},
			[]string{"a"}, []string{"", "MA", "", "MA", "MQ"}, nil},
		{"no next", pubnub.ListMembershipsParams{}, []string{rows("", "a")}, []string{"a"}, []string{""}, nil},
		{"an empty list", pubnub.ListMembershipsParams{}, []string{rows("")}, nil, []string{""}, nil},
		{"an empty page with another cursor", pubnub.ListMembershipsParams{},
			[]string{rows(`,"next":"x"`, "a"), rows(`,"next":"OQ"`), rows(`,"next":"y"`, "b"), rows("")}, []string{"a", "b"}, []string{"", "x", "OQ", "y"}, nil},
		{"an empty page with its own cursor", pubnub.ListMembershipsParams{},
			[]string{rows(`,"next":"x"`, "a"), rows(`,"next":"x"`)}, []string{"a"}, []string{"", "x"}, nil},
		{"four rows of ten and an empty page", pubnub.ListMembershipsParams{Count: new("1")},
			[]string{rows(`,"totalCount":10,"next":"NA"`, "a", "b", "c", "d"), rows(`,"totalCount":10`)},
			[]string{"a", "b", "c", "d"}, []string{"", "Mw"}, memberships.ErrMalformed},
		{"four rows of ten and an empty page without a total", pubnub.ListMembershipsParams{Count: new("1")},
			[]string{rows(`,"totalCount":10,"next":"NA"`, "a", "b", "c", "d"), rows(""), rows(`,"totalCount":10,"next":"NA"`, "a", "b", "c", "d"), rows("")},
			[]string{"a", "b", "c", "d"}, []string{"", "Mw", "", "Mw"}, memberships.ErrMalformed},
		{"four rows of ten and an empty page, opaque cursors", pubnub.ListMembershipsParams{Count: new("1")},
			[]string{rows(`,"totalCount":10,"next":"x"`, "a", "b", "c", "d"), rows(`,"totalCount":10`), rows(`,"totalCount":10,"next":"x"`, "a", "b", "c", "d"), rows(`,"totalCount":10`)},
			[]string{"a", "b", "c", "d"}, []string{"", "x", "", "x"}, memberships.ErrMalformed},
		{"a short first pass and a whole second pass", pubnub.ListMembershipsParams{Count: new("1")},
			[]string{rows(`,"totalCount":2,"next":"x"`, "a"), rows(`,"totalCount":2`), rows(`,"totalCount":2,"next":"x"`, "a"), rows(`,"totalCount":2,"next":"y"`, "b")},
			[]string{"a", "b"}, []string{"", "x", "", "x"}, nil},
		{"a total below the number of rows", pubnub.ListMembershipsParams{Count: new("1")},
			[]string{rows(`,"totalCount":2,"next":"x"`, "a"), rows(`,"totalCount":2,"next":"y"`, "b", "c"), rows(`,"totalCount":2,"next":"x"`, "a"), rows(`,"totalCount":2,"next":"y"`, "b", "c")},
			[]string{"a"}, []string{"", "x", "", "x"}, memberships.ErrMalformed},
		{"the total, opaque cursors", pubnub.ListMembershipsParams{},
			[]string{rows(`,"totalCount":3,"next":"x"`, "a", "b"), rows(`,"totalCount":3,"next":"y"`, "c")}, []string{"a", "b", "c"}, []string{"", "x"}, nil},
		{"the total, cursors that are positions", pubnub.ListMembershipsParams{},
			[]string{rows(`,"totalCount":3,"next":"Mg"`, "a", "b"), rows(`,"totalCount":3,"next":"Mw"`, "b", "c")}, []string{"a", "b", "c"}, []string{"", "MQ"}, nil},
		{"the total on an empty page", pubnub.ListMembershipsParams{}, []string{rows(`,"totalCount":0,"next":"x"`)}, nil, []string{""}, nil},
		{"a total that grows on the last page", pubnub.ListMembershipsParams{},
			[]string{rows(`,"totalCount":3,"next":"Mg"`, "a", "b"), rows(`,"totalCount":4,"next":"Mw"`, "b", "c"), rows(`,"totalCount":4,"next":"NA"`, "c", "d")}, []string{"a", "b", "c", "d"}, []string{"", "MQ", "Mg"}, nil},
		{"a total that falls behind the position", pubnub.ListMembershipsParams{},
			[]string{rows(`,"totalCount":4,"next":"Mg"`, "a", "b"), rows(`,"totalCount":3,"next":"Mw"`, "b", "c")}, []string{"a", "b", "c"}, []string{"", "MQ"}, nil},
		{"no total where the caller wants none", pubnub.ListMembershipsParams{Count: new(pubnub.CountNone)},
			[]string{rows(`,"next":"x"`, "a", "b"), rows("")}, []string{"a", "b"}, []string{"", "x"}, nil},
		{"a duplicate in place of another row", pubnub.ListMembershipsParams{Count: new("1")},
			[]string{rows(`,"totalCount":3,"next":"x"`, "a", "b"), rows(`,"totalCount":3,"next":"y"`, "a"), rows(`,"totalCount":3,"next":"x"`, "a", "b"), rows(`,"totalCount":3,"next":"y"`, "c")},
			[]string{"a", "b", "c"}, []string{"", "x", "", "x"}, nil},
		{"a page with its own cursor", pubnub.ListMembershipsParams{},
			[]string{rows(`,"next":"x"`, "a"), rows(`,"next":"x"`, "b")}, []string{"a"}, []string{"", "x"}, memberships.ErrMalformed},
		{"cursors in a loop", pubnub.ListMembershipsParams{},
			[]string{rows(`,"next":"x"`, "a"), rows(`,"next":"y"`, "b"), rows(`,"next":"x"`, "c")}, []string{"a", "b", "c"}, []string{"", "x", "y"}, memberships.ErrMalformed},
		{"positions in a loop", pubnub.ListMembershipsParams{},
			[]string{rows(`,"next":"MQ"`, "a"), rows(`,"next":"Mg"`, "a", "b"), rows(`,"next":"MQ"`, "b", "c")}, []string{"a", "b", "c"}, []string{"", "MA", "MQ"}, memberships.ErrMalformed},
		{"no data", pubnub.ListMembershipsParams{}, []string{`{"status":200}`}, nil, []string{""}, memberships.ErrMalformed},
		{"null data", pubnub.ListMembershipsParams{}, []string{`{"status":200,"data":null}`}, nil, []string{""}, memberships.ErrMalformed},
		{"an error under status 200", pubnub.ListMembershipsParams{}, []string{`{"status":403,"error":{"message":"no"},"data":[]}`}, nil, []string{""}, memberships.ErrMalformed},
		{"a row without its channel", pubnub.ListMembershipsParams{},
			[]string{`{"status":200,"data":[{"updated":"2026-01-01T00:00:00Z","eTag":"e"}]}`}, nil, []string{""}, memberships.ErrMalformed},
		{"more rows than the total", pubnub.ListMembershipsParams{Count: new("1")}, []string{rows(`,"totalCount":1,"next":"Mg"`, "a", "b")}, nil, []string{""}, memberships.ErrMalformed},
		{"no next before the total", pubnub.ListMembershipsParams{Count: new("1")}, []string{rows(`,"totalCount":3`, "a", "b")}, nil, []string{""}, memberships.ErrMalformed},
		{"an empty page with a total", pubnub.ListMembershipsParams{Count: new("1")}, []string{rows(`,"totalCount":3`)}, nil, []string{""}, memberships.ErrMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &script{answers: test.answers}
			var got []string
			var err error
			for m, e := range s.client(t).Memberships.ListByUser(t.Context(), "", test.params) {
				if err = e; e == nil {
					got = append(got, m.Channel.ID)
				}
			}
			if !errors.Is(err, test.err) {
				t.Errorf("got %v, want %v", err, test.err)
			}
			var asked []string
			for _, req := range s.seen {
				asked = append(asked, req.URL.Query().Get("start"))
			}
			if want := test.params.Count == nil || *test.params.Count != pubnub.CountNone; s.seen[0].URL.Query().Has("count") != want {
				t.Errorf("the first request asks for the total: %t, want %t", !want, want)
			}
			if d := cmp.Diff(test.want, got) + cmp.Diff(test.asked, asked); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestListParams(t *testing.T) {
	s := &script{answers: []string{rows(`,"totalCount":7,"next":"Mg"`, "a", "b"), rows(`,"totalCount":7,"next":"NQ"`, "c", "d", "e"), rows("", "a")}}
	c := s.client(t, option.WithPageSize(1000))
	p := pubnub.ListMembershipsParams{
		Include: []string{pubnub.IncludeCustom, pubnub.IncludeChannelCustom}, Count: new(pubnub.CountTotal),
		Sort: []string{pubnub.Desc(pubnub.FieldChannelName), pubnub.Asc(pubnub.FieldUpdated)}, Filter: pubnub.Eq(pubnub.FieldStatus, "a&b").Param(),
	}
	page, err := c.Memberships.ListByUserPage(t.Context(), "", p, "")
	if err != nil || page.Total != memberships.TotalOf(7) || page.Next == "" || !cmp.Equal(ids(page.Items), []string{"a", "b"}) {
		t.Fatalf("got %+v, %v", page, err)
	}
	q := s.seen[0].URL.Query()
	got := map[string]string{}
	for name := range q {
		got[name] = q.Get(name)
	}
	delete(got, "pnsdk")
	want := map[string]string{
		"include": "custom,channel.custom", "count": "1", "limit": "100", "sort": "channel.name:desc,updated:asc", "filter": `status == "a&b"`, "uuid": "ada",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if _, err := c.Memberships.ListByUserPage(t.Context(), "", p, page.Next, option.WithPageSize(3)); err != nil {
		t.Fatal(err)
	}
	if q := s.seen[1].URL.Query(); q.Get("limit") != "3" || q.Get("start") != "Mg" {
		t.Errorf("sent %v", q)
	}
	// A response without a count has no total.
	if page, err := c.Memberships.ListByUserPage(t.Context(), "", pubnub.ListMembershipsParams{}, ""); err != nil || page.Total != (memberships.Total{}) {
		t.Errorf("got %+v, %v", page, err)
	}
}

// A page token continues its own listing only.
func TestPageTokens(t *testing.T) {
	ctx := t.Context()
	first := &script{answers: []string{rows(`,"next":"Mg"`, "a", "b")}}
	p := pubnub.ListMembershipsParams{Include: []string{pubnub.IncludeStatus}}
	page, err := first.client(t).Memberships.ListByUserPage(ctx, "grace", p, "")
	if err != nil {
		t.Fatal(err)
	}
	s := &script{answers: []string{rows("")}}
	c := s.client(t)
	for name, try := range map[string]func() error{
		"another user": func() error { _, err := c.Memberships.ListByUserPage(ctx, "alan", p, page.Next); return err },
		"another filter": func() error {
			_, err := c.Memberships.ListByUserPage(ctx, "grace", pubnub.ListMembershipsParams{Filter: pubnub.IsNull(pubnub.FieldStatus).Param()}, page.Next)
			return err
		},
		"another keyset": func() error {
			_, err := c.Memberships.ListByUserPage(ctx, "grace", p, page.Next, pubnub.WithKeys("other", ""))
			return err
		},
		"a channel": func() error {
			_, err := c.Members.ListByChannelPage(ctx, "grace", pubnub.ListMembersParams{}, page.Next)
			return err
		},
		"the provider's own cursor": func() error { _, err := c.Memberships.ListByUserPage(ctx, "grace", p, "Mg"); return err },
	} {
		if err := try(); !errors.Is(err, memberships.ErrInvalidArgument) || len(s.seen) != 0 {
			t.Errorf("%s: got %v after %d requests, want invalid argument before any", name, err, len(s.seen))
		}
	}
	if _, err := c.Memberships.ListByUserPage(ctx, "grace", p, page.Next, pubnub.WithUserID("alan")); err != nil || s.seen[0].URL.Query().Get("start") != "Mg" {
		t.Errorf("the listing's own token: %v", err)
	}
	// Manage returns a page of the listing, so its token continues that listing.
	managed, err := first.client(t).Memberships.Manage(ctx, "grace", pubnub.ManageMembershipsRequest{Set: channelInputs("a")},
		pubnub.ManageMembershipsParams{Include: p.Include}, option.WithPageSize(2))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Memberships.ListByUserPage(ctx, "grace", p, managed.Next); err != nil {
		t.Errorf("Manage's token: %v", err)
	}
	if s.seen[1].Method != http.MethodGet {
		t.Errorf("ListPage sent a %s", s.seen[1].Method)
	}
}

// Manage returns the first page of a listing, and its token continues that listing.
func TestPageTokenOfManage(t *testing.T) {
	e, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	c, err := pubnub.New(append(base, option.WithHTTPClient(e.Client()))...)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	var want []string
	for m, err := range c.Members.ListByChannel(ctx, "demo", pubnub.ListMembersParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, m.User.ID)
	}
	page, err := c.Members.Manage(ctx, "demo", pubnub.ManageMembersRequest{Set: userInputs("ada")}, pubnub.ManageMembersParams{}, option.WithPageSize(10))
	var got []string
	for {
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Items {
			got = append(got, m.User.ID)
		}
		if page.Next == "" {
			break
		}
		page, err = c.Members.ListByChannelPage(ctx, "demo", pubnub.ListMembersParams{}, page.Next, option.WithPageSize(10))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-listed +managed)\n%s", diff)
	}
}
