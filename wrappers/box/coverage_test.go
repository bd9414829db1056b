package box_test

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// Get returns ErrNotMember only if no hidden entry may be the membership.
func TestProviderGetIsCertain(t *testing.T) {
	const (
		group, groups, members, one = "GET /groups/g", "GET /users/u/memberships", "GET /groups/g/memberships", "GET /group_memberships/m-u-g"

		whole = `{"id":"m-u-g","role":"admin","user":{"id":"u"},"group":{"id":"g"},"created_at":"2018-05-01T00:00:00Z"}`
	)
	tests := map[string]struct {
		answers map[string]any
		kind    error
		sent    []string
	}{
		"in the user's groups": {map[string]any{
			groups: listed(2, entry("u", "f", "member"), entry("u", "g", "admin")), one: whole,
		}, nil, []string{groups, one}},
		"in the user's groups, then removed": {map[string]any{
			groups: listed(1, entry("u", "g", "member")), one: 404,
		}, memberships.ErrNotFound, []string{groups, one}},
		"in the user's groups, and the read fails": {map[string]any{
			groups: listed(1, entry("u", "g", "member")), one: 500,
		}, memberships.ErrUnavailable, []string{groups, one}},
		"not in the user's groups": {map[string]any{
			groups: listed(1, entry("u", "f", "member")), group: `{"id":"g"}`,
		}, memberships.ErrNotMember, []string{groups, group}},
		"a user without groups": {map[string]any{
			groups: listed(0), group: `{"id":"g"}`,
		}, memberships.ErrNotMember, []string{groups, group}},
		"a missing group": {map[string]any{
			groups: listed(0), group: 404,
		}, memberships.ErrNotFound, []string{groups, group}},
		"an invisible group": {map[string]any{
			groups: listed(0), group: 403,
		}, memberships.ErrPermissionDenied, []string{groups, group}},
		"failed read of the group": {map[string]any{
			groups: listed(0), group: 500,
		}, memberships.ErrUnavailable, []string{groups, group}},
		"a missing user, not in the group": {map[string]any{
			groups: 404, members: listed(1, entry("v", "g", "member")),
		}, memberships.ErrNotMember, []string{groups, members}},
		"a missing user, hidden members": {map[string]any{
			groups: 404, members: listed(2, entry("v", "g", "member")),
		}, memberships.ErrUndetermined, []string{groups, members}},
		"a missing user, a missing group": {map[string]any{
			groups: 404, members: 404,
		}, memberships.ErrNotFound, []string{groups, members}},
		"every member hidden": {map[string]any{
			groups: 403, members: listed(3),
		}, memberships.ErrUndetermined, []string{groups, members}},
		"failed read of the user": {map[string]any{
			groups: 502,
		}, memberships.ErrUnavailable, []string{groups}},
		"hidden groups of the user, listed in the group": {map[string]any{
			groups: listed(2, entry("u", "f", "member")), members: listed(2, entry("v", "g", "member"), entry("u", "g", "member")), one: whole,
		}, nil, []string{groups, members, one}},
		"hidden groups of the user, not in the group": {map[string]any{
			groups: listed(2, entry("u", "f", "member")), members: listed(1, entry("v", "g", "member")),
		}, memberships.ErrNotMember, []string{groups, members}},
		"hidden groups and hidden members": {map[string]any{
			groups: listed(2, entry("u", "f", "member")), members: listed(2, entry("v", "g", "member")),
		}, memberships.ErrUndetermined, []string{groups, members}},
		"without a total": {map[string]any{
			groups: `{"limit":1000,"entries":[]}`, members: `{"limit":1000,"entries":[]}`,
		}, memberships.ErrUndetermined, []string{groups, members}},
		"denied groups of the user, listed in the group": {map[string]any{
			groups: 403, members: listed(1, entry("u", "g", "member")), one: 403,
		}, nil, []string{groups, members, one}},
		"denied groups of the user, not in the group": {map[string]any{
			groups: 403, members: listed(1, entry("v", "g", "member")),
		}, memberships.ErrNotMember, []string{groups, members}},
		"a group of the user without an id": {map[string]any{
			groups: listed(1, `{"id":"m","role":"member","user":{"id":"u"},"group":null}`), members: listed(1, entry("v", "g", "member")),
		}, memberships.ErrNotMember, []string{groups, members}},
		"members without ids": {map[string]any{
			groups: 403, members: listed(2, entry("v", "g", "member"), `{"id":"m","role":"member","user":null,"group":{"id":"g"}}`),
		}, memberships.ErrUndetermined, []string{groups, members}},
		"denied groups and members": {map[string]any{
			groups: 403, members: 403,
		}, memberships.ErrPermissionDenied, []string{groups, members}},
		"denied groups, and a missing group": {map[string]any{
			groups: 403, members: 404,
		}, memberships.ErrNotFound, []string{groups, members}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var sent []string
			m, err := scripted(t, &sent, tt.answers).Get(t.Context(), memberships.Ref{Group: memberships.Group{ID: "g"}, Member: memberships.Member{ID: "u"}})
			if !errors.Is(err, tt.kind) || errors.Is(err, memberships.ErrNotMember) != (tt.kind == memberships.ErrNotMember) {
				t.Errorf("got %v, want %v", err, tt.kind)
			}
			if err == nil && (m.ID != "m-u-g" || m.Member.ID != "u" || m.Group.ID != "g" || m.Created.IsZero() != (tt.answers[one] == 403)) {
				t.Errorf("got %+v", m)
			}
			if diff := cmp.Diff(tt.sent, sent); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// Get counts hidden entries of every page, also of the last one. Without hidden entries, it
// does not request the group's members.
func TestProviderGetCountsHiddenEntries(t *testing.T) {
	const (
		ab = `{"id":"1","group":{"id":"a"}},{"id":"2","group":{"id":"b"}}`
		bc = `{"id":"2","group":{"id":"b"}},{"id":"3","group":{"id":"c"}}`
		cd = `{"id":"3","group":{"id":"c"}},{"id":"4","group":{"id":"d"}}`
		b_ = `{"id":"2","group":{"id":"b"}}`
	)
	tests := map[string]struct {
		total int
		pages map[string]string // by offset
		asked bool              // whether Get requests the group's members
	}{
		"no hidden entries":                            {4, map[string]string{"": ab, "1": bc, "2": cd}, false},
		"one hidden on the first page":                 {4, map[string]string{"": b_, "2": cd}, true},
		"one hidden on the last page":                  {5, map[string]string{"": ab, "1": bc, "2": cd, "3": `{"id":"4","group":{"id":"d"}}`}, true},
		"one hidden on a middle page":                  {5, map[string]string{"": ab, "1": b_, "3": cd}, true},
		"one hidden on the page before the membership": {3, map[string]string{"": b_, "2": `{"id":"3","group":{"id":"c"}}`}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			asked := false
			c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/2.0/groups/g/memberships":
					asked = true
					_, _ = w.Write([]byte(listed(0)))
				case "/2.0/groups/g":
					_, _ = w.Write([]byte(`{"id":"g"}`))
				default:
					page, ok := tt.pages[r.URL.Query().Get("offset")]
					if !ok {
						t.Errorf("unexpected request %s", r.URL)
					}
					_, _ = fmt.Fprintf(w, `{"total_count":%d,"limit":2,"entries":[%s]}`, tt.total, page)
				}
			}, option.WithPageSize(2)).Provider())
			_, err := c.Get(t.Context(), memberships.Ref{Group: memberships.Group{ID: "g"}, Member: memberships.Member{ID: "u"}})
			if !errors.Is(err, memberships.ErrNotMember) || asked != tt.asked {
				t.Errorf("got %v, group requested: %v", err, asked)
			}
		})
	}
}

// A member that leaves during the read does not offset a hidden entry.
func TestProviderHiddenEntriesDuringChanges(t *testing.T) {
	group := func(entries ...string) []string { return entries }
	before, after := group("a", "b", "c", "d", "hidden"), group("a", "c", "d", "hidden")
	n := 0
	c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/2.0/users/u/memberships" {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`{"type":"error","status":403,"code":"x","message":"x"}`))
			return
		}
		all := after
		if n++; n == 1 {
			all = before
		}
		from, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		var shown []string
		for _, user := range all[min(from, len(all)):min(from+2, len(all))] {
			if user != "hidden" {
				shown = append(shown, entry(user, "g", "member"))
			}
		}
		_, _ = fmt.Fprintf(w, `{"total_count":%d,"limit":2,"entries":[%s]}`, len(all), strings.Join(shown, ","))
	}, option.WithPageSize(2)).Provider())
	want := memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld, Group: memberships.Group{Kind: memberships.KindGroup, ID: "g"}, Count: 1}
	var summary memberships.Summary
	all := wrappertest.Collect(t, c.List(t.Context(), memberships.Filter{Group: memberships.Group{ID: "g"}}, memberships.WithSummary(&summary)))
	if len(all) != 4 || summary.Total != memberships.TotalOf(4) {
		t.Errorf("%d members and the total %v, want 4 and 4: the listing did not change", len(all), summary.Total)
	}
	if len(summary.Coverage.Gaps) == 1 {
		want.Text = summary.Coverage.Gaps[0].Text
	}
	if diff := cmp.Diff([]memberships.Gap{want}, summary.Coverage.Gaps); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	n = 0
	if got, err := c.Check(t.Context(), memberships.Group{ID: "g"}, memberships.Member{ID: "u"}); got != memberships.PresenceUndetermined || !errors.Is(err, memberships.ErrUndetermined) {
		t.Errorf("Check: got %v, %v", got, err)
	}
}

// The portable listing sends the requests of the typed one and ends with the same
// ErrListLimit.
func TestProviderListLimit(t *testing.T) {
	var asked []string
	own := serve(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		asked = append(asked, q.Encode())
		offset, _ := strconv.Atoi(q.Get("offset"))
		limit, _ := strconv.Atoi(q.Get("limit"))
		var entries []string
		for i := range limit {
			entries = append(entries, fmt.Sprintf(`{"id":"%d","user":{"id":"%d"}}`, offset+i, offset+i))
		}
		_, _ = fmt.Fprintf(w, `{"total_count":12000,"limit":%d,"entries":[%s]}`, limit, strings.Join(entries, ","))
	})
	if err := drain(own.Memberships.ListByGroup(t.Context(), "g", box.ListGroupMembershipsParams{})); !errors.Is(err, memberships.ErrListLimit) {
		t.Errorf("the typed listing ended with %v", err)
	}
	want := asked
	asked = nil
	n, last := 0, error(nil)
	for _, err := range memberships.New(own.Provider()).List(t.Context(), memberships.Filter{Group: memberships.Group{ID: "g"}}) {
		if last = err; err == nil {
			n++
		}
	}
	if n != 10999 || !errors.Is(last, memberships.ErrListLimit) {
		t.Errorf("%d members and %v, want 10999 and the limit", n, last)
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("requests (-own +portable):\n%s", diff)
	}
}
