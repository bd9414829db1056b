package providertest

import (
	"context"
	"errors"
	"time"

	"github.com/memberships-go/memberships"
)

// groups returns Small, Large and, if present, Empty.
func (t *checker) groups() []memberships.Group {
	groups := []memberships.Group{t.Small, t.Large}
	if t.Empty.ID != "" {
		groups = append(groups, t.Empty)
	}
	return groups
}

// invalidGroup returns a group that fails without a request.
func (t *checker) invalidGroup() memberships.Group {
	return memberships.Group{Kind: t.Small.Kind, ID: "a\x00b"}
}

// wantGroups compares the members from ListMany with those from List.
func (t *checker) wantGroups(got []memberships.Membership, groups ...memberships.Group) {
	t.Helper()
	of := map[string][]memberships.Membership{}
	for _, m := range got {
		of[m.Group.ID] = append(of[m.Group.ID], m)
	}
	for _, g := range groups {
		t.wantSame("ListMany and List of "+g.String()+" differ", t.members(g), of[g.ID])
		delete(of, g.ID)
	}
	for id := range of {
		t.Errorf("ListMany: got members of %q, which was not asked for", id)
	}
}

func manyListsAll(t *checker) {
	seq := t.client.ListMany(t.Context(), t.groups(), memberships.ManyOptions{Concurrency: 2})
	t.wantGroups(list(t, "ListMany", seq), t.groups()...)
}

func manyKeepsGoing(t *checker) {
	groups := append([]memberships.Group{t.invalidGroup()}, t.groups()...)
	var got []memberships.Membership
	var failed []error
	for m, err := range t.client.ListMany(t.Context(), groups, memberships.ManyOptions{KeepGoing: true}) {
		if err != nil {
			failed = append(failed, err)
			continue
		}
		got = append(got, m)
	}
	var of *memberships.GroupError
	if len(failed) != 1 || !errors.As(failed[0], &of) || of.Group != t.invalidGroup() {
		t.Errorf("ListMany: got the errors %v, want one, a *GroupError of the invalid group", failed)
	}
	t.wantGroups(got, t.groups()...)
}

func manyEndsAtError(t *checker) {
	t.Inject(&Fault{Kind: PermissionDenied})
	got, err := read(t, "ListMany", t.client.ListMany(t.Context(), t.groups(), memberships.ManyOptions{}))
	t.wantKind("ListMany", err, memberships.ErrPermissionDenied)
	var of *memberships.GroupError
	if !errors.As(err, &of) || of.Group.ID == "" || len(got) != 0 {
		t.Errorf("ListMany: got %d members and %v, want none and a *GroupError that names a group", len(got), err)
	}
}

func manyBreaks(t *checker) {
	for _, err := range t.client.ListMany(t.Context(), t.groups(), memberships.ManyOptions{}) {
		if err != nil {
			t.Errorf("ListMany: %v", err)
		}
		break
	}
	t.quiet("ListMany after a loop that broke", t.settle)
}

func manyCancelled(t *checker) {
	t.Inject(&Fault{Kind: Hang, After: 1})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := read(t, "ListMany", t.client.ListMany(ctx, []memberships.Group{t.Large}, memberships.ManyOptions{}))
	t.wantKind("ListMany whose context ended at a second page", err, context.DeadlineExceeded)
}
