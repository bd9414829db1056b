package change

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

var (
	office     = memberships.Group{Kind: memberships.KindGroup, ID: "office"}
	invitedEnd = time.Date(2027, 1, 31, 23, 30, 0, 0, time.FixedZone("", -2*3600))
)

// invitingProvider invites addresses without an account, as Clerk does: an invitation
// keeps its role, and a new one may replace it.
type invitingProvider struct {
	memberships.Provider
	without bool // no invitations
	mails   *[]string
	pending map[string]memberships.Membership // by address
}

func (p invitingProvider) Capabilities() memberships.Capabilities {
	caps := p.Provider.Capabilities()
	caps.Invites = !p.without
	return caps
}

func (p invitingProvider) Get(ctx context.Context, ref memberships.Ref, opts ...memberships.Option) (memberships.Membership, error) {
	if m, ok := p.pending[ref.Member.Email]; ok {
		return m, nil
	}
	return p.Provider.Get(ctx, ref, opts...)
}

func (p invitingProvider) List(ctx context.Context, q memberships.Query, s *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	return func(yield func(memberships.Membership, error) bool) {
		for m, err := range p.Provider.List(ctx, q, s) {
			if !yield(m, err) {
				return
			}
		}
		for _, m := range p.pending {
			if !yield(m, nil) {
				return
			}
		}
	}
}

func (p invitingProvider) Apply(ctx context.Context, changes []memberships.Change, opts ...memberships.Option) iter.Seq2[memberships.Result, error] {
	return memberships.ApplyEach(ctx, changes, func(ctx context.Context, ch memberships.Change) (memberships.Membership, error) {
		asked := slices.ContainsFunc(opts, func(o memberships.Option) bool {
			_, ok := o.Value().(interface{ Invite() })
			return ok
		})
		if m, ok := p.pending[ch.Ref.Member.Email]; ok {
			switch {
			case ch.Op == memberships.OpAdd:
				return memberships.Membership{}, p.fail(memberships.ErrAlreadyExists, "invited")
			case ch.Op == memberships.OpRemove:
				delete(p.pending, ch.Ref.Member.Email)
				return m, nil
			case !asked:
				return memberships.Membership{}, p.fail(memberships.ErrConflict, "an invitation keeps its role, without memberships.WithInvite()")
			}
			return p.send(ch), nil
		}
		for r, err := range p.Provider.Apply(ctx, []memberships.Change{ch}) {
			if err == nil && asked && !p.without && ch.Op == memberships.OpAdd && errors.Is(r.Err, memberships.ErrNoSuchMember) {
				return p.send(ch), nil
			}
			return r.Membership, errors.Join(err, r.Err)
		}
		return memberships.Membership{}, errors.New("no result")
	})
}

func (p invitingProvider) fail(kind error, text string) error {
	return &memberships.Error{Provider: p.Name(), Kind: kind, Err: errors.New(text)}
}

// send invites the member of a change.
func (p invitingProvider) send(ch memberships.Change) memberships.Membership {
	*p.mails = append(*p.mails, ch.Ref.Member.Email)
	role := ch.Role
	if role == "" {
		role = memberships.RoleMember
	}
	m := memberships.Membership{
		Provider: p.Name(), Group: office, Member: ch.Ref.Member, Role: role, RoleName: string(role), State: memberships.StateInvited, Expires: invitedEnd,
	}
	p.pending[ch.Ref.Member.Email] = m
	return m
}

// inviting returns a changer of a provider with the member ada, the account grace and an
// invitation of ivan, and the addresses that get a mail.
func inviting(without bool) (c *changer, mails *[]string) {
	ada := memberships.Member{Kind: memberships.MemberUser, ID: "ada", Email: "ada@example.com"}
	grace := memberships.Member{Kind: memberships.MemberUser, ID: "grace", Email: "grace@example.com"}
	mem := memprovider.New(memprovider.WithName("mem"), memprovider.WithPeople(grace), memprovider.WithGroup(office, memberships.Membership{Member: ada}))
	p := invitingProvider{Provider: mem, without: without, mails: new([]string), pending: map[string]memberships.Membership{}}
	if !without {
		p.send(memberships.Change{Ref: memberships.Ref{Member: memberships.Member{Kind: memberships.MemberUser, Email: "ivan@example.com"}}})
		*p.mails = nil
	}
	client := memberships.New(p)
	return &changer{client: client, conn: &connect.Flags{}, concurrency: 1, groups: newGroups{client: client}, permissions: &permissionsFlag{}}, p.mails
}

// rows makes or plans the same change of several people.
func (c *changer) rows(t *testing.T, role memberships.Role, people ...string) map[string][2]string {
	t.Helper()
	var changes []change
	for _, who := range people {
		m := memberships.Member{Kind: memberships.MemberUser, Email: who + "@example.com"}
		changes = append(changes, change{named: who, ref: memberships.Ref{Group: office, Member: m}, role: role})
	}
	got := map[string][2]string{}
	for o := range c.outcomes(t.Context(), t.Context(), nil, changes) {
		got[o.named] = [2]string{o.result, o.detail}
	}
	return got
}

// The rows of additions tell members, invited people and new ones apart, and a dry run
// tells the same in advance.
func TestInviteRows(t *testing.T) {
	const (
		ends      = "the invitation ends on 2027-02-01"
		refused   = "mem: add: no such member: an invitation is possible, with --invite"
		unknown   = "mem: resolve: no such member"
		possible  = unknown + "; an invitation is possible, with --invite"
		noneThere = "mem: add: no such member: mem has no invitations"
	)
	people := []string{"ada", "grace", "ivan", "nobody"}
	tests := []struct {
		name                    string
		invite, without, strict bool
		dryRun                  bool
		want                    map[string][2]string
		mails                   []string
	}{
		{name: "with --invite", invite: true, mails: []string{"nobody@example.com"}, want: map[string][2]string{
			"ada": {"already", "is ada"}, "grace": {"added", "is grace"}, "ivan": {"already-invited", ends}, "nobody": {"invited", ends},
		}},
		{name: "with --invite, planned", invite: true, dryRun: true, want: map[string][2]string{
			"ada": {"already", "is ada"}, "grace": {"would-add", "is grace"}, "ivan": {"already-invited", ends}, "nobody": {"would-invite", ""},
		}},
		{name: "without --invite", want: map[string][2]string{
			"ada": {"already", "is ada"}, "grace": {"added", "is grace"}, "ivan": {"already-invited", ends}, "nobody": {"failed", refused},
		}},
		{name: "without --invite, planned", dryRun: true, want: map[string][2]string{
			"ada": {"already", "is ada"}, "grace": {"would-add", "is grace"}, "ivan": {"already-invited", ends}, "nobody": {"failed", possible},
		}},
		{name: "with --invite and --strict, planned", invite: true, strict: true, dryRun: true, want: map[string][2]string{
			"ada": {"failed", "is a member already"}, "grace": {"would-add", "is grace"}, "ivan": {"failed", "is invited already"}, "nobody": {"would-invite", ""},
		}},
		{name: "a provider without invitations", invite: true, without: true, want: map[string][2]string{
			"ada": {"already", "is ada"}, "grace": {"added", "is grace"}, "ivan": {"failed", noneThere}, "nobody": {"failed", noneThere},
		}},
		{name: "a provider without invitations, planned", invite: true, without: true, dryRun: true, want: map[string][2]string{
			"ada": {"already", "is ada"}, "grace": {"would-add", "is grace"}, "ivan": {"failed", unknown}, "nobody": {"failed", unknown},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, mails := inviting(tt.without)
			c.op, c.invite, c.strict, c.dryRun = memberships.OpAdd, tt.invite, tt.strict, tt.dryRun
			if diff := cmp.Diff(tt.want, c.rows(t, "", people...)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.mails, *mails); diff != "" {
				t.Errorf("mails (-want +got):\n%s", diff)
			}
		})
	}
}

// A single addition is planned by a look-up of its member alone.
func TestInviteOne(t *testing.T) {
	for who, want := range map[string][2]string{
		"grace": {"would-add", "is grace"}, "nobody": {"would-invite", ""}, "ivan": {"already-invited", "the invitation ends on 2027-02-01"},
	} {
		c, _ := inviting(false)
		c.op, c.invite, c.dryRun = memberships.OpAdd, true, true
		if diff := cmp.Diff(map[string][2]string{who: want}, c.rows(t, "", who)); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	}
}

// A second run sends no second mail, and a row names the command that changes the role.
func TestInviteTwice(t *testing.T) {
	c, mails := inviting(false)
	c.op, c.invite = memberships.OpAdd, true
	for range 2 {
		c.rows(t, "", "nobody", "grace")
	}
	got := c.rows(t, memberships.RoleManager, "nobody")
	want := map[string][2]string{"nobody": {
		output.ResultAlreadyInvited,
		"stays member: 'memberships update --invite' sends an invitation with another role; the invitation ends on 2027-02-01",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"nobody@example.com"}, *mails); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
}

// An update replaces an invitation only with --invite, and a dry run tells it in advance.
func TestInviteUpdate(t *testing.T) {
	tests := []struct {
		name           string
		invite, dryRun bool
		want           [2]string
		mails          []string
	}{
		{"without --invite", false, false, [2]string{"failed", "mem: conflict: an invitation keeps its role, without --invite"}, nil},
		{"without --invite, planned", false, true, [2]string{"failed", "is invited, and an invitation keeps its role: --invite sends a new one"}, nil},
		{"with --invite", true, false, [2]string{"updated", "the invitation ends on 2027-02-01"}, []string{"ivan@example.com"}},
		{"with --invite, planned", true, true, [2]string{"would-update", "from member to manager; a new invitation replaces the present one"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, mails := inviting(false)
			c.op, c.invite, c.dryRun = memberships.OpUpdate, tt.invite, tt.dryRun
			if diff := cmp.Diff(map[string][2]string{"ivan": tt.want}, c.rows(t, memberships.RoleManager, "ivan")); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.mails, *mails); diff != "" {
				t.Errorf("mails (-want +got):\n%s", diff)
			}
		})
	}
}

// The row of a withdrawn invitation says nothing about its end.
func TestInviteRemove(t *testing.T) {
	c, _ := inviting(false)
	c.op = memberships.OpRemove
	if diff := cmp.Diff(map[string][2]string{"ivan": {"removed", ""}}, c.rows(t, "", "ivan")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
