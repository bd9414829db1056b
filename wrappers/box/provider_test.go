package box_test

import (
	"context"
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
			t.Errorf("%s afterwards: %v", name, err)
		}
	}
	if _, err := c.Remove(ctx, m.Ref()); !errors.Is(err, memberships.ErrNotFound) || errors.Is(err, memberships.ErrNotMember) {
		t.Errorf("removed by id, afterwards: %v", err)
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
		"get in a missing group": {func(ctx context.Context, c client, _ memberships.Group) error {
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
		"get a missing membership": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Err(c.Get(ctx, ref{ID: "999"}))
		}, memberships.ErrNotFound, 1},
		"add to a missing group": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, nowhere, email("alan"), ""))
		}, memberships.ErrNotFound, 2},
		"add an unknown address": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, demo, email("nobody"), ""))
		}, memberships.ErrNoSuchMember, 1},
		"update an unknown address": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Update(ctx, ref{Group: demo, Member: email("nobody")}, manager))
		}, memberships.ErrNotFound, 2},
		"remove an unknown address": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Remove(ctx, ref{Group: demo, Member: email("nobody")}))
		}, memberships.ErrNotMember, 3},
		"list a missing group": {func(ctx context.Context, c client, _ memberships.Group) error {
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
		"a role name of Box": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, demo, email("radia"), "admin"))
		}, memberships.ErrInvalidArgument, 0},
		"an owner without the client's check": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(wrappertest.Apply(ctx, c.Provider(), memberships.Change{Op: memberships.OpAdd, Ref: ref{Group: demo, Member: email("radia")}, Role: memberships.RoleOwner}))
		}, memberships.ErrInvalidArgument, 2},
		"no role without the client's check": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(wrappertest.Apply(ctx, c.Provider(), memberships.Change{Op: memberships.OpUpdate, Ref: ref{Group: demo, Member: email("alan")}}))
		}, memberships.ErrInvalidArgument, 1},
		"a room": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, memberships.Group{Kind: memberships.KindRoom, ID: demo.ID}, email("radia"), ""))
		}, memberships.ErrInvalidArgument, 0},
		"an app": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, demo, memberships.Member{Kind: memberships.MemberApp, ID: "1"}, ""))
		}, memberships.ErrInvalidArgument, 0},
		"get in a group of two dots": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Err(c.Get(ctx, ref{Group: dots, Member: email("alan")}))
		}, memberships.ErrInvalidArgument, 0},
		"add to a group of two dots": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, dots, email("alan"), ""))
		}, memberships.ErrInvalidArgument, 0},
		"remove from a group of two dots": {func(ctx context.Context, c client, _ memberships.Group) error {
			return wrappertest.Err(c.Remove(ctx, ref{Group: dots, Member: email("alan")}))
		}, memberships.ErrInvalidArgument, 0},
		"an address of two dots": {func(ctx context.Context, c client, demo memberships.Group) error {
			return wrappertest.Err(c.Add(ctx, demo, memberships.Member{Email: ".."}, ""))
		}, memberships.ErrInvalidArgument, 0},
		"list a group of two dots": {func(ctx context.Context, c client, _ memberships.Group) error {
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
				t.Errorf("%d members afterwards", n)
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
			t.Errorf("unexpected request %s", at)
		}
	}).Provider())
}

// Get accepts a ref of a listing from callers that may not read memberships by id.
func TestProviderGetListedMembership(t *testing.T) {
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

// An unknown or ambiguous address changes nothing and is no proof of absence.
func TestProviderAddresses(t *testing.T) {
	tests := map[string]struct {
		status int
		users  string
		kind   error
	}{
		"two users":          {200, `{"id":"1","login":"ada@example.com"},{"id":"2","login":"ADA@example.com"}`, memberships.ErrAmbiguous},
		"longer addresses":   {200, `{"id":"1","login":"ada@example.com.au"}`, memberships.ErrNoSuchMember},
		"an unknown address": {200, ``, memberships.ErrNoSuchMember},
		"denied search":      {403, ``, memberships.ErrPermissionDenied},
		"search with a 404":  {404, ``, memberships.ErrMalformed},
		"failed search":      {503, ``, memberships.ErrUnavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/2.0/groups/g/memberships" {
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

// A change by address reads the first page of the group, and looks the user up if that page
// does not show the address.
func TestProviderChangesByAddress(t *testing.T) {
	const group, users, own = "GET /2.0/groups/g/memberships", "GET /2.0/users", "GET /2.0/users/u/memberships"
	const removal = "DELETE /2.0/group_memberships/1"
	row := func(id, user, login string) string {
		return fmt.Sprintf(`{"id":%q,"user":{"id":%q,"login":%q},"group":{"id":"g"},"role":"member"}`, id, user, login)
	}
	tests := []struct {
		name  string
		first string // rows of the first page
		total int
		kind  error
		sent  []string
	}{
		{"on the first page", row("1", "u", "ADA@example.com"), 1, nil, []string{group, removal}},
		{"on the first page by another address", row("1", "u", "ada@old.example.com"), 1, nil, []string{group, users, removal}},
		{"behind it", row("2", "v", "bob@example.com"), 2000, nil, []string{group, users, own, removal}},
		{"behind a hidden entry", row("2", "", ""), 1, nil, []string{group, users, own, removal}},
		{"in a denied group", "", 0, nil, []string{group, users, own, removal}},
		{"not in the group", row("2", "v", "bob@example.com"), 1, memberships.ErrNotMember, []string{group, users}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var sent []string
			c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
				at := r.Method + " " + r.URL.Path
				sent = append(sent, at)
				switch {
				case at == group && tt.first == "":
					w.WriteHeader(http.StatusForbidden)
				case at == group:
					_, _ = fmt.Fprintf(w, `{"total_count":%d,"limit":1000,"offset":0,"entries":[%s]}`, tt.total, tt.first)
				case at == users:
					_, _ = w.Write([]byte(`{"limit":1000,"next_marker":null,"entries":[{"id":"u","login":"ada@example.com"}]}`))
				case at == own:
					_, _ = fmt.Fprintf(w, `{"total_count":1,"limit":1000,"offset":0,"entries":[%s]}`, row("1", "u", "ada@example.com"))
				default:
					w.WriteHeader(http.StatusNoContent)
				}
			}).Provider())
			got, err := c.Remove(t.Context(), memberships.Ref{Group: memberships.Group{ID: "g"}, Member: email("ada")})
			if !errors.Is(err, tt.kind) || err == nil && got.Member.ID != "u" {
				t.Errorf("got %+v, %v", got, err)
			}
			if diff := cmp.Diff(tt.sent, sent); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// Check takes the membership from the list of the user's groups.
// Apply looks an address up once, also for several groups and in two spellings.
func TestProviderLooksUpOnce(t *testing.T) {
	c, sent := portable(t)
	demo := groupNamed(t, c, "Demo")
	var changes []memberships.Change
	for _, who := range []memberships.Member{email("joan"), {Email: "Joan@example.com"}, email("joan")} {
		changes = append(changes, memberships.Change{Op: memberships.OpAdd, Ref: memberships.Ref{Group: demo, Member: who}})
	}
	*sent = nil
	var added int
	for r, err := range c.Apply(t.Context(), slices.Values(changes), memberships.BulkOptions{Concurrency: 1}) {
		switch {
		case err != nil:
			t.Fatal(err)
		case r.Err == nil:
			added++
		case !errors.Is(r.Err, memberships.ErrAlreadyExists):
			t.Error(r.Err)
		}
	}
	lookUps := slices.DeleteFunc(slices.Clone(*sent), func(s string) bool { return s != "GET /2.0/users" })
	if len(lookUps) != 1 || added != 1 {
		t.Errorf("%d added with %q", added, *sent)
	}
}

func TestProviderCheck(t *testing.T) {
	c, sent := portable(t)
	demo := groupNamed(t, c, "Demo")
	*sent = nil
	if got, err := c.Check(t.Context(), demo, email("alan")); got != memberships.PresenceMember || err != nil || len(*sent) != 2 {
		t.Errorf("got %v, %v after %q", got, err, *sent)
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
func TestProviderReadsResponses(t *testing.T) {
	group := memberships.Group{Kind: memberships.KindGroup, ID: "g", Name: "G"}
	user := memberships.Member{Kind: memberships.MemberUser, ID: "u", Email: "u@example.com", Name: "U"}
	tests := map[string]struct {
		body string
		want memberships.Membership
	}{
		"an admin by id": {
			`{"id":"1","role":"admin","user":{"id":"u","name":"U","login":"u@example.com"},"group":{"id":"g","name":"G"},"created_at":"2018-04-25T15:39:35-07:00","modified_at":"2018-05-01T00:00:00Z"}`,
			memberships.Membership{
				ID: "1", Group: group, Member: user, Role: memberships.RoleManager, RoleName: "admin",
				Created: time.Date(2018, 4, 25, 22, 39, 35, 0, time.UTC), Updated: time.Date(2018, 5, 1, 0, 0, 0, 0, time.UTC),
			},
		},
		"a member of a listing": {
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

// A lookup of one membership does not prefetch, with any options of the client.
func TestProviderGetWithoutPrefetch(t *testing.T) {
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
