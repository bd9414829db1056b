package memprovider

import (
	"context"
	"slices"
	"time"

	"github.com/memberships-go/memberships"
)

// Option sets the initial state of a provider. Options apply in their order.
type Option func(*Provider)

// WithName sets the provider's name; the default is "memory".
func WithName(name string) Option { return func(p *Provider) { p.name = name } }

// WithPageSize sets the default and largest page size; the default is 100.
func WithPageSize(n int) Option { return func(p *Provider) { p.caps.MaxPageSize = max(n, 1) } }

// WithPeople adds people to the directory, as PutPeople does.
func WithPeople(people ...memberships.Member) Option {
	return func(p *Provider) { p.PutPeople(people...) }
}

// WithGroup creates a group with members, as Put does. An empty kind is
// memberships.KindGroup. The provider declares the kinds of all its groups.
func WithGroup(g memberships.Group, members ...memberships.Membership) Option {
	return func(p *Provider) {
		if g.Kind == "" {
			g.Kind = memberships.KindGroup
		}
		if !slices.Contains(p.caps.GroupKinds, g.Kind) {
			p.caps.GroupKinds = append(slices.Clip(p.caps.GroupKinds), g.Kind)
		}
		p.Put(g, members...)
	}
}

// WithGap adds a gap to every listing of a group, as Hide does.
func WithGap(g memberships.Group, gap memberships.Gap, members ...memberships.Member) Option {
	return func(p *Provider) { p.Hide(g, gap, members...) }
}

// WithCapabilities sets the declared capabilities; all others are unsupported. It comes
// before WithPageSize and WithGroup, which complete c.
func WithCapabilities(c memberships.Capabilities) Option { return func(p *Provider) { p.caps = c } }

// WithBulk declares ListsAll, and n as ResolveBatch and ChangeBatch: a Client then lists all
// groups in one listing, and passes up to n addresses and changes at once. The default is a
// listing per group, and one address and one change at a time. The hook sees each address
// and each change in any case, so that a test can fail one of many. It comes after
// WithCapabilities.
func WithBulk(n int) Option {
	return func(p *Provider) { p.caps.ListsAll, p.caps.ResolveBatch, p.caps.ChangeBatch = true, n, n }
}

// WithInvitations declares Invites: memberships.WithInvite then invites an address that
// nobody of the directory has. The invitation is a membership in the state
// memberships.StateInvited with an address alone. It ends d after it was made, by the clock
// of the provider; with a d of 0 it has no end. It comes after WithCapabilities.
//
// An invitation does not become a membership by itself. A person with the address who enters
// the directory is still invited, until Add or Put makes the person a member of the group and
// so ends the invitation.
func WithInvitations(d time.Duration) Option {
	return func(p *Provider) { p.caps.Invites, p.lifetime = true, d }
}

// WithEventLog sets how many changes Watch can still yield, at least one. A position before
// them is memberships.ErrEventsMissed. The default is 10,000.
func WithEventLog(n int) Option { return func(p *Provider) { p.log.kept = max(n, 1) } }

// WithClock sets the source of timestamps; by default each is one second after the last.
func WithClock(now func() time.Time) Option { return func(p *Provider) { p.now = now } }

// Call describes an operation before it runs.
type Call struct {
	// Operation is one of memberships.Operations, "resolve", "diagnose" or
	// "watch".
	Operation memberships.Operation
	// Group, Member and MembershipID are the arguments, all empty for a listing of all
	// groups; Token is the page token of a listing.
	Group        memberships.Group
	Member       memberships.Member
	MembershipID string
	Token        string
}

// WithHook calls f before every operation with valid arguments that is declared. An error
// of f fails the operation, which then changes nothing. Of many changes or addresses, f is
// called before each, and an error fails that one alone. f is called concurrently.
func WithHook(f func(context.Context, Call) error) Option { return func(p *Provider) { p.hook = f } }
