package googlechat_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

// The memberships of a member cover the caller's spaces.
func TestProviderListByMember(t *testing.T) {
	c, asked := portable(t, "")
	if _, err := c.Add(t.Context(), inDemo, group, ""); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		who  memberships.Member
		want []string
	}{
		{byEmail("ada@example.com"), []string{"Demo", "Solo", "Everyone"}},
		{byID(ada), []string{"Demo", "Solo", "Everyone"}},
		{byEmail("hedy@example.com"), []string{"Everyone"}},
		{byID(hedy), []string{"Everyone"}},
		{byID("100000000000000000010"), []string{"no such member"}},
		{group, []string{"Demo"}},
		{byEmail("nobody@example.com"), []string{"no such member"}},
	} {
		t.Run(tc.who.String(), func(t *testing.T) {
			*asked = nil
			var got []string
			for m, err := range c.MembershipsOf(t.Context(), tc.who) {
				if err != nil {
					got = append(got, wrappertest.Outcome(m, err))
				} else {
					got = append(got, m.Group.Name)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			var paged []string
			pages := 0
			for page, err := range c.Pages(t.Context(), memberships.Filter{Member: tc.who}, memberships.PageRequest{Size: 1}) {
				if err != nil {
					paged = append(paged, wrappertest.Outcome(memberships.Membership{}, err))
					break
				}
				pages++
				for _, m := range page.Items {
					paged = append(paged, m.Group.Name)
				}
			}
			if diff := cmp.Diff(tc.want, paged); diff != "" {
				t.Errorf("on pages (-want +got)\n%s", diff)
			}
			spaces := 3
			if tc.want[0] == "no such member" {
				spaces-- // the last one tells
			}
			if pages != spaces {
				t.Errorf("%d pages, want %d, one for each space", pages, spaces)
			}
			for _, a := range *asked {
				if !strings.HasPrefix(a, "GET ") {
					t.Errorf("sent %s", a)
				}
			}
		})
	}
}

// A search reads several spaces at a time, and continues after a space without access.
func TestProviderSearches(t *testing.T) {
	const inA, inB = "1 <> is member (ROLE_MEMBER) in space:a, active", "1 <> is member (ROLE_MEMBER) in space:b, active"
	scope := []string{"scope callers_groups", "scope nested_groups", "scope anonymous_members"}
	for name, tc := range map[string]struct {
		a, b step
		want []string
		gaps []string
	}{
		"a member of both":                          {step{200, joined}, step{200, joined}, []string{inA, inB}, scope},
		"a member of one":                           {step{404, missing}, step{200, joined}, []string{inB}, scope},
		"a former member of one":                    {step{200, former}, step{200, joined}, []string{inB}, scope},
		"a member of none":                          {step{404, missing}, step{404, missing}, []string{"no such member"}, scope},
		"a second space without access":             {step{200, joined}, step{403, denied}, []string{inA}, append(scope[:3:3], "hidden unread_group")},
		"only a space without access":               {step{404, missing}, step{403, denied}, nil, append(scope[:3:3], "hidden unread_group")},
		"a failed read in the second space":         {step{200, joined}, step{503, ""}, []string{inA, "unavailable"}, nil},
		"a failed read in the first space":          {step{503, ""}, step{200, joined}, []string{"unavailable"}, nil},
		"a malformed response for the second space": {step{200, joined}, step{200, `{"x":1}`}, []string{inA, "malformed answer"}, nil},
		"a refused credential at the second space":  {step{401, ""}, step{200, joined}, []string{"unauthenticated"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := &fakeTransport{answer: func(_ int, req *http.Request) (int, http.Header, string) {
				switch req.URL.Path {
				case "/v1/spaces":
					return 200, nil, two
				case "/v1/spaces/a/members/1":
					return tc.a.status, nil, tc.a.body
				case "/v1/spaces/b/members/1":
					return tc.b.status, nil, tc.b.body
				}
				t.Errorf("unexpected request %s", req.URL)
				return 500, nil, ""
			}}
			var summary memberships.Summary
			got := wrappertest.Outcomes(memberships.New(newClient(t, w).Provider()).MembershipsOf(t.Context(), byID("1"), memberships.WithSummary(&summary)))
			var gaps []string
			for _, g := range summary.Coverage.Gaps {
				gaps = append(gaps, string(g.Level)+" "+string(g.Code))
			}
			if diff := cmp.Diff(tc.want, got) + cmp.Diff(tc.gaps, gaps); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// An app does not see invited people, so its searches do not return ErrNoSuchMember.
func TestProviderSearchesAsApp(t *testing.T) {
	for name, tc := range map[string]struct {
		answer step
		want   []string
	}{
		"a listed member":    {step{200, joined}, []string{"1 <> is member (ROLE_MEMBER) in space:a, active"}},
		"an unlisted person": {step{404, missing}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := &fakeTransport{answer: func(_ int, req *http.Request) (int, http.Header, string) {
				if req.URL.Path == "/v1/spaces" {
					return 200, nil, `{"spaces":[{"name":"spaces/a"}]}`
				}
				return tc.answer.status, nil, tc.answer.body
			}}
			c := memberships.New(newClient(t, w, googlechat.WithAppAuth()).Provider())
			var summary memberships.Summary
			got := wrappertest.Outcomes(c.MembershipsOf(t.Context(), byID("1"), memberships.WithSummary(&summary)))
			hidden := summary.Coverage.Hidden()
			if diff := cmp.Diff(tc.want, got); diff != "" || len(hidden) != 1 || hidden[0].Code != memberships.GapAppView {
				t.Errorf("hidden %v (-want +got)\n%s", hidden, diff)
			}
		})
	}
}

// The membership of a direct message says so.
func TestProviderListsDirectMessages(t *testing.T) {
	c := memberships.New(newClient(t, wrappertest.Handler(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/spaces") {
			_, _ = w.Write([]byte(`{"spaces":[{"name":"spaces/dm","spaceType":"DIRECT_MESSAGE"},{"name":"spaces/team","spaceType":"SPACE","displayName":"Team"}]}`))
			return
		}
		_, _ = w.Write([]byte(`{"name":"` + strings.TrimPrefix(r.URL.Path, "/v1/") + `","state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/7","type":"HUMAN"}}`))
	})).Provider())
	got := map[string]bool{}
	for m, err := range c.MembershipsOf(t.Context(), byID("7")) {
		if err != nil {
			t.Fatal(err)
		}
		got[m.Group.ID] = m.Direct
	}
	if diff := cmp.Diff(map[string]bool{"dm": true, "team": false}, got); diff != "" {
		t.Errorf("direct, by space (-want +got)\n%s", diff)
	}
}

// A space that a later page of spaces repeats has one membership.
func TestProviderSearchesASpaceOnce(t *testing.T) {
	c := memberships.New(newClient(t, wrappertest.Handler(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.HasSuffix(r.URL.Path, "/spaces"):
			_, _ = w.Write([]byte(`{"name":"` + strings.TrimPrefix(r.URL.Path, "/v1/") + `","state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/7","type":"HUMAN"}}`))
		case r.URL.Query().Get("pageToken") == "":
			_, _ = w.Write([]byte(`{"spaces":[{"name":"spaces/a"},{"name":"spaces/b"}],"nextPageToken":"next"}`))
		default:
			_, _ = w.Write([]byte(`{"spaces":[{"name":"spaces/b"},{"name":"spaces/c"}]}`))
		}
	})).Provider())
	var got []string
	for m, err := range c.MembershipsOf(t.Context(), byID("7")) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, m.Group.ID)
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
