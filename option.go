package memberships

import "slices"

// Option sets one parameter of a client or a call. Package option and the wrappers return
// options. A call's options come after its client's and take precedence. The zero Option
// is an error.
type Option struct {
	provider string
	value    any
}

// NewOption returns an option with a value, for implementers of Provider. With a
// provider's name, only that provider accepts the option; without one, every provider
// may.
func NewOption(provider string, value any) Option { return Option{provider: provider, value: value} }

// Provider returns the name of the only provider that accepts the option, empty for all.
func (o Option) Provider() string { return o.provider }

// Value returns the value that NewOption got.
func (o Option) Value() any { return o.value }

// WithSummary makes a listing of a Client fill p: the total as soon as the provider
// states it, the coverage by the end of the range. Every range starts with an empty
// Summary, so p describes the latest range. Only the goroutine of the range may read p
// before the range ends; concurrent ranges need an option each.
func WithSummary(p *Summary) Option { return Option{value: summaryOption{p}} }

type summaryOption struct{ summary *Summary }

// WithListedFields lets Get return the fields of the provider's listings alone. Box shows
// more fields of a single membership, for one more request. Other providers ignore it.
func WithListedFields() Option { return Option{value: listedFields{}} }

// listedFields marks its option for providers by its methods.
type listedFields struct{}

func (listedFields) RequestOption() {}
func (listedFields) ListedFields()  {}

// WithInvite lets Add invite an e-mail address that has no account, where
// Capabilities.Invites declares it, and lets Update replace a pending invitation by one with
// the new role, which sends another mail. The result has the state StateInvited and the end
// of the invitation. Other providers fail as without the option.
func WithInvite() Option { return Option{value: invite{}} }

// invite marks its option for providers by its methods.
type invite struct{}

func (invite) RequestOption() {}
func (invite) Invite()        {}

// invites reports whether opts have WithInvite.
func invites(opts []Option) bool {
	for _, o := range opts {
		if _, ok := o.value.(invite); ok {
			return true
		}
	}
	return false
}

// WithWatchedGroups names the groups whose events Watch yields, where
// Capabilities.WatchesGroups declares that it needs them. Other providers ignore it.
func WithWatchedGroups(groups ...Group) Option {
	return Option{value: watchedGroups{slices.Clone(groups)}}
}

// watchedGroups marks its option for providers by its methods.
type watchedGroups struct{ groups []Group }

func (watchedGroups) RequestOption()           {}
func (w watchedGroups) WatchedGroups() []Group { return slices.Clone(w.groups) }

// split separates the WithSummary option, which is the Client's own, from the provider's
// options.
func split(opts []Option) (summary *Summary, rest []Option) {
	for _, o := range opts {
		if i, ok := o.value.(summaryOption); ok {
			summary = i.summary
			continue
		}
		rest = append(rest, o)
	}
	return summary, rest
}
