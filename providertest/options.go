package providertest

import (
	"context"
	"fmt"
	"strings"

	"github.com/memberships-go/memberships"
)

// direct returns the declared methods of the Provider itself.
func (t *checker) direct() []operation {
	ctx, p := t.Context(), t.Provider
	type opt = memberships.Option
	who := ref(t.Small, byID(t.Alan))
	apply := func(ch memberships.Change) func(...opt) error {
		return func(opts ...opt) error {
			results, err := read(t, "Apply", p.Apply(ctx, []memberships.Change{ch}, opts...))
			if err == nil && len(results) == 1 {
				err = results[0].Err
			}
			return err
		}
	}
	var out []operation
	add := func(declared bool, op memberships.Operation, name string, do func(...opt) error) {
		if declared {
			out = append(out, operation{name: name, op: op, do: func(_ context.Context, opts ...opt) error { return do(opts...) }})
		}
	}
	add(t.caps.Can(memberships.OpGroups), memberships.OpGroups, "Groups", func(opts ...opt) error {
		return ended(t, p.Groups(ctx, memberships.Query{Opts: opts}, nil))
	})
	add(t.caps.Can(memberships.OpList), memberships.OpList, "List", func(opts ...opt) error {
		return ended(t, p.List(ctx, memberships.Query{Group: t.Small, Opts: opts}, nil))
	})
	add(t.caps.Can(memberships.OpList), memberships.OpList, "ListPage", func(opts ...opt) error {
		_, err := p.ListPage(ctx, memberships.Query{Group: t.Small, Opts: opts}, memberships.PageRequest{})
		return err
	})
	add(t.caps.Can(memberships.OpListByMember), memberships.OpListByMember, "List of a member", func(opts ...opt) error {
		return ended(t, p.List(ctx, memberships.Query{Member: byID(t.Ada), Opts: opts}, nil))
	})
	add(t.caps.Can(memberships.OpListByMember), memberships.OpListByMember, "ListPage of a member", func(opts ...opt) error {
		_, err := p.ListPage(ctx, memberships.Query{Member: byID(t.Ada), Opts: opts}, memberships.PageRequest{})
		return err
	})
	add(t.caps.Can(memberships.OpGet), memberships.OpGet, "Get", func(opts ...opt) error { _, err := p.Get(ctx, who, opts...); return err })
	add(t.caps.Can(memberships.OpAdd), memberships.OpAdd, "Apply of an addition",
		apply(memberships.Change{Op: memberships.OpAdd, Ref: ref(t.Small, byID(t.Niklaus))}))
	add(t.caps.Can(memberships.OpUpdate), memberships.OpUpdate, "Apply of an update",
		apply(memberships.Change{Op: memberships.OpUpdate, Ref: who, Role: t.otherRole()}))
	add(t.caps.Can(memberships.OpRemove), memberships.OpRemove, "Apply of a removal", apply(memberships.Change{Op: memberships.OpRemove, Ref: who}))
	add(t.caps.Email, opResolve, "Resolve", func(opts ...opt) error {
		found, err := p.Resolve(ctx, []memberships.Member{byEmail(t.Niklaus)}, opts...)
		if err == nil && len(found) == 1 {
			err = found[0].Err
		}
		return err
	})
	add(t.caps.Diagnose, opDiagnose, "Diagnose", func(opts ...opt) error { _, err := p.Diagnose(ctx, opts...); return err })
	add(t.caps.Watch, opWatch, "Watch", func(opts ...opt) error { return ended(t, p.Watch(ctx, "", opts...)) })
	return out
}

func optionsAreRefused(t *checker) {
	const stranger = "some-other-provider"
	type strange struct{}
	foreign := memberships.NewOption(stranger, func() {})
	wantRejected := func(what string, o operation, opt memberships.Option) {
		t.Helper()
		what = fmt.Sprintf("%s with %s", o.name, what)
		t.quiet(what, func() {
			err := o.do(t.Context(), opt)
			t.wantKind(what, err, memberships.ErrInvalidArgument)
			if err != nil && opt.Provider() != "" && !strings.Contains(err.Error(), opt.Provider()) {
				t.Errorf("%s: %v does not name %s, whose option it is", what, err, opt.Provider())
			}
		})
	}
	for _, o := range t.operations() {
		wantRejected("an option of another provider", o, foreign)
		wantRejected("an empty option", o, memberships.Option{})
	}
	t.unchanged("rejected options", t.Small, func() {
		for _, o := range t.direct() {
			o.name = "Provider." + o.name
			wantRejected("an option of another provider", o, foreign)
			wantRejected("an empty option", o, memberships.Option{})
			wantRejected("an unknown option", o, memberships.NewOption("", strange{}))
			wantRejected("memberships.WithSummary, which is for the methods of Client", o, memberships.WithSummary(new(memberships.Summary)))
		}
	})
}
