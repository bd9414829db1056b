package memberships

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
)

// Lookup is the result of GetMany for one ref.
type Lookup struct {
	// Membership is zero beside an Err.
	Membership Membership
	// Member is the member of the ref, with its ID if the ref's e-mail address was
	// resolved.
	Member Member
	Err    error
}

// GetMany returns one result per ref, in their order, each as Get returns it; an address
// without an account may be ErrNoSuchMember here and ErrNotMember there. It reads a
// group once in place of a look-up per member, if it has several refs of that group and the
// reading takes fewer requests. The error is for arguments that no look-up can use.
func (c *Client) GetMany(ctx context.Context, refs []Ref, o BulkOptions, opts ...Option) ([]Lookup, error) {
	if err := checkContext(ctx, c.Name(), OpGet); err != nil {
		return nil, err
	}
	if err := c.check(OpGet); err != nil {
		return nil, err
	}
	_, opts = split(opts)
	ctx = withBulkScope(ctx)
	h := &halt{stop: o.Stop}
	out := make([]Lookup, len(refs))
	byGroup := map[Group][]int{}
	var order []Group
	var single []int
	for i, ref := range refs {
		out[i].Err = c.check(OpGet, c.checkRef(&ref))
		out[i].Member = ref.Member
		switch {
		case out[i].Err != nil:
		case ref.ID != "" || !c.caps.Can(OpList):
			single = append(single, i)
		default:
			if byGroup[ref.Group] == nil {
				order = append(order, ref.Group)
			}
			byGroup[ref.Group] = append(byGroup[ref.Group], i)
		}
	}
	for _, g := range order {
		if !c.readable(refs, byGroup[g]) {
			single = append(single, byGroup[g]...)
			continue
		}
		single = append(single, c.getFromGroup(ctx, g, byGroup[g], out, o, opts, h)...)
	}
	each(c.concurrency(o), single, func(i int) {
		if err := h.ended(ctx); err != nil {
			out[i].Err = c.unbegun(ctx, OpGet, err)
			return
		}
		m, err := c.Get(ctx, refs[i], opts...)
		h.note(err)
		out[i].Membership, out[i].Err = m, err
		if m.Member.ID != "" {
			out[i].Member = m.Member
		}
	})
	return out, nil
}

// readable reports whether a reading of a group can take fewer requests than a look-up of
// each of the refs. The listings of a provider without a directory may show no addresses.
func (c *Client) readable(refs []Ref, of []int) bool {
	shown := 0
	for _, i := range of {
		if refs[i].Member.ID != "" || c.caps.Directory {
			shown++
		}
	}
	return shown >= worthReading
}

// getFromGroup fills the results of the refs of one group from one reading of it. It
// returns the refs that the reading leaves open.
func (c *Client) getFromGroup(ctx context.Context, g Group, of []int, out []Lookup, o BulkOptions, opts []Option, h *halt) (open []int) {
	members := make([]Member, len(of))
	for j, i := range of {
		members[j] = out[i].Member
	}
	read := c.readGroup(ctx, g, members, opts)
	var unknown []int // named by an address that no member shows
	for j, i := range of {
		switch m := read.found[j]; {
		case m.Provider != "":
			out[i] = Lookup{Membership: m, Member: m.Member}
		case !read.complete:
			open = append(open, i)
		case out[i].Member.ID != "" && read.unidentified:
			open = append(open, i) // may be invited by an address
		case out[i].Member.ID != "":
			out[i].Err = &Error{Provider: c.Name(), Op: string(OpGet), Kind: ErrNotMember}
		case c.caps.Directory:
			unknown = append(unknown, i)
		default:
			open = append(open, i)
		}
	}
	addresses := make([]Member, len(unknown))
	for j, i := range unknown {
		addresses[j] = out[i].Member
	}
	for j, r := range c.resolveMany(ctx, addresses, o, opts, h) {
		i := unknown[j]
		m, ok := read.byID[r.Member.ID]
		switch {
		case r.Err != nil:
			out[i].Err = r.Err
		case ok:
			out[i] = Lookup{Membership: m, Member: m.Member}
		case read.unidentified:
			open = append(open, i)
		default:
			out[i].Member = r.Member
			out[i].Err = &Error{Provider: c.Name(), Op: string(OpGet), Kind: ErrNotMember}
		}
	}
	return open
}

// worthReading is the number of look-ups in one group from which on a reading of the group
// replaces them. A reading ends unfinished after as many pages as it replaces look-ups, so
// that it at most doubles the requests, in a group that is too large for it.
const worthReading = 2

// groupReading is the result of readGroup.
type groupReading struct {
	// found has the membership of every wanted member, zero if it was not found.
	found []Membership
	// complete reports whether the whole group was read, and showed every member.
	complete bool
	// unidentified reports whether a row has an address and no id, as an invitation has: the
	// absence of an id then proves nothing.
	unidentified bool
	// byID has all memberships by the ids of their members, if an address was wanted that
	// no member showed.
	byID map[string]Membership
}

// readGroup reads a group for the memberships of the wanted members. It ends after the last
// of them, at the end of the listing, or when the reading is no longer worth it.
func (c *Client) readGroup(ctx context.Context, g Group, wanted []Member, opts []Option) groupReading {
	read := groupReading{found: make([]Membership, len(wanted)), byID: map[string]Membership{}}
	byID, byEmail := map[Member][]int{}, map[string][]int{}
	for i, m := range wanted {
		if m.ID != "" {
			key := Member{Kind: m.Kind, ID: m.ID}
			byID[key] = append(byID[key], i)
		} else {
			byEmail[strings.ToLower(m.Email)] = append(byEmail[strings.ToLower(m.Email)], i)
		}
	}
	open, most := len(wanted), len(wanted)*max(c.caps.MaxPageSize, 1)
	var summary Summary
	rows := 0
	for m, err := range c.List(ctx, Filter{Group: g}, append(opts[:len(opts):len(opts)], WithSummary(&summary))...) {
		if err != nil {
			return read
		}
		if rows++; rows > most {
			return read
		}
		read.unidentified = read.unidentified || m.Member.ID == ""
		if len(byEmail) > 0 && m.Member.ID != "" {
			read.byID[m.Member.ID] = m
		}
		of := byID[Member{Kind: m.Member.Kind, ID: m.Member.ID}]
		if m.Member.Email != "" {
			of = append(of[:len(of):len(of)], byEmail[strings.ToLower(m.Member.Email)]...)
		}
		for _, i := range of {
			if read.found[i].Provider == "" {
				read.found[i] = m
				open--
			}
		}
		if open == 0 {
			return read
		}
	}
	read.complete = len(summary.Coverage.Hidden()) == 0
	return read
}

// ResolveMany finds members by e-mail address, as Resolve does, and returns one result per
// member, in their order. It sends as few requests as the provider allows, and asks for
// every address once. The error is for arguments that no look-up can use.
func (c *Client) ResolveMany(ctx context.Context, members []Member, o BulkOptions, opts ...Option) ([]Resolution, error) {
	if err := checkContext(ctx, c.Name(), opResolve); err != nil {
		return nil, err
	}
	if !c.caps.Email {
		return nil, c.unsupported(opResolve)
	}
	_, opts = split(opts)
	return c.resolveMany(ctx, members, o, opts, &halt{stop: o.Stop}), nil
}

// resolveMany is ResolveMany, until h ends it.
func (c *Client) resolveMany(ctx context.Context, members []Member, o BulkOptions, opts []Option, h *halt) []Resolution {
	out := make([]Resolution, len(members))
	asked := map[Member][]int{}
	var distinct []Member
	for i, m := range members {
		if err := CheckID("the member's e-mail address", m.Email); err != nil {
			out[i].Err = c.invalid(opResolve, err)
			continue
		}
		key := Member{Kind: m.Kind, Email: m.Email}
		if asked[key] == nil {
			distinct = append(distinct, m)
		}
		asked[key] = append(asked[key], i)
	}
	size := max(c.caps.ResolveBatch, 1)
	var starts []int
	for at := 0; at < len(distinct); at += size {
		starts = append(starts, at)
	}
	each(c.concurrency(o), starts, func(at int) {
		batch := distinct[at:min(at+size, len(distinct))]
		var found []Resolution
		err := h.ended(ctx)
		if err != nil {
			err = c.unbegun(ctx, opResolve, err)
		} else {
			found, err = c.p.Resolve(ctx, batch, opts...)
		}
		if err == nil && len(found) != len(batch) {
			err = &Error{Provider: c.Name(), Op: string(opResolve), Kind: ErrMalformed, Err: fmt.Errorf("the provider returned %d resolutions of %d members", len(found), len(batch))}
		}
		for j, m := range batch {
			r := Resolution{Err: err}
			if err == nil {
				r = found[j]
			}
			r.Err = c.wrap(ctx, opResolve, r.Err)
			h.note(r.Err)
			for _, i := range asked[Member{Kind: m.Kind, Email: m.Email}] {
				out[i] = r
			}
		}
	})
	return out
}

// each calls do for every item, at most n at once, and returns when all have ended. A panic
// or Goexit of do is the caller's.
func each[T any](n int, items []T, do func(T)) {
	if len(items) == 1 {
		do(items[0])
		return
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var panicked any
	returned := 0
	slots := make(chan struct{}, n)
	for _, item := range items {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			defer func() {
				if p := recover(); p != nil {
					mu.Lock()
					defer mu.Unlock()
					panicked = p
				}
			}()
			do(item)
			mu.Lock()
			defer mu.Unlock()
			returned++
		})
	}
	wg.Wait()
	switch {
	case panicked != nil:
		panic(panicked)
	case returned < len(items):
		runtime.Goexit()
	}
}
