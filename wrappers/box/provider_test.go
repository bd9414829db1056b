package box_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// portable returns a portable client of an emulator, and the requests of the client.
func portable(t *testing.T, opts ...option.Option) (*memberships.Client, *[]string) {
	t.Helper()
	e, err := emulator.New(emulator.WithState("built-in with scopes", append(emulator.BuiltInState(), `
credentials:
  box:
    - {token: ada, email: ada@example.com}
    - {token: narrow, email: ada@example.com, scopes: [manage_managed_users]}
`...)))
	if err != nil {
		t.Fatal(err)
	}
	var sent []string
	e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		sent = append(sent, r.Method+" "+r.URL.Path)
		return false
	})
	c, err := box.New(append([]option.Option{option.WithHTTPClient(e.Client()), option.WithToken("ada")}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return memberships.New(c.Provider()), &sent
}

func email(name string) memberships.Member {
	return memberships.Member{Email: name + "@example.com"}
}

// groupNamed returns the group of the built-in state with that name.
func groupNamed(t *testing.T, c *memberships.Client, name string) memberships.Group {
	t.Helper()
	all := wrappertest.Collect(t, c.Groups(t.Context()))
	i := slices.IndexFunc(all, func(g memberships.Group) bool { return g.Name == name })
	if i < 0 {
		t.Fatalf("no group %s in %v", name, all)
	}
	return all[i]
}

func userNamed(t *testing.T, c *memberships.Client, name string) memberships.Member {
	t.Helper()
	r, err := c.Resolve(t.Context(), email(name))
	if err != nil {
		t.Fatal(err)
	}
	return r.Member
}

func TestProviderGroups(t *testing.T) {
	c, _ := portable(t)
	var names []string
	for _, g := range wrappertest.Collect(t, c.Groups(t.Context())) {
		if g.Kind != memberships.KindGroup || g.ID == "" {
			t.Errorf("got %+v", g)
		}
		names = append(names, g.Name)
	}
	if diff := cmp.Diff([]string{"Demo", "Solo", "Everyone"}, names); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

// A listing, from end to end or by pages, has each member once with role, state and native
// value, and a total.
func TestProviderList(t *testing.T) {
	c, _ := portable(t)
	demo := groupNamed(t, c, "Demo")
	f := memberships.Filter{Group: demo}
	all := wrappertest.Collect(t, c.List(t.Context(), f))
	if len(all) != 25 {
		t.Errorf("%d members, want 25", len(all))
	}
	want := []memberships.Membership{
		{Role: memberships.RoleManager, RoleName: "admin", Member: userNamed(t, c, "ada")},
		{Role: memberships.RoleManager, RoleName: "admin", Member: userNamed(t, c, "grace")},
		{Role: memberships.RoleMember, RoleName: "member", Member: userNamed(t, c, "alan")},
	}
	for i, w := range want {
		w.Provider, w.Group, w.State, w.ID = "box", demo, memberships.StateActive, all[i].ID
		if diff := cmp.Diff(w, all[i]); diff != "" || w.ID == "" {
			t.Errorf("membership %d (-want +got):\n%s", i, diff)
		}
		if own, ok := memberships.Native[*box.Membership](all[i]); !ok || own.ID != w.ID {
			t.Errorf("membership %d: native %+v, %v", i, own, ok)
		}
	}
	var paged []memberships.Membership
	for r := (memberships.PageRequest{Size: 10}); ; {
		for page, err := range c.Pages(t.Context(), f, r) {
			if err != nil {
				t.Fatal(err)
			}
			if page.Total != memberships.TotalOf(25) || len(page.Items) > 10 {
				t.Errorf("a page of %d, total %v", len(page.Items), page.Total)
			}
			paged = append(paged, page.Items...)
			r.Token = page.Next
			break // each page by its token alone
		}
		if r.Token == "" {
			break
		}
	}
	if diff := cmp.Diff(all, paged); diff != "" {
		t.Errorf("pages (-whole +paged):\n%s", diff)
	}
}

func TestProviderMembershipsOf(t *testing.T) {
	c, _ := portable(t)
	grace := userNamed(t, c, "grace")
	for _, who := range []memberships.Member{grace, email("grace"), email("GRACE")} {
		var groups []string
		for _, m := range wrappertest.Collect(t, c.MembershipsOf(t.Context(), who)) {
			if diff := cmp.Diff(grace, m.Member); diff != "" {
				t.Errorf("member (-want +got):\n%s", diff)
			}
			groups = append(groups, m.Group.Name)
		}
		if diff := cmp.Diff([]string{"Demo", "Everyone"}, groups); diff != "" {
			t.Errorf("groups of %v (-want +got):\n%s", who, diff)
		}
	}
	paged := wrappertest.Collect(t, c.Pages(t.Context(), memberships.Filter{Member: email("grace")}, memberships.PageRequest{Size: 1}))
	if len(paged) != 2 || paged[0].Items[0].Group.Name != "Demo" || paged[1].Items[0].Group.Name != "Everyone" {
		t.Errorf("got %d pages", len(paged))
	}
}

// The result of a change has the fields that listings omit. After a removal, a ref by group
// and member gets ErrNotMember, a ref by id ErrNotFound.
func TestProviderChanges(t *testing.T) {
	c, _ := portable(t)
	ctx := t.Context()
	demo := groupNamed(t, c, "Demo")
	whole := func(what string, role memberships.Role, m memberships.Membership, err error) {
		t.Helper()
		own, _ := memberships.Native[*box.Membership](m)
		if err != nil || m.Role != role || m.Created.IsZero() || m.Updated.IsZero() || !own.ConfigurablePermissions.IsSpecified() {
			t.Fatalf("%s: %+v, %v", what, m, err)
		}
	}
	m, err := c.Add(ctx, demo, email("radia"), memberships.RoleManager)
	whole("added", memberships.RoleManager, m, err)
	ref := memberships.Ref{Group: demo, Member: m.Member}
	m, err = c.Update(ctx, ref, memberships.RoleMember)
	whole("updated by group and member", memberships.RoleMember, m, err)
	m, err = c.Update(ctx, memberships.Ref{ID: m.ID}, memberships.RoleManager)
	whole("updated by id", memberships.RoleManager, m, err)
	if _, err := c.Remove(ctx, ref); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"remove": wrappertest.Err(c.Remove(ctx, ref)), "update": wrappertest.Err(c.Update(ctx, ref, memberships.RoleMember)), "get": wrappertest.Err(c.Get(ctx, ref)),
	} {
		if !errors.Is(err, memberships.ErrNotMember) {
			t.Errorf("%s after that: %v", name, err)
		}
	}
	if _, err := c.Remove(ctx, m.Ref()); !errors.Is(err, memberships.ErrNotFound) || errors.Is(err, memberships.ErrNotMember) {
		t.Errorf("removed by id after that: %v", err)
	}
}

// A missing resource is not found; an invalid argument fails before a request.
func TestProviderRefuses(t *testing.T) {
	type (
		client = *memberships.Client
		ref    = memberships.Ref
	)
	nowhere := memberships.Group{ID: "999"}
	unknownUser := memberships.Member{ID: "999"}
	hostile := memberships.Group{ID: "../users"}
	dots := memberships.Group{ID: ".."}
	manager := memberships.RoleManager
	tests := map[string]struct {
		do   func(ctx context.Context, c client, demo memberships.Group) error
		kind error
		sent int
	}{
		"get in no group": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Err(c.Get(ctx, ref{Group: nowhere, Member: email("alan")}))
		}, memberships.ErrNotFound, 3},
		"get an unknown user in an unknown group": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Err(c.Get(ctx, ref{Group: nowhere, Member: unknownUser}))
		}, memberships.ErrNotFound, 2},
		"get an unknown user": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Get(ctx, ref{Group: demo, Member: unknownUser}))
		}, memberships.ErrNotMember, 2},
		"get an unknown address": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Get(ctx, ref{Group: demo, Member: email("nobody")}))
		}, memberships.ErrNoSuchMember, 1},
		"get no membership": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Err(c.Get(ctx, ref{ID: "999"}))
		}, memberships.ErrNotFound, 1},
		"add to no group": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, nowhere, email("alan"), ""))
		}, memberships.ErrNotFound, 2},
		"add an unknown address": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, demo, email("nobody"), ""))
		}, memberships.ErrNoSuchMember, 1},
		"update an unknown address": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Update(ctx, ref{Group: demo, Member: email("nobody")}, manager))
		}, memberships.ErrNotFound, 1},
		"remove an unknown address": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Remove(ctx, ref{Group: demo, Member: email("nobody")}))
		}, memberships.ErrNotMember, 2},
		"list no group": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Last(c.List(ctx, memberships.Filter{Group: nowhere}))
		}, memberships.ErrNotFound, 1},
		"memberships of an unknown user": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Last(c.MembershipsOf(ctx, unknownUser))
		}, memberships.ErrNotFound, 1},
		"memberships of an unknown address": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Last(c.MembershipsOf(ctx, email("nobody")))
		}, memberships.ErrNotFound, 1},
		"an owner": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, demo, email("radia"), memberships.RoleOwner))
		}, memberships.ErrInvalidArgument, 0},
		"a role of Box's": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, demo, email("radia"), "admin"))
		}, memberships.ErrInvalidArgument, 0},
		"an owner past the client": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(wrappertest.Apply(ctx, c.Provider(), memberships.Change{Op: memberships.OpAdd, Ref: ref{Group: demo, Member: email("radia")}, Role: memberships.RoleOwner}))
		}, memberships.ErrInvalidArgument, 2},
		"no role past the client": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(wrappertest.Apply(ctx, c.Provider(), memberships.Change{Op: memberships.OpUpdate, Ref: ref{Group: demo, Member: email("alan")}}))
		}, memberships.ErrInvalidArgument, 2},
		"a room": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, memberships.Group{Kind: memberships.KindRoom, ID: demo.ID}, email("radia"), ""))
		}, memberships.ErrInvalidArgument, 0},
		"an app": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, demo, memberships.Member{Kind: memberships.MemberApp, ID: "1"}, ""))
		}, memberships.ErrInvalidArgument, 0},
		"get in dots": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Err(c.Get(ctx, ref{Group: dots, Member: email("alan")}))
		}, memberships.ErrInvalidArgument, 0},
		"add to dots": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, dots, email("alan"), ""))
		}, memberships.ErrInvalidArgument, 0},
		"remove from dots": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Err(c.Remove(ctx, ref{Group: dots, Member: email("alan")}))
		}, memberships.ErrInvalidArgument, 0},
		"an address that is dots": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, demo, memberships.Member{Email: ".."}, ""))
		}, memberships.ErrInvalidArgument, 0},
		"list dots": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Last(c.List(ctx, memberships.Filter{Group: dots}))
		}, memberships.ErrInvalidArgument, 0},
		"list another path": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Last(c.List(ctx, memberships.Filter{Group: hostile}))
		}, memberships.ErrInvalidArgument, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, sent := portable(t)
			demo := groupNamed(t, c, "Demo")
			*sent = nil
			err := tt.do(t.Context(), c, demo)
			if !errors.Is(err, tt.kind) || errors.Is(err, memberships.ErrNotMember) != (tt.kind == memberships.ErrNotMember) || len(*sent) != tt.sent {
				t.Errorf("got %v after %q, want %v after %d requests", err, *sent, tt.kind, tt.sent)
			}
			if n := len(wrappertest.Collect(t, c.List(t.Context(), memberships.Filter{Group: demo}))); n != 25 {
				t.Errorf("%d members after that", n)
			}
		})
	}
}

// entry returns a membership in the form of listings.
func entry(user, group, role string) string {
	return fmt.Sprintf(`{"id":"m-%s-%s","role":%q,"user":{"id":%q,"login":"%s@example.com"},"group":{"id":%q}}`, user, group, role, user, user, group)
}

// listed returns a page of a listing with a total.
func listed(total int, entries ...string) string {
	return fmt.Sprintf(`{"total_count":%d,"limit":1000,"offset":0,"entries":[%s]}`, total, strings.Join(entries, ","))
}

// scripted returns a client of a provider with a body or a status for each method and path.
// It records the requests.
func scripted(t *testing.T, sent *[]string, by map[string]any) *memberships.Client {
	return memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
		at := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/2.0")
		*sent = append(*sent, at)
		switch a := by[at].(type) {
		case string:
			_, _ = w.Write([]byte(a))
		case int:
			w.WriteHeader(a)
			_, _ = fmt.Fprintf(w, `{"type":"error","status":%d,"code":"x","message":"x"}`, a)
		default:
			t.Errorf("asked for %s", at)
		}
	}).Provider())
}

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
		"among the user's groups": {map[string]any{
			groups: listed(2, entry("u", "f", "member"), entry("u", "g", "admin")), one: whole,
		}, nil, []string{groups, one}},
		"among them, and gone by now": {map[string]any{
			groups: listed(1, entry("u", "g", "member")), one: 404,
		}, memberships.ErrNotFound, []string{groups, one}},
		"among them, and the read fails": {map[string]any{
			groups: listed(1, entry("u", "g", "member")), one: 500,
		}, memberships.ErrUnavailable, []string{groups, one}},
		"not among them": {map[string]any{
			groups: listed(1, entry("u", "f", "member")), group: `{"id":"g"}`,
		}, memberships.ErrNotMember, []string{groups, group}},
		"no groups at all": {map[string]any{
			groups: listed(0), group: `{"id":"g"}`,
		}, memberships.ErrNotMember, []string{groups, group}},
		"no such group": {map[string]any{
			groups: listed(0), group: 404,
		}, memberships.ErrNotFound, []string{groups, group}},
		"a group that may not be seen": {map[string]any{
			groups: listed(0), group: 403,
		}, memberships.ErrPermissionDenied, []string{groups, group}},
		"no answer about the group": {map[string]any{
			groups: listed(0), group: 500,
		}, memberships.ErrUnavailable, []string{groups, group}},
		"no such user, not in the group": {map[string]any{
			groups: 404, members: listed(1, entry("v", "g", "member")),
		}, memberships.ErrNotMember, []string{groups, members}},
		"no such user, members hidden": {map[string]any{
			groups: 404, members: listed(2, entry("v", "g", "member")),
		}, memberships.ErrUndetermined, []string{groups, members}},
		"no such user, no such group": {map[string]any{
			groups: 404, members: 404,
		}, memberships.ErrNotFound, []string{groups, members}},
		"every member hidden": {map[string]any{
			groups: 403, members: listed(3),
		}, memberships.ErrUndetermined, []string{groups, members}},
		"no answer about the user": {map[string]any{
			groups: 502,
		}, memberships.ErrUnavailable, []string{groups}},
		"some groups hidden, seen in the group": {map[string]any{
			groups: listed(2, entry("u", "f", "member")), members: listed(2, entry("v", "g", "member"), entry("u", "g", "member")), one: whole,
		}, nil, []string{groups, members, one}},
		"some groups hidden, not in the group": {map[string]any{
			groups: listed(2, entry("u", "f", "member")), members: listed(1, entry("v", "g", "member")),
		}, memberships.ErrNotMember, []string{groups, members}},
		"groups and members hidden": {map[string]any{
			groups: listed(2, entry("u", "f", "member")), members: listed(2, entry("v", "g", "member")),
		}, memberships.ErrUndetermined, []string{groups, members}},
		"without a total": {map[string]any{
			groups: `{"limit":1000,"entries":[]}`, members: `{"limit":1000,"entries":[]}`,
		}, memberships.ErrUndetermined, []string{groups, members}},
		"not the user's to see, seen in the group": {map[string]any{
			groups: 403, members: listed(1, entry("u", "g", "member")), one: 403,
		}, nil, []string{groups, members, one}},
		"not the user's to see, not in the group": {map[string]any{
			groups: 403, members: listed(1, entry("v", "g", "member")),
		}, memberships.ErrNotMember, []string{groups, members}},
		"a group of the user's without an id": {map[string]any{
			groups: listed(1, `{"id":"m","role":"member","user":{"id":"u"},"group":null}`), members: listed(1, entry("v", "g", "member")),
		}, memberships.ErrNotMember, []string{groups, members}},
		"members without ids": {map[string]any{
			groups: 403, members: listed(2, entry("v", "g", "member"), `{"id":"m","role":"member","user":null,"group":{"id":"g"}}`),
		}, memberships.ErrUndetermined, []string{groups, members}},
		"nothing to see": {map[string]any{
			groups: 403, members: 403,
		}, memberships.ErrPermissionDenied, []string{groups, members}},
		"nothing to see, and no group": {map[string]any{
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

// Get accepts a ref of a listing from callers that may not read memberships by id.
func TestProviderGetsListedOnes(t *testing.T) {
	all, _ := portable(t)
	demo := groupNamed(t, all, "Demo")
	c, _ := portable(t, box.WithAsUser(userNamed(t, all, "alan").ID))
	n := 0
	for m, err := range c.List(t.Context(), memberships.Filter{Group: demo}) {
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Get(t.Context(), m.Ref())
		if n++; err != nil || !got.Equal(m) {
			t.Errorf("got %+v, %v, want %+v", got, err, m)
		}
		if _, err := c.Get(t.Context(), memberships.Ref{ID: m.ID}); !errors.Is(err, memberships.ErrPermissionDenied) {
			t.Errorf("by id alone: %v", err)
		}
	}
	if n != 25 {
		t.Errorf("%d members", n)
	}
}

// Get counts hidden entries of every page, also of the last one. Without hidden entries, it
// does not request the group's members.
func TestProviderGetSeesHiddenEntriesOnAnyPage(t *testing.T) {
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
		"no hidden entries":             {4, map[string]string{"": ab, "1": bc, "2": cd}, false},
		"one hidden on the first page":  {4, map[string]string{"": b_, "2": cd}, true},
		"one hidden on the last page":   {5, map[string]string{"": ab, "1": bc, "2": cd, "3": `{"id":"4","group":{"id":"d"}}`}, true},
		"one hidden on a page between":  {5, map[string]string{"": ab, "1": b_, "3": cd}, true},
		"one hidden on the page before": {3, map[string]string{"": b_, "2": `{"id":"3","group":{"id":"c"}}`}, true},
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
						t.Errorf("asked for %s", r.URL)
					}
					_, _ = fmt.Fprintf(w, `{"total_count":%d,"limit":2,"entries":[%s]}`, tt.total, page)
				}
			}, option.WithPageSize(2)).Provider())
			_, err := c.Get(t.Context(), memberships.Ref{Group: memberships.Group{ID: "g"}, Member: memberships.Member{ID: "u"}})
			if !errors.Is(err, memberships.ErrNotMember) || asked != tt.asked {
				t.Errorf("got %v, and the group was asked: %v", err, asked)
			}
		})
	}
}

// A member that leaves during the read does not offset a hidden entry.
func TestProviderHiddenEntriesOfAGroupThatMoves(t *testing.T) {
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
		t.Errorf("%d members and the total %v, want 4 and 4: the listing did not move", len(all), summary.Total)
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
func TestProviderListEndsWhereBoxDoes(t *testing.T) {
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
		t.Errorf("Box's own ended with %v", err)
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

// An unknown or ambiguous address changes nothing and is no proof of absence.
func TestProviderAddresses(t *testing.T) {
	tests := map[string]struct {
		status int
		users  string
		kind   error
	}{
		"two users":          {200, `{"id":"1","login":"ada@example.com"},{"id":"2","login":"ADA@example.com"}`, memberships.ErrAmbiguous},
		"longer ones":        {200, `{"id":"1","login":"ada@example.com.au"}`, memberships.ErrNoSuchMember},
		"an unknown address": {200, ``, memberships.ErrNoSuchMember},
		"not to be seen":     {403, ``, memberships.ErrPermissionDenied},
		"not to be found":    {404, ``, memberships.ErrMalformed},
		"no answer":          {503, ``, memberships.ErrUnavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/2.0/groups/g/memberships" && tt.kind == memberships.ErrNoSuchMember {
					w.WriteHeader(http.StatusForbidden) // the group does not show its addresses
					return
				}
				if r.URL.Path != "/2.0/users" {
					t.Errorf("sent %s %s", r.Method, r.URL)
				}
				w.WriteHeader(tt.status)
				_, _ = fmt.Fprintf(w, `{"limit":1000,"next_marker":null,"entries":[%s]}`, tt.users)
			}).Provider())
			wrappertest.Unresolved(t, c, memberships.Group{ID: "g"}, email("ada"), tt.kind)
		})
	}
}

func TestProviderResolve(t *testing.T) {
	c, sent := portable(t)
	got, err := c.Resolve(t.Context(), email("ADA"))
	if err != nil || got.How == "" {
		t.Fatalf("got %+v, %v", got, err)
	}
	if want := (memberships.Member{Kind: memberships.MemberUser, ID: got.Member.ID, Email: "ada@example.com", Name: "Ada Lovelace"}); got.Member != want {
		t.Errorf("got %+v, want %+v", got.Member, want)
	}
	if diff := cmp.Diff([]string{"GET /2.0/users"}, *sent); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// The portable membership keeps every value of Box, and an unknown role is RoleUnknown.
func TestProviderReadsAnswers(t *testing.T) {
	group := memberships.Group{Kind: memberships.KindGroup, ID: "g", Name: "G"}
	user := memberships.Member{Kind: memberships.MemberUser, ID: "u", Email: "u@example.com", Name: "U"}
	tests := map[string]struct {
		body string
		want memberships.Membership
	}{
		"an admin, alone": {
			`{"id":"1","role":"admin","user":{"id":"u","name":"U","login":"u@example.com"},"group":{"id":"g","name":"G"},"created_at":"2018-04-25T15:39:35-07:00","modified_at":"2018-05-01T00:00:00Z"}`,
			memberships.Membership{
				ID: "1", Group: group, Member: user, Role: memberships.RoleManager, RoleName: "admin",
				Created: time.Date(2018, 4, 25, 22, 39, 35, 0, time.UTC), Updated: time.Date(2018, 5, 1, 0, 0, 0, 0, time.UTC),
			},
		},
		"a member, of a listing": {
			`{"id":"1","role":"member","user":{"id":"u","name":"U","login":"u@example.com"},"group":{"id":"g","name":"G"}}`,
			memberships.Membership{ID: "1", Group: group, Member: user, Role: memberships.RoleMember, RoleName: "member"},
		},
		"a new role": {
			`{"id":"1","role":"submaster","user":{"id":"u"},"group":{"id":"g"}}`,
			memberships.Membership{
				ID: "1", Group: memberships.Group{Kind: memberships.KindGroup, ID: "g"}, Member: memberships.Member{Kind: memberships.MemberUser, ID: "u"},
				Role: memberships.RoleUnknown, RoleName: "submaster",
			},
		},
		"no role": {
			`{"id":"1","user":{"id":"u"},"group":{"id":"g"}}`,
			memberships.Membership{
				ID: "1", Group: memberships.Group{Kind: memberships.KindGroup, ID: "g"}, Member: memberships.Member{Kind: memberships.MemberUser, ID: "u"},
				Role: memberships.RoleUnknown,
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.want.Provider, tt.want.State = "box", memberships.StateActive
			c := memberships.New(serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(tt.body)) }).Provider())
			got, err := c.Get(t.Context(), memberships.Ref{ID: "1"})
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestProviderAs(t *testing.T) {
	own := serve(t, func(http.ResponseWriter, *http.Request) {})
	wrappertest.Native(t, own.Provider(), own)
}

// Diagnose finds the permissions of several callers and changes nothing.
func TestProviderDiagnose(t *testing.T) {
	const all, none = "groups list of get add update remove", ""
	tests := map[string]struct {
		token, as string
		identity  string
		allowed   string
		details   map[memberships.Operation]string
	}{
		"administrator":       {"ada", "", "Ada Lovelace <ada@example.com> (admin)", all, nil},
		"admin of a group":    {"ada", "grace", "Grace Hopper <grace@example.com> (user)", "list of get add update remove", map[memberships.Operation]string{memberships.OpAdd: "Demo", memberships.OpListByMember: "own"}},
		"member of a group":   {"ada", "alan", "Alan Turing <alan@example.com> (user)", "list of get", map[memberships.Operation]string{memberships.OpGet: "by group and member"}},
		"member of no group":  {"ada", "radia", "Radia Perlman <radia@example.com> (user)", "of", map[memberships.Operation]string{memberships.OpList: "no group"}},
		"token without scope": {"narrow", "", "Ada Lovelace <ada@example.com> (admin)", none, map[memberships.Operation]string{memberships.OpRemove: "insufficient_scope", memberships.OpListByMember: "insufficient_scope"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			opts := []option.Option{option.WithToken(tt.token)}
			if tt.as != "" {
				c, _ := portable(t)
				opts = append(opts, box.WithAsUser(userNamed(t, c, tt.as).ID))
			}
			c, sent := portable(t, opts...)
			d, err := c.Diagnose(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var ops []memberships.Operation
			var allowed []string
			for _, f := range d.Findings {
				ops = append(ops, f.Operation)
				if f.Verdict == memberships.VerdictAllowed {
					allowed = append(allowed, string(f.Operation))
				}
				if f.Verdict == memberships.VerdictDenied && (f.Detail == "" || !strings.Contains(f.Grant, "manage_groups")) {
					t.Errorf("%s: %+v", f.Operation, f)
				}
				if want := tt.details[f.Operation]; !strings.Contains(f.Detail, want) {
					t.Errorf("%s: %q lacks %q", f.Operation, f.Detail, want)
				}
			}
			if diff := cmp.Diff(memberships.Operations(), ops); diff != "" {
				t.Errorf("operations (-want +got):\n%s", diff)
			}
			if got := strings.Join(allowed, " "); got != tt.allowed || d.Identity != tt.identity {
				t.Errorf("%s may %q, want %s may %q", d.Identity, got, tt.identity, tt.allowed)
			}
			for _, s := range *sent {
				if !strings.HasPrefix(s, "GET ") && s != "PUT /2.0/group_memberships/0" {
					t.Errorf("sent %s", s)
				}
			}
		})
	}
}

// The verdicts of single responses, in the order of memberships.Operations.
func TestProviderDiagnoseVerdicts(t *testing.T) {
	const (
		me, groups, of      = "GET /users/me", "GET /groups", "GET /users/u/memberships"
		members, one        = "GET /groups/g/memberships", "GET /group_memberships/m-v-g"
		change              = "PUT /group_memberships/0"
		a, d, u             = memberships.VerdictAllowed, memberships.VerdictDenied, memberships.VerdictUndetermined
		user, seen, nothing = `{"id":"u","name":"U","login":"u@example.com"}`, `{"total_count":1,"limit":1,"entries":[{"id":"g","name":"G"}]}`, `{"total_count":0,"limit":1,"entries":[]}`
	)
	v, admin, member := listed(1, entry("v", "g", "member")), listed(1, entry("u", "g", "admin")), listed(1, entry("u", "g", "member"))
	found := `{"id":"m-v-g","role":"member"}`
	type table = map[string]any
	tests := map[string]struct {
		answers  table
		verdicts []memberships.Verdict
	}{
		"administrator who is in no group":       {table{groups: seen, of: nothing, members: v, one: found, change: 404}, []memberships.Verdict{a, a, a, a, a, a, a}},
		"administrator without a group":          {table{groups: nothing, of: nothing, change: 404}, []memberships.Verdict{a, u, a, u, a, a, a}},
		"administrator, group without members":   {table{groups: seen, of: nothing, members: nothing, change: 404}, []memberships.Verdict{a, a, a, a, a, a, a}},
		"administrator who may read":             {table{groups: seen, of: nothing, members: v, one: found, change: 403}, []memberships.Verdict{a, a, a, a, d, d, d}},
		"admin of a group":                       {table{groups: 403, of: admin, members: v, one: found, change: 404}, []memberships.Verdict{d, a, a, a, a, a, a}},
		"admin of a group who may read":          {table{groups: 403, of: admin, members: v, one: found, change: 403}, []memberships.Verdict{d, a, a, a, d, d, d}},
		"member of a group":                      {table{groups: 403, of: member, members: v, one: 403, change: 404}, []memberships.Verdict{d, a, a, a, d, d, d}},
		"member who may not see the members":     {table{groups: 403, of: member, members: 403, change: 404}, []memberships.Verdict{d, d, a, d, d, d, d}},
		"failed read of the caller's groups":     {table{groups: 403, of: 503, change: 404}, []memberships.Verdict{d, u, u, u, u, u, u}},
		"failed read and denied change":          {table{groups: 403, of: 503, change: 403}, []memberships.Verdict{d, u, u, u, d, d, d}},
		"failed read of the enterprise":          {table{groups: 503, of: member, members: v, one: found, change: 404}, []memberships.Verdict{u, a, a, a, u, u, u}},
		"failed change":                          {table{groups: seen, of: nothing, members: v, one: found, change: 429}, []memberships.Verdict{a, a, a, a, u, u, u}},
		"the membership is gone in the meantime": {table{groups: seen, of: nothing, members: v, one: 404, change: 404}, []memberships.Verdict{a, a, a, u, a, a, a}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.answers[me] = user
			var sent []string
			got, err := scripted(t, &sent, tt.answers).Diagnose(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var verdicts []memberships.Verdict
			for _, f := range got.Findings {
				verdicts = append(verdicts, f.Verdict)
				if f.Verdict != a && f.Detail == "" || f.Verdict == d && f.Grant == "" {
					t.Errorf("got %+v", f)
				}
			}
			if diff := cmp.Diff(tt.verdicts, verdicts); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
		})
	}
}

// Failed requests give no verdict.
func TestProviderDiagnoseDoesNotGuess(t *testing.T) {
	c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/2.0/users/me" {
			_, _ = w.Write([]byte(`{"id":"u","name":"U","login":"u@example.com"}`))
			return
		}
		w.WriteHeader(http.StatusBadGateway)
	}).Provider())
	d, err := c.Diagnose(t.Context())
	if err != nil || len(d.Findings) != len(memberships.Operations()) || d.Identity != "U <u@example.com>" {
		t.Fatalf("got %+v, %v", d, err)
	}
	for _, f := range d.Findings {
		if f.Verdict != memberships.VerdictUndetermined || f.Detail == "" {
			t.Errorf("got %+v", f)
		}
	}
	c = memberships.New(serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }).Provider())
	if d, err := c.Diagnose(t.Context()); !errors.Is(err, memberships.ErrUnauthenticated) {
		t.Errorf("without credentials: %+v, %v", d, err)
	}
}

// A lookup of one membership does not prefetch, with any options of the client.
func TestProviderLooksUpPageByPage(t *testing.T) {
	one, oneSent := portable(t, option.WithPageSize(1), option.WithoutPrefetch())
	many, manySent := portable(t, option.WithPageSize(1), option.WithParallelPages(8))
	for _, group := range []string{"Demo", "Solo", "Everyone"} {
		for _, name := range []string{"ada", "grace", "niklaus"} {
			g, m := groupNamed(t, one, group), userNamed(t, one, name)
			*oneSent, *manySent = nil, nil
			want, wantErr := one.Check(t.Context(), g, m)
			got, err := many.Check(t.Context(), g, m)
			if got != want || err != nil || wantErr != nil {
				t.Errorf("%s in %s: got %v, %v, want %v, %v", name, group, got, err, want, wantErr)
			}
			if diff := cmp.Diff(*oneSent, *manySent); diff != "" {
				t.Errorf("%s in %s (-page by page +got)\n%s", name, group, diff)
			}
		}
	}
}

// WithAdminPermissions restricts new managers and no other members.
func TestProviderAdminPermissions(t *testing.T) {
	rights := func(m memberships.Membership, err error) string {
		if err != nil {
			return wrappertest.Outcome(m, err)
		}
		own, _ := memberships.Native[*box.Membership](m)
		allowed, _ := own.ConfigurablePermissions.Get()
		var names []string
		for _, n := range box.AdminPermissions() {
			if allowed[n] {
				names = append(names, strings.TrimPrefix(n, "can_"))
			}
		}
		return fmt.Sprint(m.Role, " ", names)
	}
	all := "manager [create_accounts edit_accounts instant_login run_reports]"
	none, reports := box.WithAdminPermissions(), box.WithAdminPermissions(box.CanRunReports)
	c, _ := portable(t)
	g, ctx := groupNamed(t, c, "Solo"), t.Context()
	ref := memberships.Ref{Group: g, Member: email("radia")}
	var got []string
	add := func(r memberships.Role, opts ...option.Option) {
		got = append(got, rights(c.Add(ctx, g, ref.Member, r, opts...)))
	}
	update := func(r memberships.Role, opts ...option.Option) {
		got = append(got, rights(c.Update(ctx, ref, r, opts...)))
	}
	add(memberships.RoleManager)
	update(memberships.RoleManager, none)
	update(memberships.RoleManager)          // keeps the restriction
	update(memberships.RoleManager, reports) // sets another one
	update(memberships.RoleMember, reports)  // has no effect on a member
	if _, err := c.Remove(ctx, ref); err != nil {
		t.Fatal(err)
	}
	add(memberships.RoleManager, none)
	update(memberships.RoleManager, box.WithAdminPermissions(box.AdminPermissions()...)) // lifts it
	if diff := cmp.Diff([]string{all, "manager []", "manager []", "manager [run_reports]", "member []", "manager []", all}, got); diff != "" {
		t.Errorf("rights (-want +got):\n%s", diff)
	}
	if _, err := box.New(option.WithToken("t"), box.WithAdminPermissions("can_fly")); err == nil || !strings.Contains(err.Error(), `no permission "can_fly"; choose from can_create_accounts`) {
		t.Errorf("got %v", err)
	}
}

// A request has no permissions, null, or all known permissions.
func TestProviderAdminPermissionsSent(t *testing.T) {
	reports := box.WithAdminPermissions(box.CanRunReports)
	const mapped = `{"can_create_accounts":false,"can_edit_accounts":false,"can_instant_login":false,"can_run_reports":true}`
	const every = `{"can_create_accounts":true,"can_edit_accounts":true,"can_instant_login":true,"can_run_reports":true}`
	tests := []struct {
		name   string
		client []option.Option
		call   []option.Option
		role   memberships.Role
		want   string // "" for no key at all
		fails  string
	}{
		{name: "no option", role: memberships.RoleManager},
		{name: "none", call: []option.Option{box.WithAdminPermissions()}, role: memberships.RoleManager, want: "null"},
		{name: "one", call: []option.Option{reports}, role: memberships.RoleManager, want: mapped},
		{name: "one twice", call: []option.Option{box.WithAdminPermissions(box.CanRunReports, box.CanRunReports)}, role: memberships.RoleManager, want: mapped},
		{name: "all", call: []option.Option{box.WithAdminPermissions(box.AdminPermissions()...)}, role: memberships.RoleManager, want: every},
		{name: "of the client", client: []option.Option{reports}, role: memberships.RoleManager, want: mapped},
		{name: "the call wins", client: []option.Option{reports}, call: []option.Option{box.WithAdminPermissions()}, role: memberships.RoleManager, want: "null"},
		{name: "a member", call: []option.Option{reports}, role: memberships.RoleMember},
		{name: "the ordinary role", client: []option.Option{reports}},
		{name: "an unknown one", call: []option.Option{box.WithAdminPermissions(box.CanRunReports, "can_fly")}, role: memberships.RoleManager,
			fails: `WithAdminPermissions: there is no permission "can_fly"; choose from can_create_accounts, can_edit_accounts, can_instant_login, can_run_reports`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := emulator.New()
			if err != nil {
				t.Fatal(err)
			}
			sent, bodies := 0, []string{}
			e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
				sent++
				if r.Method == http.MethodPost || r.Method == http.MethodPut {
					raw, err := io.ReadAll(r.Body)
					if err != nil {
						t.Error(err)
					}
					r.Body = io.NopCloser(bytes.NewReader(raw))
					var body map[string]json.RawMessage
					if err := json.Unmarshal(raw, &body); err != nil {
						t.Error(err)
					}
					bodies = append(bodies, string(body["configurable_permissions"]))
				}
				return false
			})
			native, err := box.New(append([]option.Option{option.WithHTTPClient(e.Client()), option.WithToken("ada")}, tt.client...)...)
			if err != nil {
				t.Fatal(err)
			}
			c := memberships.New(native.Provider())
			g := groupNamed(t, c, "Solo")
			sent = 0
			_, err = c.Add(t.Context(), g, email("radia"), tt.role, tt.call...)
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) || !errors.Is(err, memberships.ErrInvalidArgument) || sent != 0 {
					t.Errorf("got %v after %d requests", err, sent)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if tt.role != "" {
				if _, err := c.Update(t.Context(), memberships.Ref{Group: g, Member: email("radia")}, tt.role, tt.call...); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff([]string{tt.want, tt.want}, bodies); diff != "" {
					t.Errorf("permissions of an addition and an update (-want +got):\n%s", diff)
				}
			} else if diff := cmp.Diff([]string{tt.want}, bodies); diff != "" {
				t.Errorf("permissions of an addition (-want +got):\n%s", diff)
			}
		})
	}
}
