package core

import (
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
)

// errNoContext is what is wrong with a call without one.
var errNoContext = errors.New("the context is nil; give context.Background() if there is none")

// prepareFor is prepare of a call that has a context.
func (c *Client) prepareFor(ctx context.Context, call Call) (*prepared, error) {
	if err := c.vendor.CheckContext(ctx, call.Name); err != nil {
		return nil, err
	}
	return c.prepare(call)
}

// checkContext is what ranges and pages of a listing begin with.
func (r *Run[P, T]) checkContext(ctx context.Context) error {
	if err := r.vendor.CheckContext(ctx, r.l.Call.Name); err != nil {
		return err
	}
	return r.err
}

// CheckContext refuses a nil context, for methods that do something before their call.
func (v *Vendor) CheckContext(ctx context.Context, call string) error {
	if ctx != nil {
		return nil
	}
	return invalid(v.Name, call, errNoContext)
}

// Checked is p behind a check of the context that its methods are given.
func (v *Vendor) Checked(p memberships.Provider) memberships.Provider { return &checked{p, v} }

type checked struct {
	memberships.Provider
	v *Vendor
}

// ranged is seq, or an error if there is no context to range over it with.
func ranged[T any](v *Vendor, ctx context.Context, op memberships.Operation, seq func() iter.Seq2[T, error]) iter.Seq2[T, error] { //nolint:revive // ctx is what it is about
	err := v.CheckContext(ctx, string(op))
	if err == nil {
		return seq()
	}
	return func(yield func(T, error) bool) {
		var none T
		yield(none, err)
	}
}

func (c *checked) List(ctx context.Context, q memberships.Query, pass *memberships.Pass) iter.Seq2[memberships.Membership, error] {
	return ranged(c.v, ctx, q.Op(), func() iter.Seq2[memberships.Membership, error] { return c.Provider.List(ctx, q, pass) })
}

func (c *checked) ListPage(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	if err := c.v.CheckContext(ctx, string(q.Op())); err != nil {
		return nil, err
	}
	return c.Provider.ListPage(ctx, q, r)
}

func (c *checked) Groups(ctx context.Context, q memberships.Query, pass *memberships.Pass) iter.Seq2[memberships.Group, error] {
	return ranged(c.v, ctx, memberships.OpGroups, func() iter.Seq2[memberships.Group, error] { return c.Provider.Groups(ctx, q, pass) })
}

func (c *checked) Get(ctx context.Context, ref memberships.Ref, opts ...option.Option) (memberships.Membership, error) {
	if err := c.v.CheckContext(ctx, string(memberships.OpGet)); err != nil {
		return memberships.Membership{}, err
	}
	return c.Provider.Get(ctx, ref, opts...)
}

func (c *checked) Resolve(ctx context.Context, members []memberships.Member, opts ...option.Option) ([]memberships.Resolution, error) {
	if err := c.v.CheckContext(ctx, "resolve"); err != nil {
		return nil, err
	}
	return c.Provider.Resolve(ctx, members, opts...)
}

func (c *checked) Apply(ctx context.Context, changes []memberships.Change, opts ...option.Option) iter.Seq2[memberships.Result, error] {
	return ranged(c.v, ctx, "apply", func() iter.Seq2[memberships.Result, error] { return c.Provider.Apply(ctx, changes, opts...) })
}

func (c *checked) Watch(ctx context.Context, from memberships.Position, opts ...option.Option) iter.Seq2[memberships.Event, error] {
	return ranged(c.v, ctx, "watch", func() iter.Seq2[memberships.Event, error] { return c.Provider.Watch(ctx, from, opts...) })
}

func (c *checked) Diagnose(ctx context.Context, opts ...option.Option) (memberships.Diagnosis, error) {
	if err := c.v.CheckContext(ctx, "diagnose"); err != nil {
		return memberships.Diagnosis{}, err
	}
	return c.Provider.Diagnose(ctx, opts...)
}

func (c *checked) Caller(ctx context.Context, opts ...option.Option) (memberships.Member, error) {
	if err := c.v.CheckContext(ctx, "caller"); err != nil {
		return memberships.Member{}, err
	}
	return c.Provider.Caller(ctx, opts...)
}
