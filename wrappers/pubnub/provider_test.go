package pubnub_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

func TestProvider(t *testing.T) {
	type step = func(context.Context, *memberships.Client) string
	in := func(m memberships.Member) memberships.Ref { return memberships.Ref{Group: inDemo, Member: m} }
	get := func(r memberships.Ref) step {
		return func(ctx context.Context, c *memberships.Client) string { return wrappertest.Outcome(c.Get(ctx, r)) }
	}
	add := func(m memberships.Member, r memberships.Role) step {
		return func(ctx context.Context, c *memberships.Client) string {
			return wrappertest.Outcome(c.Add(ctx, inDemo, m, r))
		}
	}
	update := func(ref memberships.Ref, r memberships.Role) step {
		return func(ctx context.Context, c *memberships.Client) string {
			return wrappertest.Outcome(c.Update(ctx, ref, r))
		}
	}
	remove := func(ref memberships.Ref) step {
		return func(ctx context.Context, c *memberships.Client) string {
			if _, err := c.Remove(ctx, ref); err != nil {
				return wrappertest.Outcome(memberships.Membership{}, err)
			}
			return "done; " + wrappertest.Outcome(c.Get(ctx, ref))
		}
	}
	resolve := func(email string) step {
		return func(ctx context.Context, c *memberships.Client) string {
			r, err := c.Resolve(ctx, byEmail(email))
			if err != nil {
				return wrappertest.Outcome(memberships.Membership{}, err)
			}
			return fmt.Sprintf("%s %s by %s", r.Member, r.Member.Email, r.How)
		}
	}
	nowhere := memberships.Ref{Group: memberships.Group{ID: "nowhere"}, Member: byID("ada")}
	adaInDemo := "ada <ada@example.com> is owner (owner) in channel:demo, active"
	for _, tc := range []struct {
		name  string
		steps []step
		want  []string
	}{
		{"get", []step{
			get(in(byID("ada"))), get(in(byEmail("ada@example.com"))), get(in(byEmail("Ada@Example.com"))), get(in(byID("alan"))),
		}, []string{adaInDemo, adaInDemo, adaInDemo, "alan <alan@example.com> is member () in channel:demo, active"}},
		{"get an absent member", []step{
			get(in(byID("hedy"))), get(in(byEmail("hedy@example.com"))), get(in(byID("never-heard-of"))),
			get(in(byEmail("nobody@example.com"))), get(nowhere), get(memberships.Ref{ID: "some-id"}),
		}, []string{"not a member", "not a member", "not a member", "no such member", "not found", "invalid argument"}},
		{"add", []step{
			add(byEmail("hedy@example.com"), ""),
			add(byID("joan"), memberships.RoleMember),
			add(byID("radia"), memberships.RoleOwner),
			add(byID("without-metadata"), "moderator"),
			add(byEmail("nobody@example.com"), ""),
			get(in(byID("without-metadata"))),
		}, []string{
			"hedy <hedy@example.com> is member () in channel:demo, active",
			"joan <joan@example.com> is member (member) in channel:demo, active",
			"radia <radia@example.com> is owner (owner) in channel:demo, active",
			"without-metadata <> is unknown (moderator) in channel:demo, active",
			"no such member",
			"without-metadata <> is unknown (moderator) in channel:demo, active",
		}},
		{"add an existing member", []step{
			add(byID("ada"), memberships.RoleManager), add(byEmail("ada@example.com"), ""), get(in(byID("ada"))),
		}, []string{"already exists", "already exists", adaInDemo}},
		{"add the first member of a channel", []step{
			func(ctx context.Context, c *memberships.Client) string {
				return wrappertest.Outcome(c.Add(ctx, nowhere.Group, nowhere.Member, ""))
			},
			get(memberships.Ref{Group: nowhere.Group, Member: byID("hedy")}),
			remove(nowhere),
		}, []string{"ada <ada@example.com> is member () in channel:nowhere, active", "not a member", "done; not found"}},
		{"update", []step{
			update(in(byEmail("alan@example.com")), memberships.RoleManager),
			update(in(byID("alan")), "moderator"),
			update(in(byID("alan")), memberships.RoleMember),
			update(in(byID("hedy")), memberships.RoleOwner),
			get(in(byID("hedy"))),
			update(nowhere, memberships.RoleOwner),
			update(in(byEmail("nobody@example.com")), memberships.RoleOwner),
		}, []string{
			"alan <alan@example.com> is manager (manager) in channel:demo, active",
			"alan <alan@example.com> is unknown (moderator) in channel:demo, active",
			"alan <alan@example.com> is member (member) in channel:demo, active",
			"not a member", "not a member", "not found", "no such member",
		}},
		{"remove", []step{
			remove(in(byEmail("alan@example.com"))), remove(in(byID("alan"))), remove(nowhere), remove(in(byEmail("nobody@example.com"))),
		}, []string{"done; not a member", "not a member", "not found", "not a member"}},
		{"resolve", []step{resolve("ada@example.com"), resolve("ADA@example.com"), resolve("nobody@example.com")},
			[]string{"ada ada@example.com by GET /uuids?filter=email", "ada ada@example.com by GET /uuids?filter=email", "no such member"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, _, _ := portable(t, "")
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

func TestProviderLists(t *testing.T) {
	c, _, _ := portable(t, "")
	ctx := t.Context()
	t.Run("members", func(t *testing.T) {
		n := 0
		for m, err := range c.List(ctx, memberships.Filter{Group: inDemo}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
			if own, ok := memberships.Native[*pubnub.Member](m); !ok || own.User.ID != m.Member.ID || !own.Updated.Equal(m.Updated) || m.Updated.IsZero() {
				t.Errorf("%s has no native value", wrappertest.Outcome(m, nil))
			}
		}
		if n != 25 {
			t.Errorf("%d members, want 25", n)
		}
	})
	t.Run("pages with a total", func(t *testing.T) {
		pages, items := 0, 0
		for page, err := range c.Pages(ctx, memberships.Filter{Group: inDemo}, memberships.PageRequest{Size: 10}) {
			if err != nil || page.Total != memberships.TotalOf(25) {
				t.Fatal(page, err)
			}
			pages++
			items += len(page.Items)
		}
		if items != 25 || pages != 3 {
			t.Errorf("%d members on %d pages, want 25 on 3", items, pages)
		}
	})
	t.Run("memberships", func(t *testing.T) {
		for _, tc := range []struct {
			who  memberships.Member
			want []string
		}{
			{byID("ada"), []string{
				"ada <ada@example.com> is owner (owner) in channel:demo, active", "ada <ada@example.com> is owner (owner) in channel:everyone, active", "ada <ada@example.com> is owner (owner) in channel:solo, active",
			}},
			{byEmail("hedy@example.com"), []string{"hedy <hedy@example.com> is member () in channel:everyone, active"}},
			{byID("never-heard-of"), []string{"no such member"}},
			{byEmail("nobody@example.com"), []string{"no such member"}},
		} {
			if diff := cmp.Diff(tc.want, wrappertest.Outcomes(c.MembershipsOf(ctx, tc.who))); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tc.who, diff)
			}
			var paged []string
			for page, err := range c.Pages(ctx, memberships.Filter{Member: tc.who}, memberships.PageRequest{Size: 1}) {
				if err != nil {
					paged = append(paged, wrappertest.Outcome(memberships.Membership{}, err))
					break
				}
				for _, m := range page.Items {
					paged = append(paged, wrappertest.Outcome(m, nil))
					if own, ok := memberships.Native[*pubnub.Membership](m); !ok || own.Channel.ID != m.Group.ID || own.Channel.Name != m.Group.Name || m.Group.Name == "" {
						t.Errorf("%s has no native value or no name", wrappertest.Outcome(m, nil))
					}
				}
			}
			if diff := cmp.Diff(tc.want, paged); diff != "" {
				t.Errorf("%s on pages (-want +got)\n%s", tc.who, diff)
			}
		}
	})
	t.Run("a channel without members", func(t *testing.T) {
		c, typed, _ := portable(t, "")
		if _, err := typed.Channels.Set(ctx, "new", pubnub.SetChannelRequest{Name: pubnub.Text("New")}, pubnub.SetChannelParams{}); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string][]string{"new": nil, "nowhere": {"not found"}} {
			f := memberships.Filter{Group: memberships.Group{ID: id}}
			var paged []string
			for _, err := range c.Pages(ctx, f, memberships.PageRequest{}) {
				if err != nil {
					paged = append(paged, wrappertest.Outcome(memberships.Membership{}, err))
				}
			}
			if diff := cmp.Diff([][]string{want, want}, [][]string{wrappertest.Outcomes(c.List(ctx, f)), paged}); diff != "" {
				t.Errorf("%s (-want +got)\n%s", id, diff)
			}
		}
	})
	t.Run("groups", func(t *testing.T) {
		if diff := cmp.Diff([]string{"channel:demo Demo", "channel:everyone Everyone", "channel:solo Solo"}, wrappertest.GroupsOf(t, c)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

// Update, Add and Remove handle responses that the emulator never gives.
func TestProviderAnswers(t *testing.T) {
	member := func(id, fields string) string {
		return `{"status":200,"data":[{"uuid":{"id":"` + id + `"},"updated":"2026-01-01T00:00:00Z","eTag":"e"` + fields + `}],"next":"MQ"}`
	}
	users := func(emails ...string) answer {
		var rows []string
		for i, e := range emails {
			rows = append(rows, fmt.Sprintf(`{"id":"u%d","email":%q}`, i, e))
		}
		return answer{200, `{"status":200,"data":[` + strings.Join(rows, ",") + `]}`}
	}
	var (
		none    = answer{200, `{"status":200,"data":[]}`}
		away    = answer{503, ""}
		denied  = answer{403, `{"message":"Forbidden","error":true,"service":"Access Manager","status":403}`}
		missing = answer{404, `{"status":404,"error":{"message":"Requested object was not found.","source":"objects"}}`}
		there   = func(fields string) answer { return answer{200, member("u", fields)} }
	)
	ref := memberships.Ref{Group: memberships.Group{ID: "c"}, Member: byID("u")}
	mail := memberships.Ref{Group: memberships.Group{ID: "c"}, Member: byEmail("a@example.com")}
	type call = func(context.Context, *memberships.Client) string
	get := func(r memberships.Ref) call {
		return func(ctx context.Context, c *memberships.Client) string { return wrappertest.Outcome(c.Get(ctx, r)) }
	}
	add := func(ctx context.Context, c *memberships.Client) string {
		return wrappertest.Outcome(c.Add(ctx, ref.Group, ref.Member, memberships.RoleOwner))
	}
	update := func(ctx context.Context, c *memberships.Client) string {
		return wrappertest.Outcome(c.Update(ctx, ref, memberships.RoleOwner))
	}
	remove := func(ctx context.Context, c *memberships.Client) string {
		return wrappertest.Outcome(memberships.Membership{}, wrappertest.Err(c.Remove(ctx, ref)))
	}
	for _, tc := range []struct {
		name  string
		do    call
		steps []answer
		want  string
		sent  []string
	}{
		{"status pending, as the Chat SDKs set it", get(ref), []answer{there(`,"status":"pending"`)}, "u <> is member () in channel:c, invited", nil},
		{"status invited", get(ref), []answer{there(`,"status":"invited"`)}, "u <> is member () in channel:c, invited", nil},
		{"another status", get(ref), []answer{there(`,"status":"away"`)}, "u <> is member () in channel:c, active", nil},
		{"a number as a role", get(ref), []answer{there(`,"custom":{"role":7}`)}, "u <> is unknown (7) in channel:c, active", nil},
		{"a null role", get(ref), []answer{there(`,"custom":{"role":null}`)}, "u <> is member () in channel:c, active", nil},
		{"an empty role", get(ref), []answer{there(`,"custom":{"role":""}`)}, "u <> is member () in channel:c, active", nil},
		{"custom other than an object", get(ref), []answer{there(`,"custom":[1]`)}, "u <> is unknown () in channel:c, active", nil},
		{"an update of custom other than an object", update, []answer{there(`,"custom":[1]`)}, "malformed answer", nil},
		{"an update of a role among other values", update, []answer{there(`,"custom":{"a":"<","role":"x"},"status":"s","type":"t"`), there(`,"custom":{"role":"owner"}`)},
			"u <> is owner (owner) in channel:c, active",
			[]string{`{"set":[{"uuid":{"id":"u"},"custom":{"a":"\u003c","role":"owner"},"status":"s","type":"t"}]}`}},
		{"a refused update", update, []answer{there(""), denied}, "permission denied", []string{`{"set":[{"uuid":{"id":"u"},"custom":{"role":"owner"}}]}`}},
		{"an update that is accepted and not made", update, []answer{there(""), none}, "outcome unknown", []string{`{"set":[{"uuid":{"id":"u"},"custom":{"role":"owner"}}]}`}},
		{"an update of an absent member", update, []answer{none, none, missing}, "not found", nil},
		{"an absent member of a channel with members", get(ref), []answer{none, {200, member("v", "")}}, "not a member", nil},
		{"an absent member of a channel with metadata", get(ref), []answer{none, none, {200, `{"status":200,"data":{"id":"c"}}`}}, "not a member", nil},
		{"an absent member of an absent channel", get(ref), []answer{none, none, missing}, "not found", nil},
		{"an absent member, and the second read fails", get(ref), []answer{none, away}, "unavailable", nil},
		{"an absent member, and the third read fails", get(ref), []answer{none, none, denied}, "permission denied", nil},
		{"an ignored filter", get(ref), []answer{{200, member("v", "")}}, "malformed answer", nil},
		{"an address of two users", get(mail), []answer{users("a@example.com", "a@example.com")}, "ambiguous", nil},
		{"an address of two users, in different case", get(memberships.Ref{Group: mail.Group, Member: byEmail("A@example.com")}),
			[]answer{users("A@example.com", "a@example.com")}, "ambiguous", nil},
		{"an unknown address", get(mail), []answer{users()}, "no such member", nil},
		{"an answer with another address", get(mail), []answer{users("b@example.com")}, "malformed answer", nil},
		{"a failed lookup of an address", get(mail), []answer{away}, "unavailable", nil},
		{"an addition, and the read before it fails", add, []answer{away}, "unavailable", nil},
		{"an addition of an existing member", add, []answer{there("")}, "already exists", nil},
		{"an addition", add, []answer{none, there(`,"custom":{"role":"owner"}`)}, "u <> is owner (owner) in channel:c, active",
			[]string{`{"set":[{"uuid":{"id":"u"},"custom":{"role":"owner"}}]}`}},
		{"an addition that is accepted and not made", add, []answer{none, none}, "outcome unknown",
			[]string{`{"set":[{"uuid":{"id":"u"},"custom":{"role":"owner"}}]}`}},
		{"a removal that is accepted and not made", remove, []answer{there(""), there("")}, "outcome unknown", []string{`{"delete":[{"uuid":{"id":"u"}}]}`}},
		{"a removal, and the read before it fails", remove, []answer{away}, "unavailable", nil},
		{"a removal of an absent member", remove, []answer{none, {200, member("v", "")}}, "not a member", nil},
		{"memberships, and the lookup of the user fails", func(ctx context.Context, c *memberships.Client) string {
			return strings.Join(wrappertest.Outcomes(c.MembershipsOf(ctx, byID("u"))), "; ")
		}, []answer{away}, "unavailable", nil},
		{"members, and the lookup of the channel fails", func(ctx context.Context, c *memberships.Client) string {
			return strings.Join(wrappertest.Outcomes(c.List(ctx, memberships.Filter{Group: ref.Group})), "; ")
		}, []answer{none, denied}, "permission denied", nil},
		{"memberships, and the lookup of the address fails", func(ctx context.Context, c *memberships.Client) string {
			return strings.Join(wrappertest.Outcomes(c.MembershipsOf(ctx, byEmail("a@example.com"))), "; ")
		}, []answer{denied}, "permission denied", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := &answers{t: t, steps: tc.steps}
			c, err := pubnub.New(once(a)...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, tc.do(t.Context(), memberships.New(c.Provider()))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tc.sent, a.sent); diff != "" {
				t.Errorf("sent (-want +got)\n%s", diff)
			}
			if a.seen != len(tc.steps) {
				t.Errorf("%d requests, want %d", a.seen, len(tc.steps))
			}
		})
	}
}

// An address or a role with a line break is invalid.
func TestProviderRefusesLineBreaks(t *testing.T) {
	a := &answers{t: t}
	c, err := pubnub.New(once(a)...)
	if err != nil {
		t.Fatal(err)
	}
	p, who := memberships.New(c.Provider()), byEmail("a@example.com\nb")
	_, resolve := p.Resolve(t.Context(), who)
	_, get := p.Get(t.Context(), memberships.Ref{Group: inDemo, Member: who})
	_, add := p.Add(t.Context(), inDemo, who, "")
	_, as := p.Add(t.Context(), inDemo, byID("u"), "a\nb")
	_, update := p.Update(t.Context(), memberships.Ref{Group: inDemo, Member: byID("u")}, "a\nb")
	for _, err := range []error{resolve, get, add, as, update} {
		if !errors.Is(err, memberships.ErrInvalidArgument) {
			t.Errorf("got %v", err)
		}
	}
}

func TestProviderAs(t *testing.T) {
	_, c, _ := portable(t, "")
	wrappertest.Native(t, c.Provider(), c)
}

// Add creates an absent channel. List returns ErrNotFound before.
func TestProviderCreatesChannels(t *testing.T) {
	c, _, _ := portable(t, "")
	if !c.Capabilities().CreatesGroups {
		t.Error("Capabilities do not declare that Add creates channels")
	}
	g := memberships.Group{ID: "never-seen"}
	members := func() (n int, err error) {
		for _, err := range c.List(t.Context(), memberships.Filter{Group: g}) {
			if err != nil {
				return n, err
			}
			n++
		}
		return n, nil
	}
	if n, err := members(); n != 0 || !errors.Is(err, memberships.ErrNotFound) {
		t.Errorf("before: got %d members and %v", n, err)
	}
	for i, id := range []string{"ada", "grace"} {
		if _, err := c.Add(t.Context(), g, byID(id), ""); err != nil {
			t.Fatal(err)
		}
		if n, err := members(); n != i+1 || err != nil {
			t.Errorf("after %s: got %d members and %v", id, n, err)
		}
	}
}
