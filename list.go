package memberships

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
)

// List yields the memberships that match f in the provider's order, and at most one
// error, last. A listing without an error is complete, or WithSummary reports its gaps.
// The sequence sends nothing before the first range, starts afresh with every range, and
// sends no further request after a break. A filter with neither group nor member is an
// error, so that an empty variable does not select everything: ListAll lists all groups.
func (c *Client) List(ctx context.Context, f Filter, opts ...Option) iter.Seq2[Membership, error] {
	if err := checkContext(ctx, c.Name(), Query{Group: f.Group, Member: f.Member}.Op()); err != nil {
		return failedSeq[Membership](err)
	}
	op, err := c.checkFilter(&f)
	switch {
	case err != nil:
		return failedSeq[Membership](err)
	case op == OpGet:
		summary, opts := split(opts)
		return c.listOne(ctx, f, summary, opts)
	}
	return c.list(ctx, op, f, opts)
}

// list yields the memberships of the provider's List that f keeps.
func (c *Client) list(ctx context.Context, op Operation, f Filter, opts []Option) iter.Seq2[Membership, error] {
	summary, opts := split(opts)
	q := Query{Group: f.Group, Member: f.Member, Role: f.Role, State: f.State, Opts: opts}
	return func(yield func(Membership, error) bool) {
		fill := summary.start()
		defer fill.publish()
		anonymous := 0
		for m, err := range c.p.List(ctx, q, fill.own) {
			fill.publishChanges()
			if err != nil {
				yield(Membership{}, c.wrap(ctx, op, err))
				return
			}
			if m.anonymous(op) {
				anonymous++
			}
			m.nameGroup(f.Group)
			if f.keeps(&m) && !yield(m, nil) {
				return
			}
		}
		fill.own.Add(anonymousGaps(op, anonymous)...)
		c.finish(op, f, fill.own)
	}
}

// anonymous reports whether a membership lacks its member in a listing of a group, or its
// group in a listing of a member.
func (m *Membership) anonymous(op Operation) bool {
	if op == OpListByMember {
		return m.Group.ID == ""
	}
	return m.Member.ID == "" && m.Member.Email == ""
}

// anonymousGaps returns the gap of n anonymous memberships, none for 0.
func anonymousGaps(op Operation, n int) []Gap {
	switch {
	case n == 0:
		return nil
	case op == OpListByMember:
		return []Gap{{Level: GapHidden, Code: GapWithheld, Count: int64(n), Text: "memberships are listed without their group: %d"}}
	}
	return []Gap{{Level: GapHidden, Code: GapAnonymous, Count: int64(n), Text: "members are listed without an identity: %d"}}
}

// finish adds to a summary the gaps that the Client knows: the group of the other gaps,
// and the kinds of groups that the provider does not search.
func (c *Client) finish(op Operation, f Filter, summary *Summary) {
	if summary == nil {
		return
	}
	nameGaps(summary.Coverage.Gaps, f.Group)
	if op == OpListByMember {
		summary.Add(c.unsearchedKinds()...)
	}
}

// nameGaps sets the group of hidden gaps without one, and returns the gaps.
func nameGaps(gaps []Gap, g Group) []Gap {
	for i := range gaps {
		if gap := &gaps[i]; gap.Level == GapHidden && gap.Group == (Group{}) {
			gap.Group = Group{Kind: g.Kind, ID: g.ID}
		}
	}
	return gaps
}

// unsearchedKinds returns the gap of every listing of a member's groups, none if the
// provider searches all kinds.
func (c *Client) unsearchedKinds() []Gap {
	var left []GroupKind
	for _, k := range c.caps.GroupKinds {
		if !slices.Contains(c.caps.SearchedKinds, k) {
			left = append(left, k)
		}
	}
	if len(left) == 0 {
		return nil
	}
	return []Gap{{Level: GapScope, Code: GapGroupKinds, Text: "groups of some kinds were not searched: " + list(left)}}
}

// keeps reports whether the filter keeps a membership.
func (f *Filter) keeps(m *Membership) bool {
	role := f.Role == "" || m.Role == f.Role || m.RoleName == string(f.Role)
	return role && (f.State == "" || m.State == f.State)
}

// listOne yields the one membership of a group and a member, or none.
func (c *Client) listOne(ctx context.Context, f Filter, summary *Summary, opts []Option) iter.Seq2[Membership, error] {
	return func(yield func(Membership, error) bool) {
		fill := summary.start()
		defer fill.publish()
		m, err := c.Get(ctx, Ref{Group: f.Group, Member: f.Member}, opts...)
		var hidden *HiddenError
		switch {
		case errors.Is(err, ErrNotMember):
		case errors.Is(err, ErrUndetermined) && errors.As(err, &hidden) && summary != nil:
			fill.own.Add(hidden.Coverage.Gaps...)
			c.finish(OpGet, f, fill.own)
		case err != nil:
			yield(Membership{}, err)
		case m.State != StateAbsent && f.keeps(&m):
			yield(m, nil)
		}
	}
}

// Pages yields the pages of List from the page of from.Token on, and at most one error,
// last. A page's Next continues the listing in another process, with the same filter
// only. Pages may miss members if the listing changes between them; List compensates for
// that where the provider pages by position. A range from the first page on with fewer
// items than the provider counts ends with ErrMalformed. WithSummary covers the pages of
// one range.
func (c *Client) Pages(ctx context.Context, f Filter, from PageRequest, opts ...Option) iter.Seq2[*Page[Membership], error] {
	if err := checkContext(ctx, c.Name(), Query{Group: f.Group, Member: f.Member}.Op()); err != nil {
		return failedSeq[*Page[Membership]](err)
	}
	op, err := c.checkFilter(&f)
	summary, opts := split(opts)
	if err == nil && op == OpGet {
		err = c.invalid(OpList, errors.New("a filter with a group and a member has no pages"))
	}
	if err == nil && from.Size < 0 {
		err = c.invalid(op, fmt.Errorf("the page size %d is below zero", from.Size))
	}
	token := ""
	if err == nil && from.Token != "" {
		token, err = c.openToken(op, f, from.Token)
	}
	if err != nil {
		return failedSeq[*Page[Membership]](err)
	}
	q := Query{Group: f.Group, Member: f.Member, Role: f.Role, State: f.State, Opts: opts}
	return func(yield func(*Page[Membership], error) bool) {
		fill := summary.start()
		defer fill.publish()
		for page, err := range pages(ctx, c.p.ListPage, q, PageRequest{Token: token, Size: from.Size}) {
			if err != nil {
				yield(nil, c.wrap(ctx, op, err))
				return
			}
			fill.own.SetTotal(page.Total)
			anonymous := 0
			for i := range page.Items {
				if page.Items[i].anonymous(op) {
					anonymous++
				}
			}
			shown := *page
			shown.Gaps = nameGaps(append(slices.Clone(page.Gaps), anonymousGaps(op, anonymous)...), f.Group)
			fill.own.Add(shown.Gaps...)
			if page.Next == "" {
				c.finish(op, f, fill.own)
			}
			fill.publishChanges()
			if !yield(c.clientPage(op, f, &shown), nil) {
				return
			}
		}
	}
}

// ListByPage yields the items of the pages of listPage, and fills summary with their
// totals and gaps. A Provider may implement List with it.
func ListByPage(ctx context.Context, listPage func(context.Context, Query, PageRequest) (*Page[Membership], error), q Query, summary *Summary) iter.Seq2[Membership, error] {
	if err := checkContext(ctx, "", q.Op()); err != nil {
		return failedSeq[Membership](err)
	}
	return func(yield func(Membership, error) bool) {
		for page, err := range pages(ctx, listPage, q, PageRequest{}) {
			if err != nil {
				yield(Membership{}, err)
				return
			}
			summary.SetTotal(page.Total)
			summary.Add(page.Gaps...)
			for _, m := range page.Items {
				if !yield(m, nil) {
					return
				}
			}
		}
	}
}

// maxEmptySearches replaces MaxEmptyPages for the groups of a member. Some providers
// search one group after the other, and most of those pages are empty.
const maxEmptySearches = 100 * MaxEmptyPages

// pages yields the pages from r on. It ends with ErrMalformed for a missing page, a
// repeated token, too many empty pages in a row, and fewer items than the provider's
// total without a hidden gap.
func pages(ctx context.Context, listPage func(context.Context, Query, PageRequest) (*Page[Membership], error), q Query, r PageRequest) iter.Seq2[*Page[Membership], error] {
	return func(yield func(*Page[Membership], error) bool) {
		tokens := map[string]bool{r.Token: true}
		first, rows, total, hidden := r.Token == "", int64(0), Total{}, false
		empty, limit := 0, MaxEmptyPages
		if q.Op() == OpListByMember {
			limit = maxEmptySearches
		}
		for r := r; ; {
			page, err := listPage(ctx, q, r)
			switch {
			case err != nil:
			case page == nil:
				err = &Error{Op: string(q.Op()), Kind: ErrMalformed, Err: errors.New("the provider returned no page")}
			case page.Next != "" && tokens[page.Next]:
				err = &Error{Op: string(q.Op()), Kind: ErrMalformed, Err: errors.New("the provider repeated a page token")}
			case len(page.Items) > 0 || len(page.Gaps) > 0: // a gap counts as an item
				empty = 0
			case page.Next != "":
				if empty++; empty > limit {
					err = &Error{Op: string(q.Op()), Kind: ErrMalformed, Err: fmt.Errorf("more than %d empty pages in a row", limit)}
				}
			}
			if err == nil {
				rows += int64(len(page.Items))
				hidden = hidden || slices.ContainsFunc(page.Gaps, func(g Gap) bool { return g.Level == GapHidden })
				if page.Total.known {
					total = page.Total
				}
			}
			if err != nil {
				yield(nil, err)
				return
			}
			r.Token = page.Next
			tokens[r.Token] = true
			if !yield(page, nil) {
				return
			}
			if r.Token == "" {
				if first && rows < total.n && !hidden {
					yield(nil, &Error{Op: string(q.Op()), Kind: ErrMalformed, Err: fmt.Errorf("the pages have %d items of %d", rows, total.n)})
				}
				return
			}
		}
	}
}

// clientPage filters a page by role, sets the group's name, and seals Next for the
// listing.
func (c *Client) clientPage(op Operation, f Filter, page *Page[Membership]) *Page[Membership] {
	out := &Page[Membership]{Total: page.Total, Gaps: page.Gaps}
	if page.Next != "" {
		out.Next = c.sealToken(op, f, page.Next)
	}
	if f.Role == "" && f.State == "" && f.Group.Name == "" {
		out.Items = page.Items
		return out
	}
	for _, m := range page.Items {
		if f.keeps(&m) {
			m.nameGroup(f.Group)
			out.Items = append(out.Items, m)
		}
	}
	return out
}

// checkFilter sets the defaults of a filter and returns its operation.
func (c *Client) checkFilter(f *Filter) (Operation, error) {
	group, member := f.Group != (Group{}), f.Member != (Member{})
	switch f.State {
	case "", StateActive, StateInvited, StateUnknown:
	default:
		return OpList, c.invalid(OpList, fmt.Errorf("the state is %q; listings have %s, %s and %s", f.State, StateActive, StateInvited, StateUnknown))
	}
	switch {
	case group && member:
		return OpGet, c.check(OpGet, c.checkGroup(&f.Group), c.checkMember(&f.Member))
	case group:
		return OpList, c.check(OpList, c.checkGroup(&f.Group))
	case member:
		return OpListByMember, c.check(OpListByMember, c.checkMember(&f.Member))
	}
	return OpList, c.invalid(OpList, errors.New("the filter has neither a group nor a member; ListAll lists all groups"))
}

// listing returns the texts that identify a client's listing in a page token: those of
// the query, the provider and the role.
func (c *Client) listing(op Operation, f Filter) []string {
	return append(Query{Group: f.Group, Member: f.Member, State: f.State}.Listing(), "client", c.Name(), string(op), string(f.Role))
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

// failedSeq returns a sequence of one error.
func failedSeq[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		yield(zero, err)
	}
}
