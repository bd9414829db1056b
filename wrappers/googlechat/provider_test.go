package googlechat_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// An invalid name fails before a request.
func TestProviderRefuses(t *testing.T) {
	c, w := withBodies(t, joined)
	p := memberships.New(c.Provider())
	ctx := t.Context()
	for name, ref := range map[string]memberships.Ref{
		"another path as a space":           {Group: memberships.Group{ID: "../x"}, Member: byID("1")},
		"a membership as a space":           {Group: memberships.Group{ID: "spaces/s/members/1"}, Member: byID("1")},
		"a path as a member":                {Group: inDemo, Member: byID("1/x")},
		"dots as a member":                  {Group: inDemo, Member: byID("..")},
		"a line break as a member":          {Group: inDemo, Member: byID("1\n2")},
		"a path as an address":              {Group: inDemo, Member: byEmail("a/b@example.com")},
		"an id without a membership's form": {ID: "1"},
		"a user with the id app":            {Group: inDemo, Member: byID("app")},
		"an app by address":                 {Group: inDemo, Member: memberships.Member{Kind: memberships.MemberApp, Email: "a@example.com"}},
		"a group by address":                {Group: inDemo, Member: memberships.Member{Kind: memberships.MemberGroup, ID: "g@example.com"}},
		"a group without an id":             {Group: inDemo, Member: memberships.Member{Kind: memberships.MemberGroup, Email: "g@example.com"}},
		"a path as a group":                 {Group: inDemo, Member: memberships.Member{Kind: memberships.MemberGroup, ID: "g/x"}},
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
func TestProviderResponses(t *testing.T) {
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
	getKind := func(ctx context.Context, c *memberships.Client) string {
		m, err := c.Get(ctx, ref)
		return fmt.Sprint(m.Member.Kind, " ", wrappertest.Outcome(m, err))
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
		{"a new type", getKind, []step{{200, membership(`"state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/1","type":"AGENT"}`)}},
			"agent 1 <> is member (ROLE_MEMBER) in space:s, active"},
		{"an unspecified role of an invitation", get, []step{{200, membership(`"state":"INVITED","role":"MEMBERSHIP_ROLE_UNSPECIFIED","member":{"name":"users/1","type":"HUMAN"}`)}},
			"1 <> is member () in space:s, invited"},
		{"an unspecified role of a member", get, []step{{200, membership(`"state":"JOINED","role":"MEMBERSHIP_ROLE_UNSPECIFIED","member":{"name":"users/1","type":"HUMAN"}`)}},
			"1 <> is unknown () in space:s, active"},
		{"an unspecified type of user", getKind, []step{{200, membership(`"state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/1","type":"TYPE_UNSPECIFIED"}`)}},
			"user 1 <> is member (ROLE_MEMBER) in space:s, active"},
		{"a membership without a member", get, []step{{200, membership(`"state":"JOINED","role":"ROLE_MEMBER"`)}},
			"1 <> is member (ROLE_MEMBER) in space:s, active"},
		{"a former member", get, []step{{200, former}}, "not a member"},
		{"404 in a space with visible members", get, []step{{404, missing}, {200, inSpace}}, "not a member"},
		{"404 in a missing space", get, []step{{404, missing}, {404, missing}}, "not found"},
		{"404 in a hidden space", get, []step{{404, missing}, {403, denied}}, "not found"},
		{"404 and a failed list", get, []step{{404, missing}, {503, ""}}, "unavailable"},
		{"404 and a malformed page", get, []step{{404, missing}, {200, `{"x":1}`}}, "malformed answer"},
		{"a denied removal without a membership", remove, []step{{200, joined}, {403, denied}, {404, missing}, {200, inSpace}}, "not a member"},
		{"a denied removal of a member", remove, []step{{200, joined}, {403, denied}, {200, joined}}, "permission denied"},
		{"a denied removal and a failed read", remove, []step{{200, joined}, {403, denied}, {503, ""}}, "permission denied"},
		{"a removal without a membership", remove, []step{{404, missing}, {200, inSpace}}, "not a member"},
		{"a removal after the member left", remove, []step{{200, joined}, {404, missing}, {404, missing}, {200, inSpace}}, "not a member"},
		{"found only by the list", get, []step{{404, missing}, {200, `{"memberships":[` + joined + `]}`}}, "1 <> is member (ROLE_MEMBER) in space:s, active"},
		{"a space with an anonymous member", get, []step{{404, missing}, {200, `{"memberships":[{"name":"spaces/s/members/8","state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/8","type":"HUMAN","isAnonymous":true}}]}`}}, "undetermined"},
		{"a space with a group", get, []step{{404, missing}, {200, `{"memberships":[{"name":"spaces/s/members/g","state":"JOINED","groupMember":{"name":"groups/g"}}]}`}}, "undetermined"},
		{"a removal in a missing space", remove, []step{{404, missing}, {404, missing}}, "not found"},
		{"a list that fails on the second page", func(ctx context.Context, c *memberships.Client) string {
			n := 0
			for page, err := range c.Pages(ctx, memberships.Filter{Member: byID("1")}, memberships.PageRequest{}) {
				if err != nil {
					return fmt.Sprint(n, " ", wrappertest.Outcome(memberships.Membership{}, err))
				}
				n += len(page.Items)
			}
			return "complete"
		}, []step{{200, `{"spaces":[{"name":"spaces/a"}],"nextPageToken":"2"}`}, {200, joined}, {200, `{"spaces":[{"name":"spaces/b"}]}`}, {503, ""}}, "1 unavailable"},
		{"a refused role", promote, []step{{404, missing}, {200, inSpace}, {200, joined}, {403, denied}},
			"1 <> is member (ROLE_MEMBER) in space:s, active; permission denied: googlechat: Memberships.Update: permission denied " +
				"(status 403, code PERMISSION_DENIED): x: the member was added (JOINED), but the change to ROLE_ASSISTANT_MANAGER failed"},
		{"a refused addition", promote, []step{{404, missing}, {200, inSpace}, {403, denied}},
			"permission denied: googlechat: Memberships.Create: permission denied (status 403, code PERMISSION_DENIED): x"},
		{"a concurrent addition by another caller", promote, []step{{404, missing}, {200, inSpace}, {409, already}},
			"already exists: googlechat: Memberships.Create: already exists (status 409, code ALREADY_EXISTS): x"},
		{"an addition whose read fails", promote, []step{{503, ""}},
			"unavailable: googlechat: Memberships.Get: unavailable (status 503)"},
		{"an addition in a missing space", promote, []step{{404, missing}, {404, missing}},
			"not found: googlechat: Memberships.Get: not found (status 404, code NOT_FOUND): x"},
		{"an addition of a former member", promote, []step{{200, former}, {200, joined}, {200, membership(`"state":"JOINED","role":"ROLE_ASSISTANT_MANAGER","member":{"name":"users/1","type":"HUMAN"}`)}},
			"1 <> is manager (ROLE_ASSISTANT_MANAGER) in space:s, active: <nil>"},
		{"another address of a member", func(ctx context.Context, c *memberships.Client) string {
			return wrappertest.Outcome(c.Get(ctx, memberships.Ref{Group: ref.Group, Member: byEmail("alias@example.com")}))
		}, []step{{200, membership(`"state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/1","type":"HUMAN","email":"real@example.com"}`)}},
			"1 <real@example.com> is member (ROLE_MEMBER) in space:s, active"},
		{"a group after a failed page", func(ctx context.Context, c *memberships.Client) string {
			return wrappertest.Outcome(c.Get(ctx, memberships.Ref{Group: ref.Group, Member: group}))
		}, []step{{200, `{"memberships":[` + joined + `],"nextPageToken":"2"}`}, {503, ""}}, "unavailable"},
		{"a search of an address, denied in a space", resolve, []step{{404, missing}, {200, two}, {404, missing}, {403, denied}}, "permission denied"},
		{"a search with an address that FindDirectMessage refuses", resolve, []step{{400, wrong}, {200, two}, {404, missing}, {200, joined}}, "1 a@example.com"},
		{"a search of an address in the direct message", resolve, []step{{200, `{"name":"spaces/dm"}`}, {200, joined}}, "1 a@example.com"},
		{"a search of an address with a former direct message", resolve, []step{{200, `{"name":"spaces/dm"}`}, {404, missing}, {200, `{}`}}, "no such member"},
		{"a failed search of an address", resolve, []step{{503, ""}}, "unavailable"},
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

// Get finds a member by the address in the list after a 404 for the name.
func TestProviderGetByListedAddress(t *testing.T) {
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

func TestProviderAs(t *testing.T) {
	c, _ := withBodies(t, joined)
	wrappertest.Native(t, c.Provider(), c)
}
