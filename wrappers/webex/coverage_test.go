package webex_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
)

// A team member outside of a moderated space sees its moderators only.
func TestModeratedSpaceFromOutside(t *testing.T) {
	hidden := []string{"hidden moderators_only"}
	staff, lobby := groupNamed(t, "Staff"), groupNamed(t, "Lobby")
	for _, tc := range []struct {
		token string
		group memberships.Group
		opts  []option.Option
		names []string
		gaps  []string
		sent  []string
	}{
		{token: "grace", group: staff, names: []string{"ada"}, gaps: hidden, sent: []string{"GET /memberships", "GET /people/me", "GET /rooms"}},
		{token: "ada", group: staff, names: []string{"ada", "alan"}, sent: []string{"GET /memberships"}},
		{token: "alan", group: staff, names: []string{"ada", "alan"}, sent: []string{"GET /memberships"}},
		{token: "alan", group: lobby, names: []string{"grace", "alan"}, sent: []string{"GET /memberships"}},
	} {
		t.Run(tc.token+" in "+tc.group.Name, func(t *testing.T) {
			c, sent := portable(t, tc.token)
			filter := memberships.Filter{Group: tc.group}
			var summary memberships.Summary
			rows := wrappertest.Collect(t, c.List(t.Context(), filter, memberships.WithSummary(&summary)))
			if diff := cmp.Diff(tc.names, names(rows)) + cmp.Diff(tc.gaps, codes(summary.Coverage)) + cmp.Diff(tc.sent, sent.take()); diff != "" {
				t.Errorf("List (-want +got):\n%s", diff)
			}
			for _, size := range []int{0, 1} {
				var pages memberships.Summary
				var got []memberships.Membership
				for p, err := range c.Pages(t.Context(), filter, memberships.PageRequest{Size: size}, memberships.WithSummary(&pages)) {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, p.Items...)
				}
				if diff := cmp.Diff(tc.names, names(got)) + cmp.Diff(tc.gaps, codes(pages.Coverage)); diff != "" {
					t.Errorf("Pages of %d (-want +got):\n%s", size, diff)
				}
			}
		})
	}
}

// A listing without a summary sends no request for its coverage.
func TestModeratedSpaceWithoutASummary(t *testing.T) {
	staff := groupNamed(t, "Staff")
	c, sent := portable(t, "grace")
	if rows := wrappertest.Collect(t, c.List(t.Context(), memberships.Filter{Group: staff})); len(rows) != 1 {
		t.Errorf("got %v", rows)
	}
	if diff := cmp.Diff([]string{"GET /memberships"}, sent.take()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// Check returns PresenceNotMember only if the caller sees the whole room.
func TestCheckInModeratedSpace(t *testing.T) {
	staff, lobby := groupNamed(t, "Staff"), groupNamed(t, "Lobby")
	for _, tc := range []struct {
		token  string
		group  memberships.Group
		member string
		want   memberships.Presence
	}{
		{"grace", staff, "ada", memberships.PresenceMember},
		{"grace", staff, "alan", memberships.PresenceUndetermined},
		{"grace", staff, "barbara", memberships.PresenceUndetermined},
		{"ada", staff, "alan", memberships.PresenceMember},
		{"ada", staff, "barbara", memberships.PresenceNotMember},
		{"alan", staff, "barbara", memberships.PresenceNotMember},
		{"alan", lobby, "barbara", memberships.PresenceNotMember},
	} {
		c, _ := portable(t, tc.token)
		got, err := c.Check(t.Context(), tc.group, email(tc.member))
		if got != tc.want || (err != nil) != (got == memberships.PresenceUndetermined) {
			t.Errorf("%s checks %s in %s: got %v, %v, want %v", tc.token, tc.member, tc.group.Name, got, err, tc.want)
		}
		if tc.want == memberships.PresenceUndetermined {
			if got := wrappertest.Outcome(memberships.Membership{}, err); got != memberships.ErrUndetermined.Error() {
				t.Errorf("the error is %v", err)
			}
			_, err := c.Remove(t.Context(), memberships.Ref{Group: tc.group, Member: email(tc.member)})
			if got := wrappertest.Outcome(memberships.Membership{}, err); got != memberships.ErrUndetermined.Error() {
				t.Errorf("Remove: got %v", err)
			}
		}
	}
}

// A flag of another JSON type leaves the coverage incomplete.
func TestModeratedSpaceWithAnOddFlag(t *testing.T) {
	for flag, want := range map[string][]string{
		`true`: {"hidden moderators_only"}, `"true"`: {"hidden moderators_only"}, `{}`: {"hidden moderators_only"}, `7`: {"hidden moderators_only"},
		`false`: nil, `"false"`: nil, `null`: nil,
		// A malformed other field does not hide a valid flag.
		`false,"lastActivity":{}`: nil, `"false","lastActivity":{}`: nil, `"yes","lastActivity":{}`: {"hidden moderators_only"},
	} {
		c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
			body := map[string]string{
				"/v1/memberships": `{"items":[{"id":"m","roomId":"r","personId":"ada","personEmail":"ada@example.com","isModerator":true}]}`,
				"/v1/rooms/r":     `{"id":"r","title":"Staff","type":"group","teamId":"t","isLocked":` + flag + `}`,
				"/v1/people/me":   `{"id":"grace","emails":["grace@example.com"]}`,
			}[r.URL.Path]
			_, _ = w.Write([]byte(body))
		}).Provider())
		var summary memberships.Summary
		wrappertest.Collect(t, c.List(t.Context(), memberships.Filter{Group: memberships.Group{ID: "r"}}, memberships.WithSummary(&summary)))
		if diff := cmp.Diff(want, codes(summary.Coverage)); diff != "" {
			t.Errorf("isLocked %s (-want +got):\n%s", flag, diff)
		}
	}
}

// The coverage has a gap if Webex does not show the room or the caller.
func TestModeratedSpaceOfAnUnknownCaller(t *testing.T) {
	for name, tc := range map[string]struct{ room, me int }{
		"the caller is hidden": {200, 403},
		"the room is hidden":   {403, 200},
		"both are hidden":      {404, 403},
	} {
		t.Run(name, func(t *testing.T) {
			c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
				status, body := 200, `{"items":[{"id":"m","roomId":"r","personId":"ada","personEmail":"ada@example.com","isModerator":true}]}`
				switch r.URL.Path {
				case "/v1/rooms/r":
					status, body = tc.room, `{"id":"r","title":"Staff","type":"group","teamId":"t","isLocked":true}`
				case "/v1/people/me":
					status, body = tc.me, `{"id":"grace","emails":["grace@example.com"]}`
				}
				if status != 200 {
					body = `{"message":"no","trackingId":"x"}`
				}
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body))
			}).Provider())
			var summary memberships.Summary
			wrappertest.Collect(t, c.List(t.Context(), memberships.Filter{Group: memberships.Group{ID: "r"}}, memberships.WithSummary(&summary)))
			if diff := cmp.Diff([]string{"hidden moderators_only"}, codes(summary.Coverage)); diff != "" {
				t.Fatalf("gaps (-want +got):\n%s", diff)
			}
			if text := summary.Coverage.Gaps[0].Text; strings.Contains(text, "the caller is not in") {
				t.Errorf("an unfounded reason: %s", text)
			}
		})
	}
}

// A listing ends with an error if the read of the room or of the caller fails: its coverage
// is unknown.
func TestModeratedSpaceOfUnknownCoverage(t *testing.T) {
	const list, one, me = "GET /memberships", "GET /rooms/r", "GET /people/me"
	group := memberships.Group{ID: "r"}
	for broken, kind := range map[string]error{one: memberships.ErrInvalidArgument, me: memberships.ErrInvalidArgument, "": nil} {
		answers := map[string]step{
			list: items(row("r", "ada", "ada@example.com", true)),
			one:  {200, `{"id":"r","title":"Staff","type":"group","teamId":"t","isLocked":true}`},
			me:   {200, `{"id":"ada","emails":["ada@example.com"]}`},
		}
		if broken != "" {
			answers[broken] = failing
		}
		c, _ := answering(t, answers)
		var summary memberships.Summary
		rows, last := 0, error(nil)
		for _, err := range c.List(t.Context(), memberships.Filter{Group: group}, memberships.WithSummary(&summary)) {
			if last = err; err == nil {
				rows++
			}
		}
		if rows != 1 || !errors.Is(last, kind) || (last == nil) != (kind == nil) || len(summary.Coverage.Gaps) > 0 {
			t.Errorf("without %q: %d rows, then %v, gaps %v", broken, rows, last, codes(summary.Coverage))
		}
		_, err := c.Provider().ListPage(t.Context(), memberships.Query{Group: group}, memberships.PageRequest{})
		if !errors.Is(err, kind) || (err == nil) != (kind == nil) {
			t.Errorf("without %q, a page: %v", broken, err)
		}
	}
}
