package webex_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
)

// MembershipsOf another person searches the groups that the caller sees.
func TestMembershipsOf(t *testing.T) {
	callers := []string{"scope callers_groups"}
	for _, tc := range []struct {
		name, token string
		member      memberships.Member
		want        []string
		gaps        []string
	}{
		{"the caller", "alan", email("alan"), []string{"room Engine", "room Lobby", "room Staff", "team Engine"}, nil},
		{"another person", "grace", email("alan"), []string{"room Engine", "room Lobby", "team Engine"}, callers},
		{"another person of fewer rooms", "ada", email("grace"), []string{"room Engine", "team Engine"}, callers},
		{"a person without groups", "ada", email("niklaus"), nil, callers},
		{"as a compliance officer", "officer", email("alan"), []string{"room Engine", "room Lobby", "room Staff", "team Engine"}, callers},
		{"an unknown address", "ada", email("nobody"), []string{"no such member"}, callers},
		{"an unknown id", "ada", memberships.Member{ID: "Y2lzY29zcGFyazovL3VzL1BFT1BMRS8wMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwOTk"}, []string{"no such member"}, callers},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, _ := portable(t, tc.token)
			known := map[string]string{}
			officer, _ := portable(t, "officer")
			for g, err := range officer.Groups(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				known[g.ID] = g.Name
			}
			show := func(m memberships.Membership, err error) string {
				if err != nil {
					return wrappertest.Outcome(m, err)
				}
				if !strings.EqualFold(m.Member.Email, tc.member.Email) {
					t.Errorf("got a membership of %s", m.Member.Email)
				}
				return string(m.Group.Kind) + " " + known[m.Group.ID]
			}
			var summary memberships.Summary
			var got []string
			for m, err := range c.MembershipsOf(t.Context(), tc.member, memberships.WithSummary(&summary)) {
				got = append(got, show(m, err))
			}
			slices.Sort(got)
			if diff := cmp.Diff(tc.want, got) + cmp.Diff(tc.gaps, codes(summary.Coverage)); diff != "" {
				t.Errorf("MembershipsOf (-want +got):\n%s", diff)
			}
			var pages memberships.Summary
			got = nil
			for p, err := range c.Pages(t.Context(), memberships.Filter{Member: tc.member}, memberships.PageRequest{Size: 1}, memberships.WithSummary(&pages)) {
				if err != nil {
					got = append(got, show(memberships.Membership{}, err))
					break
				}
				for _, m := range p.Items {
					got = append(got, show(m, nil))
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("Pages (-want +got):\n%s", diff)
			}
		})
	}
}

// MembershipsOf reports a gap for an unreadable group if no other group has the person.
func TestMembershipsOfAPersonInUnreadableGroups(t *testing.T) {
	guest := memberships.Member{Email: "guest@elsewhere.example"}
	want := []string{"scope callers_groups", "hidden unread_group"}
	answers := map[string]string{
		"/v1/people/me": `{"id":"ada","emails":["ada@example.com"]}`,
		"/v1/people":    `{"items":[]}`,
		"/v1/rooms":     `{"items":[{"id":"r","title":"Lobby","type":"group"}]}`,
		"/v1/teams":     `{"items":[{"id":"t","name":"Engine"}]}`,
	}
	c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[r.URL.Path]
		switch {
		case ok:
		case r.URL.Path == "/v1/team/memberships":
			w.WriteHeader(http.StatusNotFound)
			body = `{"message":"Could not find a team with provided ID.","trackingId":"x"}`
		case r.URL.Query().Has("roomId"):
			body = `{"items":[]}`
		default:
			w.WriteHeader(http.StatusBadRequest)
			body = `{"message":"personEmail needs a roomId","trackingId":"x"}`
		}
		_, _ = w.Write([]byte(body))
	}).Provider())
	var listed, paged memberships.Summary
	for m, err := range c.MembershipsOf(t.Context(), guest, memberships.WithSummary(&listed)) {
		t.Errorf("MembershipsOf: got %+v, %v", m, err)
	}
	for page, err := range c.Pages(t.Context(), memberships.Filter{Member: guest}, memberships.PageRequest{Size: 1}, memberships.WithSummary(&paged)) {
		if err != nil || len(page.Items) > 0 {
			t.Errorf("Pages: got %+v, %v", page, err)
		}
	}
	if diff := cmp.Diff(want, codes(listed.Coverage)) + cmp.Diff(want, codes(paged.Coverage)); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

// A break of the loop ends the search.
func TestMembershipsOfBreaks(t *testing.T) {
	c, _ := portable(t, "grace")
	n := 0
	for _, err := range c.MembershipsOf(t.Context(), email("alan")) {
		if n++; err != nil {
			t.Fatal(err)
		}
		break
	}
	if n != 1 {
		t.Errorf("got %d rows", n)
	}
}

// A page token without a stage of the listing is invalid.
func TestPageTokenWithoutAStage(t *testing.T) {
	c, _ := portable(t, "alan")
	p := c.Provider()
	_, err := p.ListPage(t.Context(), memberships.Query{Member: email("alan")}, memberships.PageRequest{Token: "xyz"})
	if got := wrappertest.Outcome(memberships.Membership{}, err); got != memberships.ErrInvalidArgument.Error() {
		t.Errorf("got %v", err)
	}
}

// MembershipsOf finds the caller in teams by id, for every address of the caller.
func TestMembershipsOfTheCallerByAnotherAddress(t *testing.T) {
	c, _ := answering(t, map[string]step{
		"GET /people/me":        {200, `{"id":"ada","emails":["ada@example.com","countess@example.com"]}`},
		"GET /memberships":      items(row("r", "ada", "ada@example.com", false)),
		"GET /teams":            items(`{"id":"t","name":"Engine"}`),
		"GET /team/memberships": items(row("t", "alan", "alan@example.com", true), row("t", "ada", "ada@example.com", false)),
	})
	var got []string
	for _, m := range wrappertest.Collect(t, c.MembershipsOf(t.Context(), email("countess"))) {
		got = append(got, m.Group.String()+" "+m.Member.ID)
	}
	if diff := cmp.Diff([]string{"room:r ada", "team:t ada"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// MembershipsOf searches the rooms one after the other only if Webex refuses the first list
// of another person. A refused list of the caller fails, and a refused further page.
func TestMembershipsOfARefusedList(t *testing.T) {
	me := `{"id":"ada","emails":["ada@example.com"]}`
	for name, tc := range map[string]struct {
		who   memberships.Member
		fails int // number of the failing request for memberships
		rooms bool
		kind  error
	}{
		"another person, first page":  {memberships.Member{ID: "alan"}, 1, true, nil},
		"another person, second page": {memberships.Member{ID: "alan"}, 2, false, memberships.ErrInvalidArgument},
		"the caller, first page":      {memberships.Member{ID: "ada"}, 1, false, memberships.ErrInvalidArgument},
		"the caller, second page":     {memberships.Member{ID: "ada"}, 2, false, memberships.ErrInvalidArgument},
	} {
		t.Run(name, func(t *testing.T) {
			asked, rooms := 0, false
			c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
				a := emptyOne
				switch r.URL.Path {
				case "/v1/people/me":
					a = step{200, me}
				case "/v1/people":
					a = items(`{"id":"alan","emails":["alan@example.com"]}`)
				case "/v1/rooms":
					rooms = true
				case "/v1/memberships":
					if asked++; asked == tc.fails {
						a = failing
						break
					}
					w.Header().Set("Link", fmt.Sprintf(`<?cursor=%d>; rel="next"`, asked))
					a = items(row("r", tc.who.ID, "x@example.com", false))
				}
				w.WriteHeader(a.Status)
				_, _ = w.Write([]byte(a.Body))
			}).Provider())
			last := wrappertest.Last(c.MembershipsOf(t.Context(), tc.who))
			if !errors.Is(last, tc.kind) || (last == nil) != (tc.kind == nil) || rooms != tc.rooms {
				t.Errorf("ended with %v, want %v; rooms were searched: %t", last, tc.kind, rooms)
			}
		})
	}
}

// MembershipsOf reads any number of pages with rows, and MaxEmptyPages without.
func TestMembershipsOfManyPages(t *testing.T) {
	const pages = memberships.MaxEmptyPages + 10
	for body, kind := range map[string]error{row("r", "ada", "ada@example.com", false): nil, "": memberships.ErrMalformed} {
		asked := 0
		c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
			a := emptyOne
			switch r.URL.Path {
			case "/v1/people/me":
				a = step{200, `{"id":"ada","emails":["ada@example.com"]}`}
			case "/v1/memberships":
				if asked++; asked < pages {
					w.Header().Set("Link", fmt.Sprintf(`<?cursor=%d>; rel="next"`, asked))
				}
				a = items(body)
			}
			_, _ = w.Write([]byte(a.Body))
		}).Provider())
		last := wrappertest.Last(c.MembershipsOf(t.Context(), memberships.Member{ID: "ada"}))
		if !errors.Is(last, kind) || (last == nil) != (kind == nil) || (asked == pages) != (kind == nil) {
			t.Errorf("rows %q: %d pages, then %v", body, asked, last)
		}
	}
}

// A membership or team that a later page repeats comes once.
func TestMembershipsOfARepeatedGroup(t *testing.T) {
	pages := map[string][2]string{
		"/v1/memberships": {`{"items":[{"id":"1","roomId":"a","personId":"ada"},{"id":"2","roomId":"b","personId":"ada"}]}`, `{"items":[{"id":"2","roomId":"b","personId":"ada"},{"id":"3","roomId":"c","personId":"ada"}]}`},
		"/v1/teams":       {`{"items":[{"id":"t"}]}`, `{"items":[{"id":"t"},{"id":"u"}]}`},
	}
	c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		switch {
		case r.URL.Path == "/v1/people/me":
			page[0] = `{"id":"ada","emails":["ada@example.com"]}`
		case !ok:
			team := r.URL.Query().Get("teamId")
			page[0] = fmt.Sprintf(`{"items":[{"id":"m%s","teamId":"%s","personId":"ada"}]}`, team, team)
		case r.URL.Query().Get("cursor") != "":
			page[0] = page[1]
		default:
			w.Header().Set("Link", `<?cursor=2>; rel="next"`)
		}
		_, _ = w.Write([]byte(page[0]))
	}).Provider())
	var got []string
	for m, err := range c.MembershipsOf(t.Context(), memberships.Member{ID: "ada"}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, m.Group.String())
	}
	if diff := cmp.Diff([]string{"room:a", "room:b", "room:c", "team:t", "team:u"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
