package memprovider

import (
	"context"
	"slices"
	"time"

	"github.com/memberships-go/memberships"
)

// Option says what a provider starts with. Options apply in their order.
type Option func(*Provider)

// WithName names the provider; the default is "memory".
func WithName(name string) Option { return func(p *Provider) { p.name = name } }

// WithPageSize makes pages of n members, and n the largest page; the default is 100.
func WithPageSize(n int) Option { return func(p *Provider) { p.caps.MaxPageSize = max(n, 1) } }

// WithPeople puts people into the directory, as PutPeople does.
func WithPeople(people ...memberships.Member) Option {
	return func(p *Provider) { p.PutPeople(people...) }
}

// WithGroup makes a group with members, as Put does. A group without a kind is a
// memberships.KindGroup, and the kinds of all groups are those that the provider has.
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

// WithGap has every listing of a group end with a gap, as Hide does.
func WithGap(g memberships.Group, gap memberships.Gap, members ...memberships.Member) Option {
	return func(p *Provider) { p.Hide(g, gap, members...) }
}

// WithCapabilities makes a provider that declares c and does no more than that. It
// comes before WithPageSize and WithGroup, which complete c.
func WithCapabilities(c memberships.Capabilities) Option { return func(p *Provider) { p.caps = c } }

// WithClock sets the times of memberships; by default, each is a second after the last.
func WithClock(now func() time.Time) Option { return func(p *Provider) { p.now = now } }

// Call is an operation that is about to be carried out.
type Call struct {
	// Operation is one of memberships.Operations, "resolve" or "diagnose".
	Operation memberships.Operation
	// Group, Member and MembershipID are what it is about, Token the page of a listing.
	Group        memberships.Group
	Member       memberships.Member
	MembershipID string
	Token        string
}

// WithHook calls f before every operation, as a request on its way to a service would
// be seen: arguments that do not make sense and operations that are not declared do not
// get there. The error that f returns is what the operation fails with, and nothing has
// been done. f may be called by several goroutines at once.
func WithHook(f func(context.Context, Call) error) Option { return func(p *Provider) { p.hook = f } }
