package providertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/memberships-go/memberships"
)

// bulkRow is a change of a list with its expected error.
type bulkRow struct {
	memberships.Change
	// kinds are the expected kinds of the error; none means success.
	kinds []error
}

func adds(g memberships.Group, m memberships.Member, kinds ...error) bulkRow {
	return bulkRow{memberships.Change{Op: memberships.OpAdd, Ref: ref(g, m)}, kinds}
}

func removes(g memberships.Group, m memberships.Member, kinds ...error) bulkRow {
	return bulkRow{memberships.Change{Op: memberships.OpRemove, Ref: ref(g, m)}, kinds}
}

func (t *checker) updates(g memberships.Group, m memberships.Member, kinds ...error) bulkRow {
	return bulkRow{memberships.Change{Op: memberships.OpUpdate, Ref: ref(g, m), Role: t.otherRole()}, kinds}
}

// declared keeps the rows of declared operations.
func (t *checker) declared(rows ...bulkRow) []bulkRow {
	return slices.DeleteFunc(rows, func(r bulkRow) bool {
		return slices.Contains(memberships.Operations(), r.Op) && !t.caps.Can(r.Op)
	})
}

func changesIn(rows []bulkRow) []memberships.Change {
	out := make([]memberships.Change, len(rows))
	for i, r := range rows {
		out[i] = r.Change
	}
	return out
}

// inTurn sends one request after the other, so that a cassette can replay them.
var inTurn = memberships.BulkOptions{Concurrency: 1}

// wantRows makes changes through the client and checks the results.
func (t *checker) wantRows(what string, rows []bulkRow, opts ...memberships.Option) {
	t.Helper()
	got := list(t, what, t.client.Apply(t.Context(), slices.Values(changesIn(rows)), inTurn, opts...))
	t.wantResults(what, rows, got)
}

// wantResults checks that the results are those of the rows, in their order.
func (t *checker) wantResults(what string, rows []bulkRow, got []memberships.Result) {
	t.Helper()
	if len(got) != len(rows) {
		t.Errorf("%s: got %d results of %d changes; each change has one", what, len(got), len(rows))
		return
	}
	for i, r := range got {
		row := fmt.Sprintf("%s: change %d (%s %s in %s)", what, i+1, rows[i].Op, rows[i].Ref.Member, rows[i].Ref.Group)
		switch {
		case r.Change.Op != rows[i].Op || r.Change.Ref.Member.ID != rows[i].Ref.Member.ID || r.Change.Ref.Group.ID != rows[i].Ref.Group.ID:
			t.Errorf("%s: got the result of %+v; keep the order", row, r.Change)
		case r.Skipped:
			t.Errorf("%s: was skipped: %v", row, r.Err)
		case len(rows[i].kinds) > 0:
			t.wantKind(row, r.Err, rows[i].kinds...)
		case r.Err != nil:
			t.Errorf("%s: got %v; one change that fails does not spoil the others", row, r.Err)
		}
	}
}

// bulkApplies mixes groups, operations and changes that fail.
func bulkApplies(t *checker) {
	t.quiet("Apply before the first range, and of no changes", func() {
		t.client.Apply(t.Context(), slices.Values(changesIn(t.declared(removes(t.Small, byID(t.Alan))))), inTurn)
		t.wantRows("Apply of no changes", nil)
	})
	rows := t.declared(
		removes(t.Unknown, byID(t.Alan), memberships.ErrNotFound),
		t.updates(t.Small, byID(t.Alan)),
		adds(t.Large, byID(t.Ada), memberships.ErrAlreadyExists),
		removes(t.Large, byID(t.Nobody), memberships.ErrNotFound),
		removes(t.Large, byID(t.Alan)),
		adds(t.Large, byID(t.Niklaus)),
		bulkRow{memberships.Change{Op: "promote", Ref: ref(t.Small, byID(t.Alan))}, []error{memberships.ErrUnsupported}},
		removes(t.Small, memberships.Member{ID: "a\x00b"}, memberships.ErrInvalidArgument),
		removes(t.Small, memberships.Member{}, memberships.ErrInvalidArgument),
		t.updates(t.Small, byID(t.Niklaus), memberships.ErrNotFound),
		adds(t.Small, byID(t.Alan), memberships.ErrAlreadyExists),
		removes(t.Small, byID(t.Niklaus), memberships.ErrNotFound),
	)
	if t.caps.Email {
		rows = append(rows, t.declared(removes(t.Small, byEmail(t.Nobody), memberships.ErrNotFound), removes(t.Small, byEmail(t.Alan)))...)
	}
	t.wantRows("Apply", rows)
	if !t.caps.Can(memberships.OpList) {
		return
	}
	small, large := []memberships.Member{t.Ada, t.Alan}, []memberships.Member{t.Ada}
	if t.caps.Email {
		small = small[:1]
	}
	size := t.LargeSize - 1
	if t.caps.Can(memberships.OpAdd) {
		size, large = t.LargeSize, append(large, t.Niklaus)
	}
	t.wantMembers("List of Small after Apply", t.members(t.Small), len(small), small...)
	t.wantMembers("List of Large after Apply", t.members(t.Large), size, large...)
}

// bulkSameMember changes one member again and again.
func bulkSameMember(t *checker) {
	t.unchanged("Apply of an addition and a removal", t.Large, func() {
		t.wantRows("Apply of several changes of one member", t.declared(
			removes(t.Large, byID(t.Niklaus), memberships.ErrNotFound),
			adds(t.Large, byID(t.Niklaus)),
			adds(t.Large, byID(t.Niklaus), memberships.ErrAlreadyExists),
			t.updates(t.Large, byID(t.Niklaus)),
			removes(t.Large, byID(t.Niklaus)),
			removes(t.Large, byID(t.Niklaus), memberships.ErrNotFound),
		))
	})
	// The first addition may read the group for all changes, and the removal makes that
	// reading stale.
	t.wantRows("Apply of an addition, and of a removal and an addition of another member", t.declared(
		adds(t.Large, byID(t.Niklaus)),
		removes(t.Large, byID(t.Alan)),
		adds(t.Large, byID(t.Alan)),
		adds(t.Large, byID(t.Alan), memberships.ErrAlreadyExists),
	))
	if t.caps.Can(memberships.OpList) {
		t.wantMembers("List after a removal and an addition", t.members(t.Large), t.LargeSize+1, t.Ada, t.Alan, t.Niklaus)
	}
}

// bulkEnds ends the context of an Apply while a request hangs, and after its first result.
func bulkEnds(t *checker) {
	for after := range 3 {
		t.wantToldApart(fmt.Sprintf("Apply whose context ended at a request after %d", after), &Fault{Kind: Hang, After: after})
	}
	t.wantToldApart("Apply whose context ended after the first result", nil)
}

// bulkHalfWay fails the requests of an Apply after some of them.
func bulkHalfWay(t *checker) {
	for after := range 3 {
		for _, kind := range []FaultKind{PermissionDenied, Unauthenticated, Unavailable} {
			t.wantToldApart(fmt.Sprintf("Apply whose requests failed (%s) after %d", kind, after), &Fault{Kind: kind, After: after})
		}
	}
}

// wantToldApart removes the members of Large but Ada, and checks that the results tell which
// removals were made. The context ends while a request hangs, and at the first result if
// there is no fault.
func (t *checker) wantToldApart(what string, f *Fault) {
	t.Helper()
	var rows []bulkRow
	for _, m := range t.members(t.Large) {
		if m.Member.ID != t.Ada.ID {
			rows = append(rows, removes(t.Large, byID(m.Member)))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if f != nil {
		t.Inject(f)
	}
	if f != nil && f.Kind == Hang {
		defer time.AfterFunc(50*time.Millisecond, cancel).Stop()
	}
	var got []memberships.Result
	var last error
	for r, err := range t.client.Apply(ctx, slices.Values(changesIn(rows)), memberships.BulkOptions{Concurrency: 2}) {
		if last = err; err == nil {
			got = append(got, r)
		}
		if f == nil {
			cancel()
		}
	}
	t.Inject(nil)
	t.settle()
	after := t.memberIDs(t.Large)
	skipped := false
	for _, r := range got {
		who := r.Change.Ref.Member
		skipped = skipped || r.Skipped
		switch there := after[who.ID]; {
		case r.Err == nil && there:
			t.Errorf("%s: the removal of %s has no error, and was not made", what, who)
		case r.Err != nil && !there && !errors.Is(r.Err, memberships.ErrOutcomeUnknown):
			t.Errorf("%s: the removal of %s was made (skipped %t) and has the error %v; want ErrOutcomeUnknown if that is not known", what, who, r.Skipped, r.Err)
		case r.Err != nil && ctx.Err() != nil && !errors.Is(r.Err, memberships.ErrOutcomeUnknown):
			t.wantKind(what, r.Err, context.Canceled)
		}
	}
	if len(got) != len(rows) {
		t.Errorf("%s: got %d results of %d changes; each change that was read has one", what, len(got), len(rows))
	}
	if want := skipped && ctx.Err() != nil; want != (last != nil) {
		t.Errorf("%s: got the error %v at the end; the context ended (%v), and changes were skipped: %t", what, last, ctx.Err(), skipped)
	}
}

// memberIDs returns the ids of the members of a group.
func (t *checker) memberIDs(g memberships.Group) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, m := range t.members(g) {
		out[m.Member.ID] = true
	}
	return out
}

// bulkBreaks leaves a loop over Apply after the first result.
func bulkBreaks(t *checker) {
	rows := []bulkRow{removes(t.Small, byID(t.Alan))}
	for _, m := range t.members(t.Large) {
		if m.Member.ID != t.Ada.ID {
			rows = append(rows, removes(t.Large, byID(m.Member)))
		}
	}
	for r, err := range t.client.Apply(t.Context(), slices.Values(changesIn(rows)), inTurn) {
		if err != nil || r.Err != nil {
			t.Errorf("Apply: %v, %v", r.Err, err)
		}
		break
	}
	t.quiet("Apply after a loop that broke", t.settle)
	t.wantMembers("List after an Apply that broke", t.members(t.Small), 1, t.Ada)
}

// bulkResolves resolves a list with a duplicate, unknown addresses and what is none.
func bulkResolves(t *checker) {
	resolve := func(who ...memberships.Member) []memberships.Resolution {
		t.Helper()
		return must[[]memberships.Resolution](t, "ResolveMany")(t.client.ResolveMany(t.Context(), who, inTurn))
	}
	hostile := memberships.Member{Email: "a\x00b@example.com"}
	t.quiet("ResolveMany of no members, and of what is no address", func() {
		if got := resolve(); len(got) != 0 {
			t.Errorf("ResolveMany of no members: got %v", got)
		}
		resolve(hostile, memberships.Member{})
	})
	who := []memberships.Member{byEmail(t.Niklaus), hostile, byEmail(t.Nobody), byEmail(t.Alan), byEmail(t.Niklaus), {}}
	want := []string{t.Niklaus.ID, "", "", t.Alan.ID, t.Niklaus.ID, ""}
	got := resolve(who...)
	if len(got) != len(who) {
		t.Errorf("ResolveMany: got %d resolutions of %d members", len(got), len(who))
		return
	}
	for i, r := range got {
		what := fmt.Sprintf("ResolveMany: resolution %d, of %q", i+1, who[i].Email)
		switch {
		case who[i] == byEmail(t.Nobody):
			t.wantKind(what, r.Err, memberships.ErrNoSuchMember)
		case want[i] == "":
			t.wantKind(what, r.Err, memberships.ErrInvalidArgument)
		case r.Err != nil:
			t.Errorf("%s: got %v; one that is not found does not spoil the others", what, r.Err)
		case r.Member.ID != want[i]:
			t.Errorf("%s: got %s, want %s; keep the order", what, r.Member, want[i])
		}
		if want[i] == "" && r.Member.ID != "" {
			t.Errorf("%s: got %s beside the error", what, r.Member)
		}
	}
}

// bulkGets compares GetMany with Get, then the same with a hidden part.
func bulkGets(t *checker) {
	refs := []memberships.Ref{
		ref(t.Small, byID(t.Alan)), ref(t.Unknown, byID(t.Alan)), ref(t.Small, byID(t.Niklaus)), ref(t.Large, byID(t.Alan)),
		ref(t.Small, memberships.Member{ID: "a\x00b"}), ref(t.Small, byID(t.Nobody)), ref(t.Small, byID(t.Ada)), ref(t.Small, byID(t.Alan)),
		ref(t.Unknown, byID(t.Ada)), {}, t.get(t.Large, t.Ada).Ref(),
	}
	if t.caps.Email {
		for _, who := range []memberships.Member{t.Ada, t.Niklaus, t.Nobody} {
			refs = append(refs, ref(t.Small, byEmail(who)))
		}
	}
	t.quiet("GetMany of nothing", func() {
		if got, err := t.client.GetMany(t.Context(), nil, inTurn); err != nil || len(got) != 0 {
			t.Errorf("GetMany of nothing: got %v, %v", got, err)
		}
	})
	t.wantGets("GetMany", refs)
	if hide := t.Tamper[Hidden]; hide != nil { // else coverage/hidden says why
		hide()
		t.wantGets("GetMany with a part that is hidden", refs)
	}
}

// wantGets checks that GetMany returns what Get does.
func (t *checker) wantGets(what string, refs []memberships.Ref) {
	t.Helper()
	got := must[[]memberships.Lookup](t, what)(t.client.GetMany(t.Context(), refs, inTurn))
	if len(got) != len(refs) {
		t.Errorf("%s: got %d results of %d refs", what, len(got), len(refs))
		return
	}
	for i, l := range got {
		want, err := t.client.Get(t.Context(), refs[i])
		one := fmt.Sprintf("%s: result %d, of %s in %s", what, i+1, refs[i].Member, refs[i].Group)
		if who := refs[i].Member; t.kindOf(l.Err, who) != t.kindOf(err, who) {
			t.Errorf("%s: got the error %v, and Get returns %v", one, l.Err, err)
		}
		if g := l.Membership; g.ID != want.ID || g.Member.ID != want.Member.ID || g.Group.ID != want.Group.ID || g.Role != want.Role || g.RoleName != want.RoleName || g.State != want.State {
			t.Errorf("%s: got %+v, and Get returns %+v", one, g, want)
		}
	}
}

// kindOf returns the kind of an error of Get, as far as it is the same from every request.
// A reading of the group tells of a member that does not exist that they are no member, and a
// directory that there is no account; both are ErrNotFound.
func (t *checker) kindOf(err error, who memberships.Member) error {
	if nobody := who == byID(t.Nobody) || who == byEmail(t.Nobody); !nobody && errors.Is(err, memberships.ErrNotMember) {
		return memberships.ErrNotMember
	}
	for _, kind := range []error{memberships.ErrInvalidArgument, memberships.ErrUndetermined, memberships.ErrNotFound} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return err
}
