package clerk_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

// portable returns a portable client of a new emulator, and the requests that it sends.
func portable(t *testing.T) (*memberships.Client, *[]string) {
	t.Helper()
	e, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	var sent []string
	e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		sent = append(sent, r.Method+" "+r.URL.Path)
		return false
	})
	c, err := clerk.New(option.WithHTTPClient(e.Client()), option.WithToken("any"))
	if err != nil {
		t.Fatal(err)
	}
	return memberships.New(c.Provider()), &sent
}

// own returns the typed client of a portable client.
func own(t *testing.T, c *memberships.Client) *clerk.Client {
	t.Helper()
	below, ok := memberships.NativeClient[*clerk.Client](c)
	if !ok {
		t.Fatal("Native is not a *clerk.Client")
	}
	return below
}

var (
	orgDemo  = memberships.Group{Kind: memberships.KindOrganization, ID: "org_demo", Name: "Demo"}
	everyone = memberships.Group{Kind: memberships.KindOrganization, ID: "org_everyone", Name: "Everyone"}
	solo     = memberships.Group{Kind: memberships.KindOrganization, ID: "org_solo", Name: "Solo"}
	noOrg    = memberships.Group{ID: "org_missing"}
	noUser   = memberships.Member{ID: "user_nobody"}
)

func email(name string) memberships.Member {
	return memberships.Member{Email: name + "@example.com"}
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
	if diff := cmp.Diff([]memberships.Group{orgDemo, solo, everyone}, wrappertest.Collect(t, c.Groups(t.Context()))); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

// A listing has every member once with role, state, times and native value, by item or by
// page. Its pages have the total.
func TestProviderList(t *testing.T) {
	c, _ := portable(t)
	f := memberships.Filter{Group: orgDemo}
	all := wrappertest.Collect(t, c.List(t.Context(), f))
	if len(all) != 25 {
		t.Errorf("%d members, want 25", len(all))
	}
	want := []memberships.Membership{
		{Role: memberships.RoleManager, RoleName: "org:admin", Member: userNamed(t, c, "ada")},
		{Role: memberships.RoleManager, RoleName: "org:admin", Member: userNamed(t, c, "grace")},
		{Role: memberships.RoleMember, RoleName: "org:member", Member: userNamed(t, c, "alan")},
	}
	for i, w := range want {
		w.Provider, w.Group, w.State = "clerk", orgDemo, memberships.StateActive
		w.Created, w.Updated = all[i].Created, all[i].Updated
		if diff := cmp.Diff(w, all[i]); diff != "" || w.Created.IsZero() || w.Updated.IsZero() {
			t.Errorf("membership %d (-want +got):\n%s", i, diff)
		}
		if own, ok := memberships.Native[*clerk.Membership](all[i]); !ok || own.Role != w.RoleName || own.ID == "" {
			t.Errorf("membership %d: native %+v, %v", i, own, ok)
		}
	}
	var paged []memberships.Membership
	for page, err := range c.Pages(t.Context(), f, memberships.PageRequest{Size: 10}) {
		if err != nil {
			t.Fatal(err)
		}
		if page.Total != memberships.TotalOf(25) || len(page.Items) > 10 {
			t.Errorf("a page of %d, total %v", len(page.Items), page.Total)
		}
		paged = append(paged, page.Items...)
	}
	if diff := cmp.Diff(all, paged); diff != "" {
		t.Errorf("pages (-whole +paged):\n%s", diff)
	}
}

func TestProviderMembershipsOf(t *testing.T) {
	c, _ := portable(t)
	grace := userNamed(t, c, "grace")
	for _, who := range []memberships.Member{grace, email("grace")} {
		groups := map[string]bool{}
		for _, m := range wrappertest.Collect(t, c.MembershipsOf(t.Context(), who)) {
			if diff := cmp.Diff(grace, m.Member); diff != "" {
				t.Errorf("member (-want +got):\n%s", diff)
			}
			groups[m.Group.Name] = true
		}
		if diff := cmp.Diff(map[string]bool{"Demo": true, "Everyone": true}, groups); diff != "" {
			t.Errorf("groups of %v (-want +got):\n%s", who, diff)
		}
	}
	paged := wrappertest.Collect(t, c.Pages(t.Context(), memberships.Filter{Member: email("grace")}, memberships.PageRequest{Size: 1}))
	if len(paged) != 3 || paged[0].Items[0].Group == paged[1].Items[0].Group || len(paged[2].Items) != 0 {
		t.Errorf("got %d pages, want 2 of memberships and 1 of invitations", len(paged))
	}
	if all := wrappertest.Collect(t, c.MembershipsOf(t.Context(), email("radia"))); len(all) != 0 {
		t.Errorf("radia is in %v", all)
	}
}

// Group and member identify a membership; an ID beside them is ignored. A role may have its
// portable name or Clerk's. The last administrator cannot be removed.
func TestProviderChanges(t *testing.T) {
	c, _ := portable(t)
	ctx := t.Context()
	m, err := c.Add(ctx, orgDemo, email("radia"), "")
	if err != nil || m.ID != "" || m.RoleName != "org:member" {
		t.Fatalf("added %+v, %v", m, err)
	}
	refs := []memberships.Ref{m.Ref(), {Group: orgDemo, Member: email("radia")}, {ID: "orgmem_any", Group: orgDemo, Member: m.Member}}
	for _, ref := range refs {
		for _, r := range []memberships.Role{memberships.RoleManager, "org:member", "org:admin", memberships.RoleMember} {
			got, err := c.Update(ctx, ref, r)
			if err != nil || string(r) != got.RoleName && r != got.Role {
				t.Errorf("update to %s: %+v, %v", r, got, err)
			}
			if read, err := c.Get(ctx, ref); err != nil || !read.Equal(got) {
				t.Errorf("get afterwards: %+v, %v", read, err)
			}
		}
	}
	if _, err := c.Remove(ctx, refs[2]); err != nil {
		t.Errorf("remove: %v", err)
	}
	for _, ref := range refs {
		for name, err := range map[string]error{
			"remove": wrappertest.Err(c.Remove(ctx, ref)), "update": wrappertest.Err(c.Update(ctx, ref, memberships.RoleMember)), "get": wrappertest.Err(c.Get(ctx, ref)),
		} {
			if !errors.Is(err, memberships.ErrNotMember) {
				t.Errorf("%s afterwards: %v", name, err)
			}
		}
	}
	if _, err := c.Remove(ctx, memberships.Ref{Group: solo, Member: email("ada")}); !errors.Is(err, memberships.ErrConflict) {
		t.Errorf("the last administrator: %v", err)
	}
}

// Both addresses of a user identify the user, although the membership shows one.
func TestProviderSecondAddress(t *testing.T) {
	c, _ := portable(t)
	ctx := t.Context()
	made, err := own(t, c).Users.Create(ctx, clerk.CreateUserRequest{EmailAddress: []string{"mary@example.com", "mary@example.org"}, FirstName: "Mary"})
	if err != nil {
		t.Fatal(err)
	}
	second := memberships.Member{Email: "mary@example.org"}
	if m, err := c.Add(ctx, orgDemo, second, ""); err != nil || m.Member.ID != made.ID || m.Member.Email != "mary@example.com" || m.Member.Name != "Mary" {
		t.Errorf("add: %+v, %v", m, err)
	}
	for _, who := range []memberships.Member{second, email("mary"), {ID: made.ID}} {
		if m, err := c.Get(ctx, memberships.Ref{Group: orgDemo, Member: who}); err != nil || m.Member.ID != made.ID {
			t.Errorf("get %v: %+v, %v", who, m, err)
		}
	}
	if r, err := c.Resolve(ctx, second); err != nil || r.Member.ID != made.ID || r.Member.Email != second.Email || r.How == "" {
		t.Errorf("resolve: %+v, %v", r, err)
	}
	if all := wrappertest.Collect(t, c.MembershipsOf(ctx, second)); len(all) != 1 {
		t.Errorf("memberships: %v", all)
	}
}

// A missing group or member is not found, and an invalid argument sends nothing.
func TestProviderRefuses(t *testing.T) {
	manager := memberships.RoleManager
	dots := memberships.Group{ID: ".."}
	bySlug := memberships.Group{ID: "demo"}
	tests := map[string]struct {
		do   func(c *memberships.Client) error
		kind error
		sent int
	}{
		"get in a missing organization": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Get(t.Context(), memberships.Ref{Group: noOrg, Member: email("alan")}))
		}, memberships.ErrNotFound, 1},
		"get by slug": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Get(t.Context(), memberships.Ref{Group: bySlug, Member: email("alan")}))
		}, memberships.ErrNotFound, 1},
		"get nobody": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Get(t.Context(), memberships.Ref{Group: orgDemo, Member: noUser}))
		}, memberships.ErrNotMember, 3},
		"get an unknown address": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Get(t.Context(), memberships.Ref{Group: orgDemo, Member: email("nobody")}))
		}, memberships.ErrNotMember, 3},
		"get by an id": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Get(t.Context(), memberships.Ref{ID: "orgmem_1"}))
		}, memberships.ErrInvalidArgument, 0},
		"update by a membership id": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Update(t.Context(), memberships.Ref{ID: "orgmem_1", Group: orgDemo}, manager))
		}, memberships.ErrInvalidArgument, 0},
		"remove by a membership id": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Remove(t.Context(), memberships.Ref{ID: "orgmem_1"}))
		}, memberships.ErrInvalidArgument, 0},
		"add to a missing organization": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Add(t.Context(), noOrg, email("alan"), ""))
		}, memberships.ErrNotFound, 3},
		"add an unknown user": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Add(t.Context(), orgDemo, noUser, ""))
		}, memberships.ErrNotFound, 1},
		"add an unknown address": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Add(t.Context(), orgDemo, email("nobody"), ""))
		}, memberships.ErrNotFound, 2},
		"add with an unknown role": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Add(t.Context(), orgDemo, email("radia"), "org:editor"))
		}, memberships.ErrInvalidArgument, 3},
		"update to an unknown role": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Update(t.Context(), memberships.Ref{Group: orgDemo, Member: email("alan")}, "admin"))
		}, memberships.ErrInvalidArgument, 2},
		"update in a missing organization": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Update(t.Context(), memberships.Ref{Group: noOrg, Member: email("alan")}, manager))
		}, memberships.ErrNotFound, 1},
		"update to no role past the client": {func(c *memberships.Client) error {
			return wrappertest.Err(wrappertest.Apply(t.Context(), c.Provider(), memberships.Change{Op: memberships.OpUpdate, Ref: memberships.Ref{Group: orgDemo, Member: email("alan")}}))
		}, memberships.ErrInvalidArgument, 0},
		"update to a role with a line break": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Update(t.Context(), memberships.Ref{Group: orgDemo, Member: email("alan")}, "org:\neditor"))
		}, memberships.ErrInvalidArgument, 0},
		"add with a role with a line break": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Add(t.Context(), orgDemo, email("radia"), "org:\neditor"))
		}, memberships.ErrInvalidArgument, 0},
		"an address of two dots": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Add(t.Context(), orgDemo, memberships.Member{Email: ".."}, ""))
		}, memberships.ErrInvalidArgument, 0},
		"remove an unknown address": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Remove(t.Context(), memberships.Ref{Group: orgDemo, Member: email("nobody")}))
		}, memberships.ErrNotMember, 3},
		"remove from a missing organization": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Remove(t.Context(), memberships.Ref{Group: noOrg, Member: email("alan")}))
		}, memberships.ErrNotFound, 1},
		"list no organization": {func(c *memberships.Client) error {
			return wrappertest.Last(c.List(t.Context(), memberships.Filter{Group: noOrg}))
		}, memberships.ErrNotFound, 1},
		"memberships of an unknown user": {func(c *memberships.Client) error {
			return wrappertest.Last(c.MembershipsOf(t.Context(), noUser))
		}, memberships.ErrNotFound, 1},
		"memberships of an unknown address": {func(c *memberships.Client) error {
			return wrappertest.Last(c.MembershipsOf(t.Context(), email("nobody")))
		}, memberships.ErrNotFound, 2},
		"an owner": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Add(t.Context(), orgDemo, email("radia"), memberships.RoleOwner))
		}, memberships.ErrInvalidArgument, 0},
		"a room": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Add(t.Context(), memberships.Group{Kind: memberships.KindRoom, ID: orgDemo.ID}, email("radia"), ""))
		}, memberships.ErrInvalidArgument, 0},
		"get in an organization of two dots": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Get(t.Context(), memberships.Ref{Group: dots, Member: email("alan")}))
		}, memberships.ErrInvalidArgument, 0},
		"add to an organization of two dots": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Add(t.Context(), dots, email("alan"), ""))
		}, memberships.ErrInvalidArgument, 0},
		"remove from an organization of two dots": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Remove(t.Context(), memberships.Ref{Group: dots, Member: email("alan")}))
		}, memberships.ErrInvalidArgument, 0},
		"list an organization of two dots": {func(c *memberships.Client) error {
			return wrappertest.Last(c.List(t.Context(), memberships.Filter{Group: dots}))
		}, memberships.ErrInvalidArgument, 0},
		"a sign before an id": {func(c *memberships.Client) error {
			return wrappertest.Err(c.Get(t.Context(), memberships.Ref{Group: orgDemo, Member: memberships.Member{ID: "-user_1"}}))
		}, memberships.ErrInvalidArgument, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, sent := portable(t)
			err := tt.do(c)
			certain := tt.kind == memberships.ErrNotMember
			if !errors.Is(err, tt.kind) || errors.Is(err, memberships.ErrNotMember) != certain || len(*sent) != tt.sent {
				t.Errorf("got %v after %q, want %v after %d requests", err, *sent, tt.kind, tt.sent)
			}
			if n := len(wrappertest.Collect(t, c.List(t.Context(), memberships.Filter{Group: orgDemo}))); n != 25 {
				t.Errorf("%d members afterwards", n)
			}
		})
	}
}

const (
	inOrg = `{"data":[{"id":"m","role":"org:member","organization":{"id":"o"},"public_user_data":{"user_id":"u"}}],"total_count":1}`
	none  = `{"data":[],"total_count":0}`
)

// answers returns a client of a provider with fixed responses, and records the requests.
// Each method and path has a body with status 200, or the status of an error.
func answers(t *testing.T, sent *[]string, by map[string]any) *memberships.Client {
	return memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
		at := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/v1")
		if strings.HasSuffix(at, "/memberships") && r.URL.Query().Has("email_address") {
			at += "?email_address"
		}
		*sent = append(*sent, at)
		a, ok := by[at]
		if !ok && strings.HasSuffix(at, "invitations") {
			a = `{"data":[],"total_count":0}`
		}
		switch a := a.(type) {
		case string:
			_, _ = w.Write([]byte(a))
		case int:
			w.WriteHeader(a)
			_, _ = w.Write([]byte(`{"errors":[{"code":"resource_not_found","message":"not found"}]}`))
		default:
			t.Errorf("unexpected request %s", at)
		}
	}).Provider())
}

// An empty list or a 404 can mean a missing organization, member or role, so the provider
// reads again.
func TestProviderAbsences(t *testing.T) {
	const list, org, item = "GET /organizations/o/memberships", "GET /organizations/o", " /organizations/o/memberships/u"
	const here, other = `{"id":"o","slug":"s"}`, `{"id":"org_1","slug":"o"}`
	const invited, ofUser = "GET /organizations/o/invitations", "GET /users/u/organization_invitations"
	type table = map[string]any
	ref := memberships.Ref{Group: memberships.Group{ID: "o"}, Member: memberships.Member{ID: "u"}}
	get := func(c *memberships.Client) error { return wrappertest.Err(c.Get(t.Context(), ref)) }
	update := func(c *memberships.Client) error {
		return wrappertest.Err(c.Update(t.Context(), ref, "org:editor"))
	}
	remove := func(c *memberships.Client) error { return wrappertest.Err(c.Remove(t.Context(), ref)) }
	all := func(c *memberships.Client) error {
		return wrappertest.Last(c.List(t.Context(), memberships.Filter{Group: ref.Group}))
	}
	pages := func(c *memberships.Client) error {
		return wrappertest.Last(c.Pages(t.Context(), memberships.Filter{Group: ref.Group}, memberships.PageRequest{}))
	}
	tests := map[string]struct {
		do      func(c *memberships.Client) error
		answers table
		kind    error
		sent    []string
	}{
		"get: a member":                        {get, table{list: inOrg}, nil, []string{list}},
		"get: not a member":                    {get, table{list: none, org: here}, memberships.ErrNotMember, []string{list, org, ofUser}},
		"get: a missing organization":          {get, table{list: none, org: 404}, memberships.ErrNotFound, []string{list, org}},
		"get: 404 of the list":                 {get, table{list: 404}, memberships.ErrNotFound, []string{list}},
		"get: a slug":                          {get, table{list: none, org: other}, memberships.ErrNotFound, []string{list, org}},
		"get: failed read of the organization": {get, table{list: none, org: 503}, memberships.ErrUnavailable, []string{list, org}},
		"get: denied":                          {get, table{list: 403}, memberships.ErrPermissionDenied, []string{list}},
		"get: another user": {
			get, table{list: strings.ReplaceAll(inOrg, `"u"`, `"v"`)}, memberships.ErrMalformed, []string{list},
		},

		"list: no members":                      {all, table{list: none, org: here}, nil, []string{list, invited, org}},
		"list: a missing organization":          {all, table{list: none, org: 404}, memberships.ErrNotFound, []string{list, invited, org}},
		"list: a slug":                          {all, table{list: none, org: other}, memberships.ErrNotFound, []string{list, invited, org}},
		"list: failed read of the organization": {all, table{list: none, org: 500}, memberships.ErrUnavailable, []string{list, invited, org}},
		"list: a member":                        {all, table{list: inOrg}, nil, []string{list, invited}},
		"list: denied":                          {all, table{list: 403}, memberships.ErrPermissionDenied, []string{list}},
		"pages: no members":                     {pages, table{list: none, org: here}, nil, []string{list, invited, org}},
		"pages: a missing organization":         {pages, table{list: none, org: 404}, memberships.ErrNotFound, []string{list, invited, org}},
		"pages: a member":                       {pages, table{list: inOrg}, nil, []string{list, invited}},

		"update: not a member": {
			update, table{"PATCH" + item: 404, list: none, org: here}, memberships.ErrNotMember, []string{"PATCH" + item, list, org, ofUser},
		},
		"update: a missing organization": {
			update, table{"PATCH" + item: 404, list: 404}, memberships.ErrNotFound, []string{"PATCH" + item, list},
		},
		"update: an unknown role": {
			update, table{"PATCH" + item: 404, list: inOrg}, memberships.ErrInvalidArgument, []string{"PATCH" + item, list},
		},
		"update: failed read": {
			update, table{"PATCH" + item: 404, list: 503}, memberships.ErrNotFound, []string{"PATCH" + item, list},
		},
		"remove: not a member": {
			remove, table{"DELETE" + item: 404, list: none, org: here}, memberships.ErrNotMember, []string{"DELETE" + item, list, org, ofUser},
		},
		"remove: a missing organization": {
			remove, table{"DELETE" + item: 404, list: none, org: 404}, memberships.ErrNotFound, []string{"DELETE" + item, list, org},
		},
		"remove: failed read": {
			remove, table{"DELETE" + item: 404, list: none, org: 503}, memberships.ErrNotFound, []string{"DELETE" + item, list, org},
		},
		"remove: still a member": {
			remove, table{"DELETE" + item: 404, list: inOrg}, memberships.ErrConflict, []string{"DELETE" + item, list},
		},
		"remove: denied": {
			remove, table{"DELETE" + item: 403}, memberships.ErrPermissionDenied, []string{"DELETE" + item},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var sent []string
			err := tt.do(answers(t, &sent, tt.answers))
			certain := tt.kind == memberships.ErrNotMember
			if !errors.Is(err, tt.kind) || errors.Is(err, memberships.ErrNotMember) != certain {
				t.Errorf("got %v, want %v", err, tt.kind)
			}
			if diff := cmp.Diff(tt.sent, sent); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// An address that does not resolve to exactly one user fails every call.
func TestProviderAddresses(t *testing.T) {
	user := func(id, mail string) string {
		return fmt.Sprintf(`{"id":%q,"email_addresses":[{"email_address":"x@example.com"},{"email_address":%q}]}`, id, mail)
	}
	tests := map[string]struct {
		users any
		kind  error
	}{
		"two users":                  {"[" + user("1", "ada@example.com") + "," + user("2", "Ada@example.com") + "]", memberships.ErrAmbiguous},
		"a user without the address": {"[" + user("1", "ada@example.org") + "]", memberships.ErrMalformed},
		"a user with the address and a user without it": {"[" + user("1", "ada@example.com") + "," + user("2", "eve@example.com") + "]", memberships.ErrMalformed},
		"nobody":            {"[]", memberships.ErrNoSuchMember},
		"denied search":     {403, memberships.ErrPermissionDenied},
		"search with a 404": {404, memberships.ErrMalformed},
		"failed search":     {503, memberships.ErrUnavailable},
	}
	// The list has somebody under another identifier, so the address is looked up.
	const byEmail = "GET /organizations/o/memberships?email_address"
	other := listOf(1, membershipIn("o", "x@example.com"))
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var sent []string
			c := answers(t, &sent, map[string]any{"GET /users": tt.users, "GET /organizations/o/memberships": 403, byEmail: other})
			wrappertest.Unresolved(t, c, memberships.Group{ID: "o"}, email("ada"), tt.kind)
		})
	}
	var sent []string
	c := answers(t, &sent, map[string]any{"GET /users": "[" + user("1", "Ada@Example.com") + "," + user("1", "Ada@Example.com") + "]"})
	got, err := c.Resolve(t.Context(), email("ada"))
	if want := (memberships.Member{Kind: memberships.MemberUser, ID: "1", Email: "Ada@Example.com"}); err != nil || got.Member != want {
		t.Errorf("the same user twice: %+v, %v", got, err)
	}
}

// listOf returns a page of one row.
func listOf(total int, row string) string {
	return fmt.Sprintf(`{"data":[%s],"total_count":%d}`, row, total)
}

// membershipIn returns the membership of user u in an organization, with an identifier.
func membershipIn(org, identifier string) string {
	return fmt.Sprintf(`{"id":"orgmem_1","role":"org:member","organization":{"id":%q,"name":"O"},"public_user_data":{"user_id":"u","identifier":%q}}`, org, identifier)
}

// One list with the address as its filter finds a member. Without a row, the organization
// is read, because the list of a missing one may be empty.
func TestProviderFindsByAddress(t *testing.T) {
	const list, org, users = "GET /organizations/o/memberships?email_address", "GET /organizations/o", "GET /users"
	const invited = "GET /organizations/o/invitations"
	ada := `[{"id":"u","email_addresses":[{"email_address":"x@example.com"},{"email_address":"ada@example.com"}]}]`
	tests := []struct {
		name    string
		answers map[string]any
		kind    error
		sent    []string
	}{
		{"the row's identifier is the address", map[string]any{list: listOf(1, membershipIn("o", "Ada@example.com"))}, nil, []string{list}},
		{"another address of the member", map[string]any{list: listOf(1, membershipIn("o", "x@example.com")), users: ada}, nil, []string{list, users}},
		{"a row of somebody else", map[string]any{list: listOf(1, membershipIn("o", "x@example.com")), users: strings.Replace(ada, `"u"`, `"v"`, 1)}, memberships.ErrMalformed, []string{list, users}},
		{"no row", map[string]any{list: `{"data":[],"total_count":0}`, org: `{"id":"o"}`}, memberships.ErrNotMember, []string{list, invited, org}},
		{"no organization", map[string]any{list: `{"data":[],"total_count":0}`, org: 404}, memberships.ErrNotFound, []string{list, invited, org}},
		{"a failed list", map[string]any{list: 503}, memberships.ErrUnavailable, []string{list}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var sent []string
			c := answers(t, &sent, tt.answers)
			m, err := c.Get(t.Context(), memberships.Ref{Group: memberships.Group{ID: "o"}, Member: email("ada")})
			if !errors.Is(err, tt.kind) || tt.kind == nil && m.Member.ID != "u" {
				t.Errorf("got %+v, %v, want %v", m, err, tt.kind)
			}
			if diff := cmp.Diff(tt.sent, sent); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// Addresses are resolved a hundred at a time, in their order, with an error of their own.
func TestProviderResolvesMany(t *testing.T) {
	var asked []int
	c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
		emails := r.URL.Query()["email_address"]
		asked = append(asked, len(emails))
		var rows []string
		for _, e := range emails {
			if e != "nobody@example.com" {
				rows = append(rows, fmt.Sprintf(`{"id":%q,"email_addresses":[{"email_address":%q}]}`, "user_"+strings.Split(e, "@")[0], e))
			}
		}
		slices.Reverse(rows)
		_, _ = fmt.Fprintf(w, "[%s]", strings.Join(rows, ","))
	}).Provider())
	var members []memberships.Member
	for i := range 130 {
		members = append(members, email(fmt.Sprintf("m%d", i)))
	}
	members[7], members[9] = email("nobody"), memberships.Member{Email: ".."}
	got, err := c.ResolveMany(t.Context(), members, memberships.BulkOptions{Concurrency: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range got {
		switch {
		case i == 7 && !errors.Is(r.Err, memberships.ErrNoSuchMember), i == 9 && !errors.Is(r.Err, memberships.ErrInvalidArgument):
			t.Errorf("%d: got %v", i, r.Err)
		case i != 7 && i != 9 && (r.Err != nil || r.Member.ID != fmt.Sprintf("user_m%d", i)):
			t.Errorf("%d: got %+v", i, r)
		}
	}
	if diff := cmp.Diff([]int{100, 29}, asked); diff != "" {
		t.Errorf("addresses per request (-want +got):\n%s", diff)
	}
}

// A portable membership has every field of Clerk's, and a custom role is
// memberships.RoleUnknown.
func TestProviderReadsResponses(t *testing.T) {
	group := memberships.Group{Kind: memberships.KindOrganization, ID: "o", Name: "O"}
	who := func(email, name string) memberships.Member {
		return memberships.Member{Kind: memberships.MemberUser, ID: "u", Email: email, Name: name}
	}
	tests := map[string]struct {
		role, user string
		want       memberships.Membership
	}{
		"administrator": {"org:admin", `"identifier":"u@example.com","first_name":"Una","last_name":"U."`, memberships.Membership{
			Role: memberships.RoleManager, RoleName: "org:admin", Member: who("u@example.com", "Una U."),
		}},
		"member with a username": {"org:member", `"identifier":"una","username":"una","first_name":null,"last_name":null`, memberships.Membership{
			Role: memberships.RoleMember, RoleName: "org:member", Member: who("", "una"),
		}},
		"administrator with an old role name": {"admin", `"identifier":"+15550100","first_name":"Una","last_name":null`, memberships.Membership{
			Role: memberships.RoleManager, RoleName: "admin", Member: who("", "Una"),
		}},
		"member with an old role name": {"basic_member", `"identifier":null,"first_name":null,"last_name":"U."`, memberships.Membership{
			Role: memberships.RoleMember, RoleName: "basic_member", Member: who("", "U."),
		}},
		"a custom role": {"org:editor", `"first_name":null`, memberships.Membership{
			Role: memberships.RoleUnknown, RoleName: "org:editor", Member: who("", ""),
		}},
		"a member without an address": {"member", `"first_name":null`, memberships.Membership{
			Role: memberships.RoleUnknown, RoleName: "member", Member: who("", ""),
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.want.Provider, tt.want.Group, tt.want.State = "clerk", group, memberships.StateActive
			tt.want.Created, tt.want.Updated = time.UnixMilli(1650000000123), time.UnixMilli(1650000001456)
			body := fmt.Sprintf(`{"data":[{"id":"m","role":%q,"organization":{"id":"o","name":"O"},"public_user_data":{"user_id":"u",%s},"created_at":1650000000123,"updated_at":1650000001456}],"total_count":1}`, tt.role, tt.user)
			var sent []string
			c := answers(t, &sent, map[string]any{"GET /organizations/o/memberships": body})
			got, err := c.Get(t.Context(), memberships.Ref{Group: memberships.Group{ID: "o"}, Member: memberships.Member{ID: "u"}})
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
	var sent []string
	c := answers(t, &sent, map[string]any{"GET /organizations/o/memberships": inOrg})
	m, err := c.Get(t.Context(), memberships.Ref{Group: memberships.Group{ID: "o"}, Member: memberships.Member{ID: "u"}})
	if err != nil || !m.Created.IsZero() || !m.Updated.IsZero() {
		t.Errorf("without times: %+v, %v", m, err)
	}
	const seconds = `"created_at":1650000000,"updated_at":1650000001,"public_user_data"`
	c = answers(t, &sent, map[string]any{"GET /organizations/o/memberships": strings.Replace(inOrg, `"public_user_data"`, seconds, 1)})
	m, err = c.Get(t.Context(), memberships.Ref{Group: memberships.Group{ID: "o"}, Member: memberships.Member{ID: "u"}})
	if err != nil || !m.Created.Equal(time.Unix(1650000000, 0)) || !m.Updated.Equal(time.Unix(1650000001, 0)) {
		t.Errorf("times in seconds: %+v, %v", m, err)
	}
}

// Requests have Clerk's names of the portable roles, and custom roles unchanged.
func TestProviderSendsRoles(t *testing.T) {
	for role, want := range map[memberships.Role]string{
		"": "org:member", memberships.RoleMember: "org:member", memberships.RoleManager: "org:admin", "org:editor": "org:editor",
	} {
		var bodies []string
		c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
			var body struct{ Role string }
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			bodies = append(bodies, body.Role)
			_, _ = w.Write([]byte(`{"id":"m","organization":{"id":"o"},"public_user_data":{"user_id":"u"}}`))
		}).Provider())
		g, m := memberships.Group{ID: "o"}, memberships.Member{ID: "u"}
		if _, err := c.Add(t.Context(), g, m, role); err != nil {
			t.Errorf("add %q: %v", role, err)
		}
		wants := []string{want}
		if role != "" {
			if _, err := c.Update(t.Context(), memberships.Ref{Group: g, Member: m}, role); err != nil {
				t.Errorf("update %q: %v", role, err)
			}
			wants = append(wants, want)
		}
		if diff := cmp.Diff(wants, bodies); diff != "" {
			t.Errorf("roles (-want +got):\n%s", diff)
		}
	}
}

func TestProviderAs(t *testing.T) {
	own := serve(t, func(http.ResponseWriter, *http.Request) {})
	wrappertest.Native(t, own.Provider(), own)
}
