package googlechat_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

// A listing includes invited people and groups.
func TestProviderLists(t *testing.T) {
	c, _ := portable(t, "")
	ctx := t.Context()
	for _, m := range []memberships.Member{group, app, byEmail("friend@elsewhere.example")} {
		if _, err := c.Add(ctx, inDemo, m, ""); err != nil {
			t.Fatal(err)
		}
	}
	var kinds []string
	native := 0
	for m, err := range c.List(ctx, memberships.Filter{Group: inDemo}) {
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, fmt.Sprint(m.Member.Kind, " ", m.State))
		if n, ok := memberships.Native[*googlechat.Membership](m); ok && n.Name == m.ID && n.CreateTime.Equal(m.Created) {
			native++
		}
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	if diff := cmp.Diff([]string{"app active", "group active", "user active", "user invited"}, kinds); diff != "" || native != 28 {
		t.Errorf("%d with native values, want 28 (-want +got)\n%s", native, diff)
	}
	owners := wrappertest.Outcomes(c.List(ctx, memberships.Filter{Group: inDemo, Role: memberships.RoleOwner}))
	if diff := cmp.Diff([]string{"100000000000000000001 <ada@example.com> is owner (ROLE_MANAGER) in space:AAAA0000001, active"}, owners); diff != "" {
		t.Errorf("owners (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"not found"}, wrappertest.Outcomes(c.List(ctx, memberships.Filter{Group: memberships.Group{ID: "AAAA9"}}))); diff != "" {
		t.Errorf("no space (-want +got)\n%s", diff)
	}
	pages, items := 0, 0
	for page, err := range c.Pages(ctx, memberships.Filter{Group: inDemo}, memberships.PageRequest{Size: 10}) {
		if err != nil || page.Total != (memberships.Total{}) {
			t.Fatal(page, err)
		}
		pages++
		items += len(page.Items)
	}
	if pages != 3 || items != 28 {
		t.Errorf("%d memberships on %d pages, want 28 on 3", items, pages)
	}
	if diff := cmp.Diff([]string{"space:AAAA0000001 Demo", "space:AAAA0000002 Solo", "space:AAAA0000003 Everyone"}, wrappertest.GroupsOf(t, c)); diff != "" {
		t.Errorf("groups (-want +got)\n%s", diff)
	}
}

const appState = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Grace Hopper, email: grace@example.com}
groups:
  - {name: Demo, members: [{email: ada@example.com, role: owner}]}
credentials:
  googlechat: [{token: token, scopes: [chat.bot, chat.app.memberships]}]
`

// Google refuses groups and invitations in lists with an app's token.
func TestProviderAppAuth(t *testing.T) {
	user, _ := portable(t, appState)
	if got := wrappertest.Outcomes(user.List(t.Context(), memberships.Filter{Group: inDemo})); !slices.Equal(got, []string{"permission denied"}) {
		t.Errorf("an app's token without WithAppAuth: %v", got)
	}
	c, _ := portable(t, appState, googlechat.WithAppAuth())
	ctx := t.Context()
	got := wrappertest.Outcomes(c.List(ctx, memberships.Filter{Group: inDemo}))
	for _, m := range []memberships.Member{byEmail("grace@example.com"), group, app, byEmail("nobody@example.com")} {
		got = append(got, wrappertest.Outcome(c.Get(ctx, memberships.Ref{Group: inDemo, Member: m})))
	}
	got = append(got, wrappertest.Outcome(c.Add(ctx, inDemo, byEmail("grace@example.com"), "")))
	got = append(got, wrappertest.Outcomes(c.MembershipsOf(ctx, byEmail("grace@example.com")))...)
	ref := memberships.Ref{Group: inDemo, Member: byEmail("grace@example.com")}
	got = append(got, outcome(ctx, c, ref, wrappertest.Err(c.Remove(ctx, ref))))
	if diff := cmp.Diff([]string{
		ada + " <> is owner (ROLE_MANAGER) in space:AAAA0000001, active",
		"undetermined",      // a person, who may be in a group that is hidden from an app
		"permission denied", // a group, which an app may not list
		"app:100000000000000000000 <> is member (ROLE_MEMBER) in space:AAAA0000001, active",
		"undetermined",
		"100000000000000000002 <grace@example.com> is member (ROLE_MEMBER) in space:AAAA0000001, active",
		"100000000000000000002 <grace@example.com> is member (ROLE_MEMBER) in space:AAAA0000001, active",
		"done; undetermined",
	}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// An app sees no apps, not even itself, so its own absence is undetermined.
func TestProviderAppAbsence(t *testing.T) {
	w := &fakeTransport{answer: func(int, *http.Request) (int, http.Header, string) { return 404, nil, missing }}
	c, err := googlechat.New(option.WithHTTPClient(&http.Client{Transport: w}), option.WithToken("token"), googlechat.WithAppAuth())
	if err != nil {
		t.Fatal(err)
	}
	_, err = memberships.New(c.Provider()).Get(t.Context(), memberships.Ref{Group: inDemo, Member: app})
	if !errors.Is(err, memberships.ErrNotFound) || errors.Is(err, memberships.ErrNotMember) {
		t.Errorf("got %v after %d requests", err, len(w.seen))
	}
}

// appTokens is a token source with AppAuth.
type appTokens struct{ app bool }

func (appTokens) Token() (*oauth2.Token, error) { return &oauth2.Token{AccessToken: "token"}, nil }
func (a appTokens) AppAuth() bool               { return a.app }

// A token source may declare its tokens as an app's own.
func TestProviderAppTokens(t *testing.T) {
	for _, app := range []bool{true, false} {
		w := &fakeTransport{answer: func(int, *http.Request) (int, http.Header, string) { return 200, nil, inSpace }}
		c, err := googlechat.New(option.WithHTTPClient(&http.Client{Transport: w}), option.WithTokenSource(appTokens{app}))
		if err != nil {
			t.Fatal(err)
		}
		var summary memberships.Summary
		wrappertest.Collect(t, memberships.New(c.Provider()).List(t.Context(), memberships.Filter{Group: memberships.Group{ID: "s"}}, memberships.WithSummary(&summary)))
		if got := len(summary.Coverage.Hidden()) == 1 && summary.Coverage.Gaps[0].Code == memberships.GapAppView; got != app {
			t.Errorf("app %v: got %+v", app, summary.Coverage)
		}
		if got := w.seen[0].URL.Query().Get("showInvited"); (got == "") != app {
			t.Errorf("app %v: requested %s", app, w.seen[0].URL)
		}
	}
}
