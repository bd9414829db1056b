package googlechat_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

const (
	ada  = "100000000000000000001"
	hedy = "100000000000000000009"
)

var (
	inDemo  = memberships.Group{ID: demo}
	byEmail = func(s string) memberships.Member { return memberships.Member{Email: s} }
	byID    = func(s string) memberships.Member { return memberships.Member{ID: s} }
	group   = memberships.Member{Kind: memberships.MemberGroup, ID: "g1"}
	app     = memberships.Member{Kind: memberships.MemberApp, ID: "app"}
)

// portable returns a portable client of an emulator, and the requests of the client.
func portable(t *testing.T, state string, opts ...option.Option) (*memberships.Client, *[]string) {
	t.Helper()
	if state == "" {
		state = string(emulator.BuiltInState())
	}
	e, err := emulator.New(emulator.WithState("state", []byte(state)))
	if err != nil {
		t.Fatal(err)
	}
	asked := &[]string{}
	e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		*asked = append(*asked, r.Method+" "+r.URL.Path)
		return false
	})
	opts = append([]option.Option{option.WithHTTPClient(e.Client()), option.WithToken("token"), option.WithAttempts(1)}, opts...)
	c, err := googlechat.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return memberships.New(c.Provider()), asked
}

// outcome describes the error of a call, or the membership after it.
func outcome(ctx context.Context, c *memberships.Client, ref memberships.Ref, err error) string {
	if err != nil {
		return wrappertest.Outcome(memberships.Membership{}, err)
	}
	return "done; " + wrappertest.Outcome(c.Get(ctx, ref))
}

func TestProvider(t *testing.T) {
	adaInDemo := "100000000000000000001 <ada@example.com> is owner (ROLE_MANAGER) in space:AAAA0000001, active"
	get := func(r memberships.Ref) func(context.Context, *memberships.Client) string {
		return func(ctx context.Context, c *memberships.Client) string { return wrappertest.Outcome(c.Get(ctx, r)) }
	}
	add := func(m memberships.Member, r memberships.Role) func(context.Context, *memberships.Client) string {
		return func(ctx context.Context, c *memberships.Client) string {
			return wrappertest.Outcome(c.Add(ctx, inDemo, m, r))
		}
	}
	update := func(ref memberships.Ref, r memberships.Role) func(context.Context, *memberships.Client) string {
		return func(ctx context.Context, c *memberships.Client) string {
			return wrappertest.Outcome(c.Update(ctx, ref, r))
		}
	}
	remove := func(ref memberships.Ref) func(context.Context, *memberships.Client) string {
		return func(ctx context.Context, c *memberships.Client) string {
			return outcome(ctx, c, ref, wrappertest.Err(c.Remove(ctx, ref)))
		}
	}
	in := func(m memberships.Member) memberships.Ref { return memberships.Ref{Group: inDemo, Member: m} }
	type step = func(context.Context, *memberships.Client) string
	for _, tc := range []struct {
		name  string
		steps []step
		want  []string
	}{
		{"get", []step{
			get(in(byEmail("ada@example.com"))),
			get(in(byEmail("ADA@example.com"))),
			get(in(byID(ada))),
			get(in(byID("users/" + ada))),
			get(memberships.Ref{Group: memberships.Group{ID: "spaces/" + demo}, Member: byID(ada)}),
			get(memberships.Ref{ID: "spaces/" + demo + "/members/" + ada}),
		}, []string{adaInDemo, adaInDemo, adaInDemo, adaInDemo, adaInDemo, adaInDemo}},
		{"get an unknown user", []step{
			get(in(byEmail("hedy@example.com"))),
			get(in(byEmail("nobody@example.com"))),
			get(in(byID(hedy))),
			get(memberships.Ref{ID: "spaces/" + demo + "/members/" + hedy}),
			get(in(group)),
			get(in(app)),
		}, []string{"not a member", "not a member", "not a member", "not a member", "not a member", "not a member"}},
		{"get in a space that is not there", []step{
			get(memberships.Ref{Group: memberships.Group{ID: "AAAA9"}, Member: byID(ada)}),
			get(memberships.Ref{Group: memberships.Group{ID: "AAAA9"}, Member: group}),
			get(memberships.Ref{ID: "spaces/AAAA9/members/" + ada}),
		}, []string{"not found", "not found", "not found"}},
		{"add", []step{
			add(byEmail("hedy@example.com"), ""),
			add(byEmail("joan@example.com"), memberships.RoleMember),
			add(byEmail("radia@example.com"), memberships.RoleManager),
			add(byID("100000000000000000013"), memberships.RoleOwner),
			add(byID("100000000000000099999"), ""),
		}, []string{
			"100000000000000000009 <hedy@example.com> is member (ROLE_MEMBER) in space:AAAA0000001, active",
			"100000000000000000010 <joan@example.com> is member (ROLE_MEMBER) in space:AAAA0000001, active",
			"100000000000000000014 <radia@example.com> is manager (ROLE_ASSISTANT_MANAGER) in space:AAAA0000001, active",
			"100000000000000000013 <niklaus@example.com> is owner (ROLE_MANAGER) in space:AAAA0000001, active",
			"not found",
		}},
		{"add an existing member", []step{
			add(byEmail("ada@example.com"), ""), add(byID(ada), memberships.RoleManager), get(in(byID(ada))),
		}, []string{"already exists", "already exists", adaInDemo}},
		{"invite", []step{
			add(byEmail("friend@elsewhere.example"), ""),
			add(byEmail("friend@elsewhere.example"), ""),
			get(in(byEmail("friend@elsewhere.example"))),
			func(ctx context.Context, c *memberships.Client) string {
				p, err := c.Check(ctx, inDemo, byEmail("friend@elsewhere.example"))
				return fmt.Sprint(p, " ", err)
			},
			remove(in(byEmail("friend@elsewhere.example"))),
		}, []string{
			"100000000000000100000 <friend@elsewhere.example> is member () in space:AAAA0000001, invited",
			"already exists",
			"100000000000000100000 <friend@elsewhere.example> is member () in space:AAAA0000001, invited",
			"invited <nil>",
			"done; not a member",
		}},
		{"invite with a role that invitations do not have", []step{
			add(byEmail("friend@elsewhere.example"), memberships.RoleManager),
			get(in(byEmail("friend@elsewhere.example"))),
		}, []string{
			"100000000000000100000 <friend@elsewhere.example> is member () in space:AAAA0000001, invited; invalid argument",
			"100000000000000100000 <friend@elsewhere.example> is member () in space:AAAA0000001, invited",
		}},
		{"a Google group", []step{
			add(group, memberships.RoleOwner),
			add(group, memberships.RoleMember), add(group, ""), get(in(group)),
			update(in(group), memberships.RoleManager), remove(in(group)), remove(in(group)),
		}, []string{
			"invalid argument",
			"group:g1 <> is member () in space:AAAA0000001, active", "already exists", "group:g1 <> is member () in space:AAAA0000001, active",
			"invalid argument", "done; not a member", "not a member",
		}},
		{"the calling app", []step{
			add(app, ""), add(app, ""),
			add(memberships.Member{Kind: memberships.MemberApp, ID: "100000000000000000777"}, ""),
			remove(in(app)), remove(in(app)),
		}, []string{
			"app:100000000000000000000 <> is member (ROLE_MEMBER) in space:AAAA0000001, active", "already exists",
			"permission denied",
			"done; not a member", "not a member",
		}},
		{"update", []step{
			update(in(byEmail("alan@example.com")), memberships.RoleOwner),
			update(in(byID("100000000000000000003")), memberships.RoleManager),
			update(memberships.Ref{ID: "spaces/" + demo + "/members/100000000000000000003"}, memberships.RoleMember),
			update(in(byEmail("hedy@example.com")), memberships.RoleOwner),
			update(in(byID(hedy)), memberships.RoleOwner),
			update(memberships.Ref{ID: "spaces/AAAA9/members/" + ada}, memberships.RoleOwner),
		}, []string{
			"100000000000000000003 <alan@example.com> is owner (ROLE_MANAGER) in space:AAAA0000001, active",
			"100000000000000000003 <alan@example.com> is manager (ROLE_ASSISTANT_MANAGER) in space:AAAA0000001, active",
			"100000000000000000003 <alan@example.com> is member (ROLE_MEMBER) in space:AAAA0000001, active",
			"not a member", "not a member", "not found",
		}},
		{"remove", []step{
			remove(in(byEmail("alan@example.com"))), remove(in(byEmail("alan@example.com"))),
			remove(memberships.Ref{ID: "spaces/" + demo + "/members/100000000000000000004"}),
			remove(in(byID("100000000000000000004"))),
			remove(memberships.Ref{Group: memberships.Group{ID: "AAAA9"}, Member: byID(ada)}),
		}, []string{"done; not a member", "not a member", "done; not a member", "not a member", "not found"}},
		{"a member in short", []step{
			func(ctx context.Context, c *memberships.Client) string {
				r, err := c.Resolve(ctx, byEmail("ada@example.com"))
				return fmt.Sprintf("%+v %v", r, err)
			},
			func(ctx context.Context, c *memberships.Client) string {
				_, err := c.Resolve(ctx, byEmail("nobody@example.com"))
				return wrappertest.Outcome(memberships.Membership{}, err)
			},
			func(ctx context.Context, c *memberships.Client) string {
				_, err := c.Resolve(ctx, memberships.Member{Kind: memberships.MemberGroup, Email: "g@example.com"})
				return wrappertest.Outcome(memberships.Membership{}, err)
			},
		}, []string{
			"{Member:100000000000000000001 How:GET /spaces/{space}/members/{email} Err:<nil>} <nil>", "no such member", "invalid argument",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, _ := portable(t, "")
			var got []string
			for _, do := range tc.steps {
				got = append(got, do(t.Context(), c))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

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
		t.Errorf("%d with their own value, want 28 (-want +got)\n%s", native, diff)
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

// The memberships of a member cover the caller's spaces.
func TestProviderOf(t *testing.T) {
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
				t.Errorf("%d pages, want %d: one for a space", pages, spaces)
			}
			for _, a := range *asked {
				if !strings.HasPrefix(a, "GET ") {
					t.Errorf("sent %s", a)
				}
			}
		})
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
		t.Errorf("an app's token that is taken for a user's: %v", got)
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

// An invalid name fails before a request.
func TestProviderRefuses(t *testing.T) {
	c, w := withBodies(t, joined)
	p := memberships.New(c.Provider())
	ctx := t.Context()
	for name, ref := range map[string]memberships.Ref{
		"another path as a space":       {Group: memberships.Group{ID: "../x"}, Member: byID("1")},
		"a membership as a space":       {Group: memberships.Group{ID: "spaces/s/members/1"}, Member: byID("1")},
		"a path as a member":            {Group: inDemo, Member: byID("1/x")},
		"dots as a member":              {Group: inDemo, Member: byID("..")},
		"a line break as a member":      {Group: inDemo, Member: byID("1\n2")},
		"a path as an address":          {Group: inDemo, Member: byEmail("a/b@example.com")},
		"an id that is no name":         {ID: "1"},
		"a user by the name of the app": {Group: inDemo, Member: byID("app")},
		"an app by address":             {Group: inDemo, Member: memberships.Member{Kind: memberships.MemberApp, Email: "a@example.com"}},
		"a group by address":            {Group: inDemo, Member: memberships.Member{Kind: memberships.MemberGroup, ID: "g@example.com"}},
		"a group without an id":         {Group: inDemo, Member: memberships.Member{Kind: memberships.MemberGroup, Email: "g@example.com"}},
		"a path as a group":             {Group: inDemo, Member: memberships.Member{Kind: memberships.MemberGroup, ID: "g/x"}},
		"another path as a space, with a group": {
			Group: memberships.Group{ID: "../x"}, Member: group,
		},
	} {
		errs := map[string]error{"remove": wrappertest.Err(p.Remove(ctx, ref))}
		_, errs["get"] = p.Get(ctx, ref)
		_, errs["update"] = p.Update(ctx, ref, memberships.RoleOwner)
		if ref.ID == "" {
			_, errs["add"] = p.Add(ctx, ref.Group, ref.Member, "")
		}
		if ref.Group == inDemo { // so the member is invalid
			for _, err := range p.MembershipsOf(ctx, ref.Member) {
				errs["of"] = err
			}
		}
		for op, err := range errs {
			if !errors.Is(err, memberships.ErrInvalidArgument) {
				t.Errorf("%s, %s: got %v", name, op, err)
			}
		}
	}
	if len(w.seen) != 0 {
		t.Errorf("%d requests, the first for %s", len(w.seen), w.seen[0].URL)
	}
}

const (
	inSpace = `{"memberships":[{"name":"spaces/s/members/9","state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/9","type":"HUMAN"}}]}`
	denied  = `{"error":{"code":403,"message":"x","status":"PERMISSION_DENIED"}}`
	wrong   = `{"error":{"code":400,"message":"x","status":"INVALID_ARGUMENT"}}`
	two     = `{"spaces":[{"name":"spaces/a","displayName":"A"},{"name":"spaces/b","displayName":"B"}]}`
)

// Scripted responses cover cases that the emulator lacks.
func TestProviderAnswers(t *testing.T) {
	ref := memberships.Ref{Group: memberships.Group{ID: "s"}, Member: byID("1")}
	get := func(ctx context.Context, c *memberships.Client) string { return wrappertest.Outcome(c.Get(ctx, ref)) }
	remove := func(ctx context.Context, c *memberships.Client) string {
		return wrappertest.Outcome(memberships.Membership{}, wrappertest.Err(c.Remove(ctx, ref)))
	}
	resolve := func(ctx context.Context, c *memberships.Client) string {
		r, err := c.Resolve(ctx, byEmail("a@example.com"))
		if err != nil {
			return wrappertest.Outcome(memberships.Membership{}, err)
		}
		return r.Member.ID + " " + r.Member.Email
	}
	promote := func(ctx context.Context, c *memberships.Client) string {
		m, err := c.Add(ctx, ref.Group, ref.Member, memberships.RoleManager)
		return fmt.Sprintf("%s: %v", wrappertest.Outcome(m, err), err)
	}
	membership := func(fields string) string { return `{"name":"spaces/s/members/1",` + fields + `}` }
	for _, tc := range []struct {
		name  string
		do    func(context.Context, *memberships.Client) string
		steps []step
		want  string
	}{
		{"a new role", get, []step{{200, membership(`"state":"JOINED","role":"ROLE_EDITOR","member":{"name":"users/1","type":"HUMAN"}`)}},
			"1 <> is unknown (ROLE_EDITOR) in space:s, active"},
		{"a person without a role", get, []step{{200, membership(`"state":"JOINED","member":{"name":"users/1","type":"HUMAN"}`)}},
			"1 <> is unknown () in space:s, active"},
		{"a new state", get, []step{{200, membership(`"state":"KNOCKING","role":"ROLE_MEMBER","member":{"name":"users/1","type":"HUMAN"}`)}},
			"1 <> is member (ROLE_MEMBER) in space:s, unknown"},
		{"a new type", func(ctx context.Context, c *memberships.Client) string {
			m, err := c.Get(ctx, ref)
			return fmt.Sprint(m.Member.Kind, " ", wrappertest.Outcome(m, err))
		}, []step{{200, membership(`"state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/1","type":"AGENT"}`)}},
			"agent 1 <> is member (ROLE_MEMBER) in space:s, active"},
		{"a membership without a member", get, []step{{200, membership(`"state":"JOINED","role":"ROLE_MEMBER"`)}},
			"1 <> is member (ROLE_MEMBER) in space:s, active"},
		{"a former member", get, []step{{200, former}}, "not a member"},
		{"not found in a space that shows", get, []step{{404, missing}, {200, inSpace}}, "not a member"},
		{"not found in a space that is gone", get, []step{{404, missing}, {404, missing}}, "not found"},
		{"not found in a space that is hidden", get, []step{{404, missing}, {403, denied}}, "not found"},
		{"not found, and no second answer", get, []step{{404, missing}, {503, ""}}, "unavailable"},
		{"not found, and a page that is none", get, []step{{404, missing}, {200, `{"x":1}`}}, "malformed answer"},
		{"a denied removal without a membership", remove, []step{{200, joined}, {403, denied}, {404, missing}, {200, inSpace}}, "not a member"},
		{"a removal of a member, denied", remove, []step{{200, joined}, {403, denied}, {200, joined}}, "permission denied"},
		{"a removal, denied, and no second answer", remove, []step{{200, joined}, {403, denied}, {503, ""}}, "permission denied"},
		{"a removal without a membership", remove, []step{{404, missing}, {200, inSpace}}, "not a member"},
		{"a removal after the member left", remove, []step{{200, joined}, {404, missing}, {404, missing}, {200, inSpace}}, "not a member"},
		{"found by the list alone", get, []step{{404, missing}, {200, `{"memberships":[` + joined + `]}`}}, "1 <> is member (ROLE_MEMBER) in space:s, active"},
		{"a space with an anonymous member", get, []step{{404, missing}, {200, `{"memberships":[{"name":"spaces/s/members/8","state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/8","type":"HUMAN","isAnonymous":true}}]}`}}, "undetermined"},
		{"a space with a group", get, []step{{404, missing}, {200, `{"memberships":[{"name":"spaces/s/members/g","state":"JOINED","groupMember":{"name":"groups/g"}}]}`}}, "undetermined"},
		{"a removal in no space", remove, []step{{404, missing}, {404, missing}}, "not found"},
		{"a look-up that fails on the second page", func(ctx context.Context, c *memberships.Client) string {
			n := 0
			for page, err := range c.Pages(ctx, memberships.Filter{Member: byID("1")}, memberships.PageRequest{}) {
				if err != nil {
					return fmt.Sprint(n, " ", wrappertest.Outcome(memberships.Membership{}, err))
				}
				n += len(page.Items)
			}
			return "complete"
		}, []step{{200, `{"spaces":[{"name":"spaces/a"}],"nextPageToken":"2"}`}, {200, joined}, {200, `{"spaces":[{"name":"spaces/b"}]}`}, {503, ""}}, "1 unavailable"},
		{"a role that is refused", promote, []step{{404, missing}, {200, inSpace}, {200, joined}, {403, denied}},
			"1 <> is member (ROLE_MEMBER) in space:s, active; permission denied: googlechat: Memberships.Update: permission denied " +
				"(status 403, code PERMISSION_DENIED): x: the member was added (JOINED), but the change to ROLE_ASSISTANT_MANAGER failed"},
		{"an addition that is refused", promote, []step{{404, missing}, {200, inSpace}, {403, denied}},
			"permission denied: googlechat: Memberships.Create: permission denied (status 403, code PERMISSION_DENIED): x"},
		{"a concurrent addition by another caller", promote, []step{{404, missing}, {200, inSpace}, {409, already}},
			"already exists: googlechat: Memberships.Create: already exists (status 409, code ALREADY_EXISTS): x"},
		{"an addition whose read fails", promote, []step{{503, ""}},
			"unavailable: googlechat: Memberships.Get: unavailable (status 503)"},
		{"an addition in no space", promote, []step{{404, missing}, {404, missing}},
			"not found: googlechat: Memberships.Get: not found (status 404, code NOT_FOUND): x"},
		{"a former member who comes back", promote, []step{{200, former}, {200, joined}, {200, membership(`"state":"JOINED","role":"ROLE_ASSISTANT_MANAGER","member":{"name":"users/1","type":"HUMAN"}`)}},
			"1 <> is manager (ROLE_ASSISTANT_MANAGER) in space:s, active: <nil>"},
		{"an address that is another one of a member's", func(ctx context.Context, c *memberships.Client) string {
			return wrappertest.Outcome(c.Get(ctx, memberships.Ref{Group: ref.Group, Member: byEmail("alias@example.com")}))
		}, []step{{200, membership(`"state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/1","type":"HUMAN","email":"real@example.com"}`)}},
			"1 <real@example.com> is member (ROLE_MEMBER) in space:s, active"},
		{"a group behind a page that fails", func(ctx context.Context, c *memberships.Client) string {
			return wrappertest.Outcome(c.Get(ctx, memberships.Ref{Group: ref.Group, Member: group}))
		}, []step{{200, `{"memberships":[` + joined + `],"nextPageToken":"2"}`}, {503, ""}}, "unavailable"},
		{"a search for an address that is stopped", resolve, []step{{404, missing}, {200, two}, {404, missing}, {403, denied}}, "permission denied"},
		{"a search for an address that the messages do not take", resolve, []step{{400, wrong}, {200, two}, {404, missing}, {200, joined}}, "1 a@example.com"},
		{"a search for an address among the messages", resolve, []step{{200, `{"name":"spaces/dm"}`}, {200, joined}}, "1 a@example.com"},
		{"a search for an address of messages that ended", resolve, []step{{200, `{"name":"spaces/dm"}`}, {404, missing}, {200, `{}`}}, "no such member"},
		{"a search for an address without an answer", resolve, []step{{503, ""}}, "unavailable"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, w := scripted(t, tc.steps...)
			if diff := cmp.Diff(tc.want, tc.do(t.Context(), memberships.New(c.Provider()))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if len(w.seen) != len(tc.steps) {
				t.Errorf("%d requests, want %d", len(w.seen), len(tc.steps))
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
		"a member of both":                     {step{200, joined}, step{200, joined}, []string{inA, inB}, scope},
		"a member of one":                      {step{404, missing}, step{200, joined}, []string{inB}, scope},
		"a former member of one":               {step{200, former}, step{200, joined}, []string{inB}, scope},
		"a member of none":                     {step{404, missing}, step{404, missing}, []string{"no such member"}, scope},
		"a second space that is closed":        {step{200, joined}, step{403, denied}, []string{inA}, append(scope[:3:3], "hidden unread_group")},
		"nothing but a space that is closed":   {step{404, missing}, step{403, denied}, nil, append(scope[:3:3], "hidden unread_group")},
		"a look-up that fails in the second":   {step{200, joined}, step{503, ""}, []string{inA, "unavailable"}, nil},
		"a look-up that fails in the first":    {step{503, ""}, step{200, joined}, []string{"unavailable"}, nil},
		"a second space that makes no sense":   {step{200, joined}, step{200, `{"x":1}`}, []string{inA, "malformed answer"}, nil},
		"a credential that is refused by then": {step{401, ""}, step{200, joined}, []string{"unauthenticated"}, nil},
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
				t.Errorf("asked for %s", req.URL)
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

// Get finds a member by the address in the list after a 404 for the name.
func TestProviderGetByAnAddressThatIsListed(t *testing.T) {
	const rows = `{"memberships":[{"name":"spaces/s/members/1","state":"INVITED","member":{"name":"users/1","type":"HUMAN","email":"Ada@example.com"}}]}`
	for email, want := range map[string]string{
		"ada@example.com":   "1 <Ada@example.com> is member () in space:s, invited",
		"grace@example.com": "not a member",
	} {
		w := &fakeTransport{answer: func(_ int, req *http.Request) (int, http.Header, string) {
			if strings.Contains(req.URL.Path, "@") {
				return 404, nil, missing
			}
			return 200, nil, rows
		}}
		c := memberships.New(newClient(t, w).Provider())
		got := wrappertest.Outcome(c.Get(t.Context(), memberships.Ref{Group: memberships.Group{ID: "s"}, Member: byEmail(email)}))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", email, diff)
		}
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

// Google Chat documents addresses in names for every request except Update.
func TestProviderUpdatesByName(t *testing.T) {
	c, w := scripted(t, step{200, joined}, step{200, joined})
	ref := memberships.Ref{Group: memberships.Group{ID: "s"}, Member: byEmail("a@example.com")}
	m, err := memberships.New(c.Provider()).Update(t.Context(), ref, memberships.RoleMember)
	if got, want := wrappertest.Outcome(m, err), "1 <a@example.com> is member (ROLE_MEMBER) in space:s, active"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := w.seen[1]; got.Method != http.MethodPatch || got.URL.Path != "/v1/spaces/s/members/1" {
		t.Errorf("sent %s %s", got.Method, got.URL)
	}
}

// An app sees no apps, not even itself, so its own absence is undetermined.
func TestProviderAppAlone(t *testing.T) {
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

func TestProviderAs(t *testing.T) {
	c, _ := withBodies(t, joined)
	wrappertest.Native(t, c.Provider(), c)
}

func TestProviderDiagnose(t *testing.T) {
	verdicts := func(d memberships.Diagnosis) []string {
		var out []string
		for _, f := range d.Findings {
			out = append(out, fmt.Sprint(f.Operation, " ", f.Verdict, " ", f.Grant))
			if f.Verdict != memberships.VerdictAllowed && f.Detail == "" {
				out = append(out, "no detail")
			}
		}
		return out
	}
	const yes = " allowed "
	everything := []string{"groups" + yes, "list" + yes, "of" + yes, "get" + yes, "add" + yes, "update" + yes, "remove" + yes}
	needs := func(scope string, ops ...string) []string {
		var out []string
		for _, op := range ops {
			out = append(out, op+" denied "+scope)
		}
		return out
	}
	const (
		readScope = "the scope chat.memberships.readonly; for an app's token, the option WithAppAuth"
		approved  = ", with an administrator's approval"
	)
	for _, tc := range []struct {
		name, scopes string
		opts         []option.Option
		want         []string
	}{
		{"everything", "", nil, everything},
		{"a user who may write", "chat.spaces, chat.memberships", nil, everything},
		{"a user who may read", "chat.spaces.readonly, chat.memberships.readonly", nil,
			append(slices.Clone(everything[:4]), needs("the scope chat.memberships", "add", "update", "remove")...)},
		{"a user without spaces", "chat.memberships", nil, append([]string{
			"groups denied the scope chat.spaces.readonly", "list" + yes, "of denied the scope chat.spaces.readonly",
		}, everything[3:]...)},
		{"a user without memberships", "chat.spaces", nil,
			slices.Concat(everything[:1], needs(readScope, "list", "of", "get"), needs("the scope chat.memberships", "add", "update", "remove"))},
		{"an app", "chat.bot, chat.app.memberships", []option.Option{googlechat.WithAppAuth()}, everything},
		{"an app that may read", "chat.bot", []option.Option{googlechat.WithAppAuth()},
			append(slices.Clone(everything[:4]), needs("the scope chat.app.memberships"+approved, "add", "update", "remove")...)},
		{"an app that is taken for a user", "chat.bot, chat.app.memberships", nil,
			slices.Concat(everything[:1], needs(readScope, "list"), everything[2:])},
	} {
		t.Run(tc.name, func(t *testing.T) {
			state := strings.Replace(appState, "chat.bot, chat.app.memberships", tc.scopes, 1)
			c, asked := portable(t, state, tc.opts...)
			d, err := c.Diagnose(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, verdicts(d)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, a := range *asked {
				if !strings.HasPrefix(a, "GET ") && a != "PATCH /v1/spaces/AAAAAAAAAAA/members/0" {
					t.Errorf("sent %s", a)
				}
			}
		})
	}
	t.Run("no spaces, and others are hidden", func(t *testing.T) {
		c, _ := scripted(t, step{200, `{}`}, step{403, denied}, step{403, denied}, step{403, denied})
		d, err := memberships.New(c.Provider()).Diagnose(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{
			"groups allowed ", "list undetermined ", "of undetermined ", "get undetermined ",
			"add undetermined ", "update undetermined ", "remove undetermined ",
		}, verdicts(d)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
	t.Run("no credential", func(t *testing.T) {
		c, _ := scripted(t, step{401, `{"error":{"code":401,"message":"x","status":"UNAUTHENTICATED"}}`})
		if d, err := memberships.New(c.Provider()).Diagnose(t.Context()); !errors.Is(err, memberships.ErrUnauthenticated) {
			t.Errorf("got %v, %v", d, err)
		}
	})
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
			t.Errorf("app %v: asked for %s", app, w.seen[0].URL)
		}
	}
}

// An error for a missing setting in Google's consoles names the setting and its place, and
// is neither ErrNotFound nor ErrPermissionDenied.
func TestSettingsInTheWay(t *testing.T) {
	const off, app, api = "Admin console > Apps > Google Workspace > Google Chat > Service status", "APIs & Services > Google Chat API > Configuration", "Enabled APIs & services"
	for name, tc := range map[string]struct {
		status int
		body   string
		kind   error
		place  string
	}{
		"Chat is off":           {400, `{"error":{"code":400,"message":"Precondition check failed.","status":"FAILED_PRECONDITION"}}`, memberships.ErrConflict, off},
		"no app":                {404, `{"error":{"code":404,"message":"Google Chat app not found. Make sure that an app is configured.","status":"NOT_FOUND"}}`, memberships.ErrConflict, app},
		"no bot":                {400, `{"error":{"code":400,"message":"No bot associated with this project.","status":"FAILED_PRECONDITION"}}`, memberships.ErrConflict, app},
		"the API is not on":     {403, `{"error":{"code":403,"message":"x","status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"SERVICE_DISABLED"}]}}`, memberships.ErrPermissionDenied, api},
		"a list that is not on": {404, missing, memberships.ErrMalformed, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := &fakeTransport{answer: func(int, *http.Request) (int, http.Header, string) { return tc.status, nil, tc.body }}
			own := newClient(t, w)
			c, ctx := memberships.New(own.Provider()), t.Context()
			for what, err := range map[string]error{
				"groups": wrappertest.Last(c.Groups(ctx)), "of": wrappertest.Last(c.MembershipsOf(ctx, byEmail("a@example.com"))), "resolve": wrappertest.Err(c.Resolve(ctx, byEmail("a@example.com"))),
			} {
				if what == "resolve" && tc.place == "" {
					continue // a direct message may be missing
				}
				if !errors.Is(err, tc.kind) || errors.Is(err, memberships.ErrNotFound) || !strings.Contains(err.Error(), tc.place) {
					t.Errorf("%s: got %v", what, err)
				}
			}
			if tc.place == "" {
				return
			}
			d, err := c.Diagnose(ctx)
			if err != nil || len(d.Findings) != len(memberships.Operations()) {
				t.Fatalf("got %+v, %v", d, err)
			}
			for _, f := range d.Findings {
				if f.Verdict != memberships.VerdictDenied || !strings.Contains(f.Grant, tc.place) {
					t.Errorf("got %+v", f)
				}
			}
		})
	}
}
