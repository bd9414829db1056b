package pubnub

import (
	"context"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/option"
)

// Apply makes successive changes of one operation and channel together: it resolves their
// addresses, reads their rows and writes them, with a request for about a hundred in each
// step. A single change takes the same steps.
func (p *provider) Apply(ctx context.Context, changes []memberships.Change, opts ...option.Option) iter.Seq2[memberships.Result, error] {
	p = p.with(opts)
	return func(yield func(memberships.Result, error) bool) {
		for from, to := 0, 0; from < len(changes); from = to {
			if err := ctx.Err(); err != nil && from > 0 {
				yield(memberships.Result{}, &memberships.Error{Provider: api.Name, Op: string(changes[from].Op), Kind: err, Err: context.Cause(ctx)})
				return
			}
			to = from + alike(changes[from:])
			for r, err := range p.applyAlike(ctx, changes[from:to]) {
				if !yield(r, err) || err != nil {
					return
				}
			}
		}
	}
}

// alike returns the number of first changes that Apply makes together.
func alike(changes []memberships.Change) int {
	first, n := changes[0], 1
	switch first.Op {
	case memberships.OpAdd, memberships.OpUpdate, memberships.OpRemove:
	default:
		return 1
	}
	for n < min(len(changes), maxEntries) && changes[n].Op == first.Op && changes[n].Ref.Group.ID == first.Ref.Group.ID {
		n++
	}
	return n
}

func (p *provider) applyAlike(ctx context.Context, changes []memberships.Change) iter.Seq2[memberships.Result, error] {
	if len(changes) == 1 {
		return memberships.ApplyEach(ctx, changes, p.apply)
	}
	return func(yield func(memberships.Result, error) bool) {
		m := &many{
			provider: p, op: changes[0].Op, channel: changes[0].Ref.Group.ID, yield: yield,
			results: make([]memberships.Result, len(changes)), done: make([]bool, len(changes)), ids: make([]string, len(changes)),
		}
		for i, ch := range changes {
			m.results[i] = memberships.Result{Change: ch}
		}
		m.run(ctx)
	}
}

// many is changes of one operation and channel with their results.
type many struct {
	*provider
	op      memberships.Operation
	channel string
	results []memberships.Result
	done    []bool
	ids     []string // of the users

	yield   func(memberships.Result, error) bool
	yielded int // the first results
}

// run makes the changes. It yields each result as soon as it is known, so that a caller can
// end the changes behind a failed one.
func (m *many) run(ctx context.Context) {
	for i := range m.results {
		m.settle(i, m.check(m.results[i].Change))
	}
	m.identify(ctx)
	for m.flush(ctx) {
		of := m.distinct()
		rows, err := m.read(ctx, of)
		set, deleted := m.entries(ctx, of, rows, err)
		if len(set)+len(deleted) > 0 && m.flush(ctx) {
			m.write(ctx, of, rows, set, deleted)
		}
	}
}

// settle ends a change that has failed.
func (m *many) settle(i int, err error) {
	if err != nil {
		m.results[i].Err, m.done[i] = err, true
	}
}

// flush yields the next results that are known. It reports whether changes are left to make:
// not after the end of ctx or of the loop.
func (m *many) flush(ctx context.Context) bool {
	for ; m.yielded < len(m.results) && m.done[m.yielded]; m.yielded++ {
		if !m.yield(m.results[m.yielded], nil) {
			m.yielded = len(m.results)
			return false
		}
	}
	if m.yielded == len(m.results) {
		return false
	}
	if err := ctx.Err(); err != nil && m.yielded > 0 {
		m.yield(memberships.Result{}, &memberships.Error{Provider: api.Name, Op: string(m.op), Kind: err, Err: context.Cause(ctx)})
		m.yielded = len(m.results)
		return false
	}
	return true
}

// check refuses a change that no request can make.
func (m *many) check(ch memberships.Change) error {
	if err := checkRole(m.op, ch.Role); err != nil && m.op != memberships.OpRemove {
		return err
	}
	return m.checkRef(m.op, ch.Ref)
}

// identify finds the ids of the users, in as few requests as possible.
func (m *many) identify(ctx context.Context) {
	var named []int
	var members []memberships.Member
	for i := range m.results {
		who := m.results[i].Change.Ref.Member
		if m.ids[i] = who.ID; who.ID == "" && !m.done[i] {
			named, members = append(named, i), append(members, who)
		}
	}
	for j, found := range m.resolveAll(ctx, members) {
		i := named[j]
		if m.ids[i] = found.Member.ID; found.Err == nil {
			found.Err = refuse(m.op, checkID("the user id", found.Member.ID))
		}
		m.settle(i, found.Err)
	}
}

// distinct returns the first open change of every user, by the id: an address may name the
// same user as an id.
func (m *many) distinct() map[string]int {
	of := map[string]int{}
	for i, id := range m.ids {
		if _, other := of[id]; !other && !m.done[i] {
			of[id] = i
		}
	}
	return of
}

// entries returns the entries that make changes, and settles the changes that the rows do not
// permit. err is the error of the rows.
func (m *many) entries(ctx context.Context, of map[string]int, rows map[string]*Member, err error) (set []MemberInput, deleted []string) {
	absent := sync.OnceValue(func() error {
		if len(rows) > 0 {
			return api.NotMember(m.op) // the channel has other members
		}
		return m.absent(ctx, m.op, m.channel)
	})
	for i, id := range m.ids {
		if at, ok := of[id]; !ok || at != i {
			continue
		}
		in, err := MemberInput{}, err
		if err == nil {
			in, err = m.entry(i, rows[id], absent)
		}
		switch m.settle(i, err); {
		case err != nil:
		case m.op == memberships.OpRemove:
			deleted = append(deleted, id)
		default:
			set = append(set, in)
		}
	}
	return set, deleted
}

// write sends entries and settles their changes.
func (m *many) write(ctx context.Context, of map[string]int, rows map[string]*Member, set []MemberInput, deleted []string) {
	view := m.fromMember(m.channel)
	call := client.Call{Name: writes[m.op], Opts: m.opts, Check: func() error { return nil }} // the entries were checked
	ofChannel(m.c.Members).change(call, m.channel, set, deleted, withUser.include()).each(ctx, func(id string, row *Member, err error) {
		i := of[id]
		if m.op == memberships.OpRemove {
			row = rows[id]
		}
		if m.settle(i, err); err == nil {
			m.results[i].Membership, m.done[i] = view(row), true
		}
	})
}

// entry returns the new content of the member of a change, whose row is nil without one.
func (m *many) entry(i int, row *Member, absent func() error) (in MemberInput, err error) {
	switch role := m.results[i].Change.Role; {
	case m.op == memberships.OpAdd && row != nil:
		return in, errAlreadyThere()
	case m.op == memberships.OpAdd:
		in, err = m.added(m.ids[i], role)
	case row == nil:
		return in, absent()
	case m.op == memberships.OpUpdate:
		in, err = m.updated(row, role)
	default:
		return in, nil
	}
	if err == nil {
		err = refuse(m.op, checkCustom(in.Custom))
	}
	return in, err
}

// writes are the methods of the operations.
var writes = map[memberships.Operation]string{
	memberships.OpAdd: "Members.Add", memberships.OpUpdate: "Members.Update", memberships.OpRemove: "Members.Remove",
}

// read returns the rows of users, by id.
func (m *many) read(ctx context.Context, users map[string]int) (map[string]*Member, error) {
	rows := make(map[string]*Member, len(users))
	for part := range parts(slices.Sorted(maps.Keys(users)), maxEntries, func(id string) Filter { return Eq(FieldUserID, id) }) {
		if err := m.readRows(ctx, m.op, m.channel, part, rows); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// readRows adds the members of a channel among users to rows. It halves a filter that is too
// long.
func (p *provider) readRows(ctx context.Context, op memberships.Operation, channelID string, ids []string, rows map[string]*Member) error {
	params := listParams{Include: withUser.include(), Filter: In(FieldUserID, ids...).Param()}
	found := 0
	for row, err := range ofChannel(p.c.Members).list(channelID, params, client.SizedOptions(p.opts, maxPageSize)).All(ctx) {
		switch {
		case tooLong(err) && len(ids) > 1:
			half := len(ids) / 2
			if err := p.readRows(ctx, op, channelID, ids[:half], rows); err != nil {
				return err
			}
			return p.readRows(ctx, op, channelID, ids[half:], rows)
		case err != nil:
			return err
		case !slices.Contains(ids, row.User.ID):
			return errUnfiltered(op, "users")
		}
		rows[row.User.ID] = row
		if found++; found == len(ids) {
			break
		}
	}
	return nil
}
