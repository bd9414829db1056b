package memberships

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
)

// List yields the memberships that f asks for, in the provider's order, and at most one
// error, which comes last. A listing that ends without one was complete, or WithPass tells
// what was not seen. It sends nothing before it is ranged over, starts afresh with every
// range, and stops asking when the loop breaks.
func (c *Client) List(ctx context.Context, f Filter, opts ...Option) iter.Seq2[Membership, error] {
	if err := checkContext(ctx, c.Name(), Query{Group: f.Group, Member: f.Member}.Op()); err != nil {
		return failed[Membership](err)
	}
	op, err := c.checkFilter(&f)
	pass, opts := split(opts)
	switch {
	case err != nil:
		return failed[Membership](err)
	case op == OpGet:
		return c.listOne(ctx, f, pass, opts)
	}
	q := Query{Group: f.Group, Member: f.Member, Role: f.Role, Opts: opts}
	return func(yield func(Membership, error) bool) {
		filling := pass.begin()
		defer filling.show()
		nameless := 0
		for m, err := range c.p.List(ctx, q, filling.own) {
			filling.follow()
			if err != nil {
				yield(Membership{}, c.wrap(ctx, op, err))
				return
			}
			if m.nameless(op) {
				nameless++
			}
			m.nameGroup(f.Group)
			if f.keeps(m.Role, m.RoleName) && !yield(m, nil) {
				return
			}
		}
		filling.own.Add(namelessOnes(op, nameless)...)
		c.end(op, f, filling.own)
	}
}

// nameless reports whether a membership does not say whose it is in a listing of a group,
// or in which group in one of a member.
func (m *Membership) nameless(op Operation) bool {
	if op == OpOf {
		return m.Group.ID == ""
	}
	return m.Member.ID == "" && m.Member.Email == ""
}

// namelessOnes is the gap of n memberships that are nameless, none for 0.
func namelessOnes(op Operation, n int) []Gap {
	switch {
	case n == 0:
		return nil
	case op == OpOf:
		return []Gap{{Level: GapHidden, Code: GapWithheld, Count: int64(n), Text: "memberships are listed without their group: %d"}}
	}
	return []Gap{{Level: GapHidden, Code: GapAnonymous, Count: int64(n), Text: "members are listed without saying who they are, so they may be anybody: %d"}}
}

// end puts into a pass what the provider leaves to the Client: the kinds of groups that
// it does not search, and the group that the other gaps are in.
func (c *Client) end(op Operation, f Filter, pass *Pass) {
	if pass == nil {
		return
	}
	named(pass.Coverage.Gaps, f.Group)
	if op == OpOf {
		pass.Add(c.unsearchedKinds()...)
	}
}

// named has hidden gaps of a group name it, and returns them.
func named(gaps []Gap, g Group) []Gap {
	for i := range gaps {
		if gap := &gaps[i]; gap.Level == GapHidden && gap.Group == (Group{}) {
			gap.Group = Group{Kind: g.Kind, ID: g.ID}
		}
	}
	return gaps
}

// unsearchedKinds is the gap of every listing of a member's groups, if there are kinds
// that it leaves out.
func (c *Client) unsearchedKinds() []Gap {
	var left []GroupKind
	for _, k := range c.caps.GroupKinds {
		if !slices.Contains(c.caps.OfKinds, k) {
			left = append(left, k)
		}
	}
	if len(left) == 0 {
		return nil
	}
	return []Gap{{Level: GapScope, Code: GapGroupKinds, Text: "groups of some kinds were not searched: " + list(left)}}
}

// keeps reports whether a membership with this role belongs into the listing.
func (f *Filter) keeps(r Role, name string) bool {
	return f.Role == "" || r == f.Role || name == string(f.Role)
}

// listOne lists a group and a member: the one membership that there is, or none.
func (c *Client) listOne(ctx context.Context, f Filter, pass *Pass, opts []Option) iter.Seq2[Membership, error] {
	return func(yield func(Membership, error) bool) {
		filling := pass.begin()
		defer filling.show()
		m, err := c.Get(ctx, Ref{Group: f.Group, Member: f.Member}, opts...)
		var hidden *HiddenError
		switch {
		case errors.Is(err, ErrNotMember):
		case errors.Is(err, ErrUndetermined) && errors.As(err, &hidden) && pass != nil:
			filling.own.Add(hidden.Coverage.Gaps...)
			c.end(OpGet, f, filling.own)
		case err != nil:
			yield(Membership{}, err)
		case m.State != StateAbsent && f.keeps(m.Role, m.RoleName):
			yield(m, nil)
		}
	}
}

// Pages yields the pages of List from the one that from names, and at most one error,
// which comes last. A page's Next continues the listing in another process, with the
// same filter only. Read page by page, a listing that moves meanwhile may lack members;
// List takes care of that where the provider pages by position. A range from the first page
// on that has fewer items than the provider counts ends with ErrMalformed. WithPass tells about
// the pages of one range.
func (c *Client) Pages(ctx context.Context, f Filter, from PageRequest, opts ...Option) iter.Seq2[*Page[Membership], error] {
	if err := checkContext(ctx, c.Name(), Query{Group: f.Group, Member: f.Member}.Op()); err != nil {
		return failed[*Page[Membership]](err)
	}
	op, err := c.checkFilter(&f)
	pass, opts := split(opts)
	if err == nil && op == OpGet {
		err = c.invalid(OpList, errors.New("a group and a member name one membership, which has no pages"))
	}
	if err == nil && from.Size < 0 {
		err = c.invalid(op, fmt.Errorf("a page of %d", from.Size))
	}
	token := ""
	if err == nil && from.Token != "" {
		token, err = c.openToken(op, f, from.Token)
	}
	if err != nil {
		return failed[*Page[Membership]](err)
	}
	q := Query{Group: f.Group, Member: f.Member, Role: f.Role, Opts: opts}
	return func(yield func(*Page[Membership], error) bool) {
		filling := pass.begin()
		defer filling.show()
		for page, err := range pages(ctx, c.p.ListPage, q, PageRequest{Token: token, Size: from.Size}) {
			if err != nil {
				yield(nil, c.wrap(ctx, op, err))
				return
			}
			filling.own.Count(page.Total)
			nameless := 0
			for i := range page.Items {
				if page.Items[i].nameless(op) {
					nameless++
				}
			}
			shown := *page
			shown.Gaps = named(append(slices.Clone(page.Gaps), namelessOnes(op, nameless)...), f.Group)
			filling.own.Add(shown.Gaps...)
			if page.Next == "" {
				c.end(op, f, filling.own)
			}
			filling.follow()
			if !yield(c.dress(op, f, &shown), nil) {
				return
			}
		}
	}
}

// ListByPage yields what the pages of listPage hold, for a Provider whose List has nothing
// to add to its ListPage.
func ListByPage(ctx context.Context, listPage func(context.Context, Query, PageRequest) (*Page[Membership], error), q Query, pass *Pass) iter.Seq2[Membership, error] {
	if err := checkContext(ctx, "", q.Op()); err != nil {
		return failed[Membership](err)
	}
	return func(yield func(Membership, error) bool) {
		for page, err := range pages(ctx, listPage, q, PageRequest{}) {
			if err != nil {
				yield(Membership{}, err)
				return
			}
			pass.Count(page.Total)
			pass.Add(page.Gaps...)
			for _, m := range page.Items {
				if !yield(m, nil) {
					return
				}
			}
		}
	}
}

// maxEmptySearches is MaxEmptyPages for the groups of a member: some providers look for
// the member in one group after the other, as few at a page as the caller likes, and most
// of those pages have no row.
const maxEmptySearches = 100 * MaxEmptyPages

// pages yields the pages from r on. A page that is missing or names one that was shown
// before is ErrMalformed, and so are too many pages in a row that show nothing, and an end
// before all are there that the provider counts, unless a gap says that some are hidden.
func pages(ctx context.Context, listPage func(context.Context, Query, PageRequest) (*Page[Membership], error), q Query, r PageRequest) iter.Seq2[*Page[Membership], error] {
	return func(yield func(*Page[Membership], error) bool) {
		seen := map[string]bool{r.Token: true}
		first, rows, told, hidden := r.Token == "", int64(0), Total{}, false
		empty, most := 0, MaxEmptyPages
		if q.Op() == OpOf {
			most = maxEmptySearches
		}
		for r := r; ; {
			page, err := listPage(ctx, q, r)
			switch {
			case err != nil:
			case page == nil:
				err = &Error{Op: string(q.Op()), Kind: ErrMalformed, Err: errors.New("the provider returned no page")}
			case page.Next != "" && seen[page.Next]:
				err = &Error{Op: string(q.Op()), Kind: ErrMalformed, Err: errors.New("the listing came back to a page it had already shown")}
			case len(page.Items) > 0 || len(page.Gaps) > 0: // a gap is as good as an item
				empty = 0
			case page.Next != "":
				if empty++; empty > most {
					err = &Error{Op: string(q.Op()), Kind: ErrMalformed, Err: fmt.Errorf("more than %d pages without items followed one another", most)}
				}
			}
			if err == nil {
				rows += int64(len(page.Items))
				hidden = hidden || slices.ContainsFunc(page.Gaps, func(g Gap) bool { return g.Level == GapHidden })
				if page.Total.known {
					told = page.Total
				}
			}
			if err != nil {
				yield(nil, err)
				return
			}
			r.Token = page.Next
			seen[r.Token] = true
			if !yield(page, nil) {
				return
			}
			if r.Token == "" {
				if first && rows < told.n && !hidden {
					yield(nil, &Error{Op: string(q.Op()), Kind: ErrMalformed, Err: fmt.Errorf("the pages have %d items of %d", rows, told.n)})
				}
				return
			}
		}
	}
}

// dress applies the role and the group's name of a filter to a page, and binds its Next to
// the listing.
func (c *Client) dress(op Operation, f Filter, page *Page[Membership]) *Page[Membership] {
	out := &Page[Membership]{Total: page.Total, Gaps: page.Gaps}
	if page.Next != "" {
		out.Next = c.sealToken(op, f, page.Next)
	}
	if f.Role == "" && f.Group.Name == "" {
		out.Items = page.Items
		return out
	}
	for _, m := range page.Items {
		if f.keeps(m.Role, m.RoleName) {
			m.nameGroup(f.Group)
			out.Items = append(out.Items, m)
		}
	}
	return out
}

// checkFilter completes a filter and names the operation that it takes.
func (c *Client) checkFilter(f *Filter) (Operation, error) {
	group, member := f.Group != (Group{}), f.Member != (Member{})
	switch {
	case group && member:
		return OpGet, c.check(OpGet, c.checkGroup(&f.Group), c.checkMember(&f.Member))
	case group:
		return OpList, c.check(OpList, c.checkGroup(&f.Group))
	case member:
		return OpOf, c.check(OpOf, c.checkMember(&f.Member))
	}
	return OpList, c.invalid(OpList, errors.New("the filter names neither a group nor a member"))
}

// listing tells a client's listing from any other: the provider, the filter, and that the
// cursor in the token is the provider's own token.
func (c *Client) listing(op Operation, f Filter) []string {
	return append(Query{Group: f.Group, Member: f.Member}.Listing(), "client", c.Name(), string(op), string(f.Role))
}

func (c *Client) sealToken(op Operation, f Filter, token string) string {
	return SealToken(token, c.listing(op, f)...)
}

func (c *Client) openToken(op Operation, f Filter, sealed string) (string, error) {
	token, err := OpenToken(sealed, c.listing(op, f)...)
	if err != nil {
		return "", c.invalid(op, err)
	}
	return token, nil
}

// failed is a sequence that is an error.
func failed[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		yield(zero, err)
	}
}
