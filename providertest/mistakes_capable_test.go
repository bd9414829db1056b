package providertest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// shared is what instances should not share.
var shared = memprovider.New()

// onlyLists declares nothing else.
var onlyLists = []memprovider.Option{memprovider.WithCapabilities(memberships.Capabilities{Operations: []memberships.Operation{memberships.OpList}})}

// capable mistakes are those in what a provider says of itself, and in options.
var capable = map[string]mistake{
	"a name that changes": {
		make: func(m *mutant) { m.name = func() string { return fmt.Sprint(time.Now(), new(int)) } }, noticed: []string{"capabilities/sound"},
	},
	"no largest page": {make: func(m *mutant) {
		m.capabilities = func(c memberships.Capabilities) memberships.Capabilities { c.MaxPageSize = 0; return c }
	}, noticed: []string{"capabilities/sound"}},
	"no native client": {
		make: func(m *mutant) { m.native = func() any { return nil } }, noticed: []string{"native-client/declared"},
	},
	"a native client that is nil": {
		make: func(m *mutant) { m.native = func() any { return (*memprovider.Provider)(nil) } }, noticed: []string{"native-client/declared"},
	},
	"another native client": {
		make: func(m *mutant) { m.native = func() any { return m } }, noticed: []string{"native-client/declared"},
	},
	"a native client for all": {
		make: func(m *mutant) { m.native = func() any { return shared } }, noticed: []string{"native-client/own"},
	},
	"a native client for each call": {
		make: func(m *mutant) { m.native = func() any { return memprovider.New() } }, noticed: []string{"native-client/own"},
	},
	"capabilities that change": {make: func(m *mutant) {
		n := 0
		m.capabilities = func(c memberships.Capabilities) memberships.Capabilities { n++; c.MaxPageSize += n; return c }
	}, noticed: []string{"capabilities/sound"}},
	"capabilities to be changed": {make: func(m *mutant) {
		c := m.Provider.Capabilities()
		m.capabilities = func(memberships.Capabilities) memberships.Capabilities { return c }
	}, noticed: []string{"capabilities/sound"}},
	"declares a stream that it does not have": {make: func(m *mutant) {
		m.watch = memberships.Unsupported{}.Watch
	}, noticed: []string{"capabilities/declared"}},
	"declares a diagnosis that it does not have": {make: func(m *mutant) {
		m.diagnose = memberships.Unsupported{}.Diagnose
	}, noticed: []string{"capabilities/declared", "diagnose/harmless"}},
	"diagnoses undeclared": {opts: onlyLists, make: func(m *mutant) {
		m.diagnose = func(context.Context, ...memberships.Option) (memberships.Diagnosis, error) {
			return memberships.Diagnosis{}, nil
		}
	}, noticed: []string{"capabilities/undeclared"}},
	"resolves undeclared": {opts: onlyLists, make: func(m *mutant) {
		m.resolveAll = func(_ context.Context, who []memberships.Member) ([]memberships.Resolution, error) {
			return make([]memberships.Resolution, len(who)), nil
		}
	}, noticed: []string{"capabilities/undeclared"}},
	"changes undeclared": {opts: onlyLists, make: func(m *mutant) {
		m.apply = func(context.Context, []memberships.Change, ...memberships.Option) iter.Seq2[memberships.Result, error] {
			return func(func(memberships.Result, error) bool) {}
		}
	}, noticed: []string{"capabilities/undeclared"}},
	"lists a member undeclared": {opts: onlyLists, make: func(m *mutant) {
		m.list = func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			if q.Op() == memberships.OpListByMember {
				return func(func(membership, error) bool) {}
			}
			return byPages(ctx, m, q, summary)
		}
	}, noticed: []string{"capabilities/undeclared"}},
	"takes every option": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			return m.Provider.Get(ctx, r)
		}
	}, noticed: []string{"native/options"}},
	"takes every option of a listing": {make: func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			q.Opts = nil
			return m.Provider.ListPage(ctx, q, r)
		}
	}, noticed: []string{"native/options"}},
	"takes every option of a change": {make: func(m *mutant) {
		m.apply = func(ctx context.Context, changes []memberships.Change, _ ...memberships.Option) iter.Seq2[memberships.Result, error] {
			return m.Provider.Apply(ctx, changes)
		}
	}, noticed: []string{"native/options"}},
	"does not say whose option it was": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, opts ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r, opts...)
			return v, rekind(err, memberships.ErrInvalidArgument, memberships.ErrInvalidArgument)
		}
	}, noticed: []string{"native/options"}},
	"asks before it looks at the options": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, opts ...memberships.Option) (membership, error) {
			if v, err := m.Provider.Get(ctx, r); err != nil {
				return v, err
			}
			return m.Provider.Get(ctx, r, opts...)
		}
	}, noticed: []string{"native/options"}},
	"leaves out what is not for it": {make: func(m *mutant) {
		m.diagnose = func(ctx context.Context, opts ...memberships.Option) (memberships.Diagnosis, error) {
			return m.Provider.Diagnose(ctx, slices.DeleteFunc(slices.Clone(opts), func(o memberships.Option) bool { return o.Provider() == "" })...)
		}
	}, noticed: []string{"native/options"}},
}

// errOdd is no *memberships.Error.
var errOdd = errors.New("something is odd")
