package providertest

import (
	"context"
	"errors"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
)

// changes returns changes for one Apply, and the index of the one that must fail.
func (t *checker) changes() (all []memberships.Change, bad int) {
	nowhere, alan := ref(t.Unknown, byID(t.Alan)), ref(t.Small, byID(t.Alan))
	if t.caps.Can(memberships.OpUpdate) {
		all = append(all, memberships.Change{Op: memberships.OpUpdate, Ref: alan, Role: t.otherRole()})
	}
	bad = len(all)
	all = append(all, memberships.Change{Op: memberships.OpRemove, Ref: nowhere})
	if t.caps.Can(memberships.OpAdd) {
		all = append(all, memberships.Change{Op: memberships.OpAdd, Ref: ref(t.Small, byID(t.Niklaus))})
	}
	return append(all, memberships.Change{Op: memberships.OpRemove, Ref: alan}), bad
}

func applyKeepsOrder(t *checker) {
	changes, bad := t.changes()
	var seq = t.Provider.Apply(t.Context(), nil)
	t.quiet("Apply before the first range, and of no changes", func() {
		for r, err := range seq {
			t.Errorf("Apply of no changes: got %+v, %v", r, err)
		}
		seq = t.Provider.Apply(t.Context(), changes)
	})
	got := list(t, "Apply", seq)
	if len(got) != len(changes) {
		t.Errorf("Apply: got %d results of %d changes; go on after one that fails", len(got), len(changes))
		return
	}
	for i, r := range got {
		what := "Apply of " + string(changes[i].Op)
		if diff := cmp.Diff(changes[i], r.Change); diff != "" {
			t.Errorf("%s: result %d is of another change (-want +got):\n%s", what, i, diff)
		}
		if i == bad {
			t.wantNotFound(what+" in a group that does not exist, among others", r.Err)
			continue
		}
		if r.Err != nil {
			t.Errorf("%s: got %v; one change that fails does not spoil the others", what, r.Err)
			continue
		}
		t.wantMember(what, r.Membership, changes[i].Ref.Member)
	}
	if t.caps.Can(memberships.OpList) {
		who := []memberships.Member{t.Ada}
		if t.caps.Can(memberships.OpAdd) {
			who = append(who, t.Niklaus)
		}
		t.wantMembers("List after Apply", t.members(t.Small), len(who), who...)
	}
}

// wantMember checks that a changed membership names its member and its group.
func (t *checker) wantMember(what string, m memberships.Membership, who memberships.Member) {
	t.Helper()
	byID, byEmail := who.ID != "" && m.Member.ID == who.ID, who.Email != "" && strings.EqualFold(m.Member.Email, who.Email)
	if !byID && !byEmail || m.Group.ID != t.Small.ID {
		t.Errorf("%s: got the membership %+v, want one that says that it is of %s in %s", what, m, who, t.Small)
	}
}

// removeTells checks the membership that Remove returns. Before the deletion of an
// account it is the only record of the group.
func removeTells(t *checker) {
	for _, who := range t.identities(t.Alan) {
		was := must[memberships.Membership](t, "Remove")(t.client.Remove(t.Context(), ref(t.Small, who)))
		t.wantMember("Remove", was, t.Alan)
		if !t.caps.Can(memberships.OpAdd) {
			return
		}
		must[memberships.Membership](t, "Add")(t.client.Add(t.Context(), t.Small, byID(t.Alan), ""))
	}
}

// applyUnknownOp tries operations that a later release may add.
func applyUnknownOp(t *checker) {
	t.unchanged("Apply of what is no change", t.Small, func() {
		for _, op := range []memberships.Operation{"", "promote", memberships.OpList, memberships.OpGet} {
			ch := memberships.Change{Op: op, Ref: ref(t.Small, byID(t.Alan)), Role: t.otherRole()}
			t.quiet("Apply of the operation "+string(op), func() {
				if err := t.one(ch); !errors.Is(err, memberships.ErrUnsupported) && !errors.Is(err, memberships.ErrInvalidArgument) {
					t.Errorf("Apply of the operation %q: got %v, want ErrUnsupported; name each of the three, and make none of them the default", op, err)
				}
			})
		}
	})
}

// applyEnds cancels the context of a range after its first result.
func applyEnds(t *checker) {
	changes := []memberships.Change{
		{Op: memberships.OpRemove, Ref: ref(t.Small, byID(t.Niklaus))}, // who is not there
		{Op: memberships.OpRemove, Ref: ref(t.Small, byID(t.Alan))},
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var first, last error
	n := 0
	for r, err := range t.Provider.Apply(ctx, changes) {
		if err == nil {
			err = r.Err
		}
		if n++; n == 1 {
			first = err
		}
		last = err
		cancel()
	}
	t.wantKind("Apply", first, memberships.ErrNotFound)
	if n < 2 || !errors.Is(last, context.Canceled) {
		t.Errorf("Apply whose context ended after the first of two changes: got %d results and at last %v, want %v", n, last, context.Canceled)
	}
	if t.caps.Can(memberships.OpList) {
		t.wantMembers("List after an Apply whose context ended", t.members(t.Small), 2, t.Ada, t.Alan)
	}
}
