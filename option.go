package memberships

// Option sets one thing for a client or for a call. Package option and the wrappers make
// options; a call's come after its client's and win. The zero Option is refused.
type Option struct {
	provider string
	value    any
}

// NewOption returns an option that holds value, for implementers of Provider. A provider
// other than the named one refuses it; every provider may take one without a name.
func NewOption(provider string, value any) Option { return Option{provider: provider, value: value} }

// Provider names the provider that alone takes the option, "" for all.
func (o Option) Provider() string { return o.provider }

// Value returns what NewOption was given.
func (o Option) Value() any { return o.value }

// WithPass has a listing of a Client fill p: its total as soon as the provider says it, and
// its coverage when the range has ended. Every range begins with an empty Pass, so p
// tells about the last one. While a range fills p, only its own goroutine may look at p;
// ranges at the same time need options of their own.
func WithPass(p *Pass) Option { return Option{value: into{p}} }

type into struct{ pass *Pass }

// split takes the options that are for the Client itself out of opts.
func split(opts []Option) (pass *Pass, rest []Option) {
	for _, o := range opts {
		if i, ok := o.value.(into); ok {
			pass = i.pass
			continue
		}
		rest = append(rest, o)
	}
	return pass, rest
}
