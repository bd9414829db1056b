package memberships

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"strings"
	"sync"
)

// applyChunk is the number of changes that Apply plans together. It bounds memory: a
// group is read at most once per chunk.
const applyChunk = 10_000

// Apply makes changes in as few requests as the provider allows, several at once, and
// yields one result per change, in the order of the changes. A failed change does not stop
// the others. Result.Err with ErrOutcomeUnknown names the changes that may have been made.
//
// Changes of one group and member happen one after the other, in their order; a member
// counts as the same if both changes name it in the same way. All other changes happen in
// any order.
//
// Apply reads up to 10,000 changes before the first request; a nil sequence is an empty one.
// Before the changes, it resolves e-mail addresses where the provider resolves many at
// once, and reads a group once where that takes fewer requests than one look-up a change;
// see [BulkOptions] and [Capabilities].
//
// A change that Apply does not begin yields a result with Skipped: after the end of ctx,
// after BulkOptions.Stop, and after a change with ErrUnauthenticated. Apply reads no
// further change then, and yields the error of an ended ctx last. After a break the changes
// in flight end, and no other is begun. A repeat can undo another caller's change: see
// option.WithoutRepeat.
func (c *Client) Apply(ctx context.Context, changes iter.Seq[Change], o BulkOptions, opts ...Option) iter.Seq2[Result, error] {
	if err := checkContext(ctx, c.Name(), opApply); err != nil {
		return failedSeq[Result](err)
	}
	_, opts = split(opts)
	if changes == nil {
		changes = func(func(Change) bool) {}
	}
	return func(yield func(Result, error) bool) {
		a := applier{c: c, o: o, opts: opts, halt: &halt{stop: o.Stop}}
		chunk := make([]Change, 0, 16)
		flush := func() bool {
			ok := a.run(ctx, chunk, func(r Result) bool { return yield(r, nil) })
			chunk = chunk[:0]
			return ok
		}
		for ch := range changes {
			if chunk = append(chunk, ch); len(chunk) == applyChunk && !flush() {
				return
			}
			if err := a.ended(ctx); err != nil {
				a.cut = true
				break
			}
		}
		if flush() && a.cut && ctx.Err() != nil {
			yield(Result{}, c.wrap(ctx, opApply, context.Cause(ctx)))
		}
	}
}

// applier makes the changes of one Apply.
type applier struct {
	c    *Client
	o    BulkOptions
	opts []Option
	// cut reports whether some changes were skipped or not read.
	cut bool
	*halt
}

// run makes the changes of one chunk. It reports false if yield did.
func (a *applier) run(ctx context.Context, changes []Change, yield func(Result) bool) bool {
	if len(changes) == 0 {
		return true
	}
	ctx = withBulkScope(ctx)
	p := a.plan(ctx, changes)
	stop := make(chan struct{})
	window := make(chan struct{}, 4*a.c.concurrency(a.o)) // batches that are ahead of yield
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		a.start(ctx, p, stop, window)
	}()
	defer func() { <-ended }()
	defer close(stop)
	for i := range changes {
		b := p.batchOf[i]
		if b == nil {
			a.cut = a.cut || p.results[i].Skipped
			if !yield(p.results[i]) {
				return false
			}
			continue
		}
		<-b.done
		switch {
		case b.panicked != nil:
			panic(b.panicked)
		case !b.returned:
			runtime.Goexit()
		}
		if b.changes[0] == i {
			<-window
		}
		r := p.results[i]
		a.cut = a.cut || r.Skipped
		r.Err = a.c.notMember(ctx, p.changes[i], r.Err, a.opts, p.addressesOf(p.changes[i]))
		r.Err = a.c.notInvited(p.changes[i], r.Err, a.opts)
		if !yield(r) {
			return false
		}
	}
	return true
}

// start makes the batches of a plan, and returns when they have ended.
func (a *applier) start(ctx context.Context, p *plan, stop <-chan struct{}, window chan<- struct{}) {
	slots := make(chan struct{}, a.c.concurrency(a.o))
	var wg sync.WaitGroup
	defer wg.Wait()
	for i, b := range p.batches {
		select { // first room ahead of yield, then a slot
		case window <- struct{}{}:
		case <-stop:
			return
		}
		select {
		case slots <- struct{}{}:
		case <-stop:
			return
		}
		if err := a.ended(ctx); err != nil {
			p.skip(i, err, stop, window)
			return
		}
		wg.Go(func() {
			defer close(b.done)
			defer func() { <-slots }()
			defer func() { b.panicked = recover() }()
			for _, before := range b.after {
				<-before.done
			}
			a.make(ctx, p, b)
			b.returned = true
		})
	}
}

// make makes the changes of one batch.
func (a *applier) make(ctx context.Context, p *plan, b *batch) {
	if err := a.ended(ctx); err != nil {
		for _, i := range b.changes {
			p.results[i] = a.skipped(ctx, p.changes[i], err)
		}
		return
	}
	if len(b.after) > 0 {
		ctx = afterChange(ctx)
	}
	changes := make([]Change, len(b.changes))
	for j, i := range b.changes {
		changes[j] = p.planned[i]
	}
	for j, r := range a.c.apply(ctx, changes, a.opts) {
		i := b.changes[j]
		if p.former[i].ID != "" && errors.Is(r.Err, ErrNotFound) && !errors.Is(r.Err, ErrOutcomeUnknown) {
			p.former[i] = Membership{} // the membership ended after the reading of the group
			r = a.c.apply(afterChange(ctx), []Change{p.changes[i]}, a.opts)[0]
		}
		p.results[i] = p.result(i, r)
		a.note(r.Err)
	}
}

// skipped returns the result of a change that is not begun because of err.
func (a *applier) skipped(ctx context.Context, ch Change, err error) Result {
	return Result{Change: ch, Skipped: true, Err: a.c.unbegun(ctx, ch.Op, err)}
}

// plan is a chunk of changes in batches, each of which the provider makes in one call.
type plan struct {
	a       *applier
	ctx     context.Context
	changes []Change // as the caller gave them, with defaults
	planned []Change // with the ids that were looked up
	former  []Membership
	results []Result
	batches []*batch
	batchOf []*batch // by change; nil if the change has its result already

	addresses map[Group]*addresses
}

// batch is the changes of one call, by their indexes.
type batch struct {
	changes []int
	after   []*batch // those with earlier changes of the same members
	done    chan struct{}

	// These fields are set before done is closed.
	returned bool // false after a panic or Goexit
	panicked any
}

// plan checks the changes of a chunk, looks up what saves requests, and forms the batches.
func (a *applier) plan(ctx context.Context, changes []Change) *plan {
	p := &plan{
		a: a, ctx: ctx, changes: append([]Change(nil), changes...), former: make([]Membership, len(changes)), results: make([]Result, len(changes)),
		batchOf: make([]*batch, len(changes)), addresses: map[Group]*addresses{},
	}
	p.check()
	if a.ended(ctx) == nil {
		p.lookUp()
	}
	p.form()
	return p
}

// check gives every invalid change its result.
func (p *plan) check() {
	for i := range p.changes {
		if err := p.a.c.checkChange(&p.changes[i]); err != nil {
			p.results[i] = Result{Change: p.changes[i], Err: err}
		}
	}
	p.planned = append([]Change(nil), p.changes...)
}

// open returns the changes without a result that no earlier change of the same member
// precedes.
func (p *plan) open() []int {
	var out []int
	seen := map[memberKey]bool{}
	for i := range p.changes {
		key := keyOf(p.changes[i].Ref)
		if p.results[i].Err == nil && !seen[key] {
			out = append(out, i)
		}
		seen[key] = true
	}
	return out
}

// memberKey identifies the member of a change.
type memberKey struct {
	group  Group
	kind   MemberKind
	id     string
	scheme byte
}

func keyOf(r Ref) memberKey {
	group := Group{Kind: r.Group.Kind, ID: r.Group.ID}
	switch {
	case r.Member.ID != "":
		return memberKey{group, r.Member.Kind, r.Member.ID, 'm'}
	case r.Member.Email != "":
		return memberKey{group, r.Member.Kind, strings.ToLower(r.Member.Email), 'e'}
	}
	return memberKey{Group{Kind: r.Group.Kind}, "", r.ID, 'i'}
}

// lookUp resolves addresses and finds the ids of memberships where many at once take fewer
// requests.
func (p *plan) lookUp() {
	open := p.open()
	if p.a.c.caps.ResolveBatch > 1 {
		p.resolve(open)
	}
	if p.a.c.caps.ChangesByID {
		p.find(open)
	}
}

// resolve sets the ids of the members that the changes name by address alone. A failed
// look-up is the result of its change. A change is not begun if its look-up could not end.
func (p *plan) resolve(open []int) {
	var named []int
	var members []Member
	for _, i := range open {
		if ref := p.changes[i].Ref; ref.ID == "" && ref.Member.ID == "" {
			named, members = append(named, i), append(members, ref.Member)
		}
	}
	if len(members) < 2 { // the provider may have a shorter way for one
		return
	}
	found := p.a.c.resolveMany(p.ctx, members, p.a.o, p.a.opts, p.a.halt)
	ended, refused := p.a.ended(p.ctx), false
	for j, r := range found {
		i := named[j]
		answered := r.Err == nil || errors.Is(r.Err, ErrNotFound) || errors.Is(r.Err, ErrAmbiguous) || errors.Is(r.Err, ErrInvalidArgument)
		if ended != nil && !answered && (refused || !errors.Is(r.Err, ErrUnauthenticated)) {
			p.results[i] = p.a.skipped(p.ctx, p.changes[i], ended)
			continue
		}
		refused = refused || errors.Is(r.Err, ErrUnauthenticated)
		if errors.Is(r.Err, ErrNoSuchMember) && p.mayBeInvited() {
			continue
		}
		if r.Err != nil {
			err := p.a.c.notMember(p.ctx, p.changes[i], r.Err, p.a.opts, p.addressesOf(p.changes[i]))
			p.results[i] = Result{Change: p.changes[i], Err: p.a.c.notInvited(p.changes[i], err, p.a.opts)}
			continue
		}
		p.planned[i].Ref.Member.ID = r.Member.ID
	}
}

// mayBeInvited reports whether an address without an account may be invited: the provider
// then decides.
func (p *plan) mayBeInvited() bool { return p.a.c.caps.Invites }

// find sets the ids of the memberships that updates and removals name by their member.
func (p *plan) find(open []int) {
	wanted := map[Group][]int{}
	var order []Group
	for _, i := range open {
		if ch := p.planned[i]; ch.Op != OpAdd && ch.Ref.ID == "" && p.results[i].Err == nil {
			if wanted[ch.Ref.Group] == nil {
				order = append(order, ch.Ref.Group)
			}
			wanted[ch.Ref.Group] = append(wanted[ch.Ref.Group], i)
		}
	}
	for _, g := range order {
		of := wanted[g]
		if len(of) < worthReading {
			continue
		}
		members := make([]Member, len(of))
		for j, i := range of {
			members[j] = p.planned[i].Ref.Member
		}
		read := p.a.c.readGroup(p.ctx, g, members, p.a.opts)
		for j, i := range of {
			if m := read.found[j]; m.ID != "" { // else the provider looks the member up
				p.planned[i].Ref.ID, p.former[i] = m.ID, m
			}
		}
	}
}

// form forms the batches.
func (p *plan) form() {
	type kind struct {
		op    Operation
		group Group
		role  Role
	}
	most := max(p.a.c.caps.ChangeBatch, 1)
	last := map[memberKey]*batch{} // of every member
	filling := map[kind]*batch{}
	for i, ch := range p.planned {
		if p.results[i].Err != nil {
			continue
		}
		k, key := kind{ch.Op, ch.Ref.Group, ""}, keyOf(p.changes[i].Ref)
		b := filling[k]
		if b == nil || len(b.changes) == most || most > 1 && last[key] != nil {
			b = &batch{done: make(chan struct{})}
			filling[k] = b
			p.batches = append(p.batches, b)
		}
		if before := last[key]; before != nil {
			b.after = append(b.after, before)
		}
		b.changes, p.batchOf[i], last[key] = append(b.changes, i), b, b
	}
}

// result returns the result of a change for the caller: with the change as the caller gave
// it, and the former membership that was read for a removal.
func (p *plan) result(i int, r Result) Result {
	r.Change = p.changes[i]
	if was := p.former[i]; was.ID != "" && r.Err == nil && r.Change.Op == OpRemove {
		r.Membership = was
	}
	return r
}

// skip gives the changes of the batches from the i-th on the result of a change that is not
// begun. The i-th holds its place in window already.
func (p *plan) skip(i int, err error, stop <-chan struct{}, window chan<- struct{}) {
	for j, b := range p.batches[i:] {
		if j > 0 {
			select {
			case window <- struct{}{}:
			case <-stop:
				return
			}
		}
		for _, k := range b.changes {
			p.results[k] = p.a.skipped(p.ctx, p.changes[k], err)
		}
		b.returned = true
		close(b.done)
	}
}

// addressesOf returns the addresses of the members of a change's group.
func (p *plan) addressesOf(ch Change) *addresses {
	g := Group{Kind: ch.Ref.Group.Kind, ID: ch.Ref.Group.ID}
	if p.addresses[g] == nil {
		p.addresses[g] = new(addresses)
	}
	return p.addresses[g]
}
