package portable

import (
	"context"
	"iter"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/option"
)

// Checked returns p with methods that refuse a nil context, and a listing of all groups
// where p does not declare it.
func Checked(api *client.API, p memberships.Provider) memberships.Provider { return &checked{p, api} }

type checked struct {
	memberships.Provider
	api *client.API
}

// ranged returns the result of seq, or a sequence of one error if ctx is nil.
func ranged[T any](api *client.API, ctx context.Context, op memberships.Operation, seq func() iter.Seq2[T, error]) iter.Seq2[T, error] {
	if err := api.CheckContext(ctx, string(op)); err != nil {
		return failed[T](err)
	}
	return seq()
}

// failed returns a sequence of one error.
func failed[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, err)
	}
}

func (c *checked) List(ctx context.Context, q memberships.Query, pass *memberships.Summary) iter.Seq2[memberships.Membership, error] {
	return ranged(c.api, ctx, q.Op(), func() iter.Seq2[memberships.Membership, error] {
		if err := c.undeclared(q); err != nil {
			return failed[memberships.Membership](err)
		}
		return c.Provider.List(ctx, q, pass)
	})
}

// undeclared returns the error of a listing of all groups that p does not declare. Without
// it, an empty group or member would reach the provider as a filter that selects everything.
func (c *checked) undeclared(q memberships.Query) error {
	if q.Group.ID != "" || q.Member != (memberships.Member{}) || c.Capabilities().ListsAll {
		return nil
	}
	return c.api.Fail(q.Op(), memberships.ErrUnsupported, "the query has neither a group nor a member")
}

func (c *checked) ListPage(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*memberships.Page[memberships.Membership], error) {
	if err := c.api.CheckContext(ctx, string(q.Op())); err != nil {
		return nil, err
	}
	if err := c.undeclared(q); err != nil {
		return nil, err
	}
	return c.Provider.ListPage(ctx, q, r)
}

func (c *checked) Groups(ctx context.Context, q memberships.Query, pass *memberships.Summary) iter.Seq2[memberships.Group, error] {
	return ranged(c.api, ctx, memberships.OpGroups, func() iter.Seq2[memberships.Group, error] { return c.Provider.Groups(ctx, q, pass) })
}

func (c *checked) Get(ctx context.Context, ref memberships.Ref, opts ...option.Option) (memberships.Membership, error) {
	if err := c.api.CheckContext(ctx, string(memberships.OpGet)); err != nil {
		return memberships.Membership{}, err
	}
	return c.Provider.Get(ctx, ref, opts...)
}

func (c *checked) Resolve(ctx context.Context, members []memberships.Member, opts ...option.Option) ([]memberships.Resolution, error) {
	if err := c.api.CheckContext(ctx, "resolve"); err != nil {
		return nil, err
	}
	return c.Provider.Resolve(ctx, members, opts...)
}

func (c *checked) Apply(ctx context.Context, changes []memberships.Change, opts ...option.Option) iter.Seq2[memberships.Result, error] {
	return ranged(c.api, ctx, "apply", func() iter.Seq2[memberships.Result, error] { return c.Provider.Apply(ctx, changes, opts...) })
}

func (c *checked) Watch(ctx context.Context, from memberships.Position, opts ...option.Option) iter.Seq2[memberships.Event, error] {
	return ranged(c.api, ctx, "watch", func() iter.Seq2[memberships.Event, error] { return c.Provider.Watch(ctx, from, opts...) })
}

func (c *checked) Diagnose(ctx context.Context, opts ...option.Option) (memberships.Diagnosis, error) {
	if err := c.api.CheckContext(ctx, "diagnose"); err != nil {
		return memberships.Diagnosis{}, err
	}
	return c.Provider.Diagnose(ctx, opts...)
}

func (c *checked) Caller(ctx context.Context, opts ...option.Option) (memberships.Member, error) {
	if err := c.api.CheckContext(ctx, "caller"); err != nil {
		return memberships.Member{}, err
	}
	return c.Provider.Caller(ctx, opts...)
}
