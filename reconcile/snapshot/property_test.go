package snapshot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

var (
	providerNames = []string{"box", "clerk"}
	groupIDs      = []string{"1", "2", "3"}
	people        = []string{"ada", "eva", "alan", "grace"}
)

// world draws a snapshot in which each person is in a group at most once.
func world(t *rapid.T, label string) *snapshot.Snapshot {
	s := &snapshot.Snapshot{Providers: rapid.SampledFrom([][]string{nil, {"box"}, {"clerk"}, {"box", "clerk"}}).Draw(t, label+" providers")}
	for _, p := range providerNames {
		for _, g := range groupIDs {
			for _, person := range people {
				role := rapid.SampledFrom([]memberships.Role{"", memberships.RoleMember, memberships.RoleManager}).Draw(t, label+" "+p+g+person)
				if role == "" {
					continue
				}
				m := member(g, person, role)
				m.Provider = p
				s.Rows = append(s.Rows, m)
			}
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, label+" gaps") {
		name := fmt.Sprint(label, " gap ", i)
		g := memberships.Gap{
			Level: rapid.SampledFrom([]memberships.GapLevel{memberships.GapHidden, memberships.GapScope}).Draw(t, name+" level"),
			Text:  rapid.SampledFrom([]string{"box: a", "clerk: b", "c"}).Draw(t, name+" text"),
		}
		if id := rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, name+" group"); id != "" && g.Level == memberships.GapHidden {
			g.Group = memberships.Group{Kind: memberships.KindGroup, ID: id}
		}
		s.Coverage.Gaps = append(s.Coverage.Gaps, g)
	}
	return s
}

// seen says independently of the package whether a snapshot has seen all of a group.
func seen(s *snapshot.Snapshot, m *memberships.Membership) bool {
	present := slices.ContainsFunc(s.Rows, func(r memberships.Membership) bool {
		return r.Provider == m.Provider && r.Group.ID == m.Group.ID
	})
	for _, g := range s.Coverage.Gaps {
		named, _, _ := strings.Cut(g.Text, ": ")
		known := slices.Contains(s.Providers, named) || slices.ContainsFunc(s.Rows, func(r memberships.Membership) bool { return r.Provider == named })
		if known && named != m.Provider || g.Group.ID != "" && g.Group.ID != m.Group.ID {
			continue
		}
		if g.Level == memberships.GapHidden || !present {
			return false
		}
	}
	return present || slices.Contains(s.Providers, m.Provider)
}

// find returns the row of the same person in the same group.
func find(s *snapshot.Snapshot, m *memberships.Membership) *memberships.Membership {
	for i := range s.Rows {
		if r := &s.Rows[i]; r.Provider == m.Provider && r.Group.ID == m.Group.ID && r.Member.ID == m.Member.ID {
			return r
		}
	}
	return nil
}

// Each row of either side is equal to one of the other side, or has exactly one difference,
// which is "not seen" wherever the other side did not see the group.
func TestDiffSaysWhatIsKnown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, new := world(t, "old"), world(t, "new")
		var want []string
		expect := func(kind snapshot.Kind, m *memberships.Membership) {
			want = append(want, fmt.Sprint(kind, " ", m.Provider, m.Group.ID, m.Member.ID))
		}
		for i := range old.Rows {
			m := &old.Rows[i]
			switch other := find(new, m); {
			case other != nil && other.Role != m.Role:
				expect(snapshot.Changed, m)
			case other == nil && seen(new, m):
				expect(snapshot.Removed, m)
			case other == nil:
				expect(snapshot.NotSeen, m)
			}
		}
		for i := range new.Rows {
			m := &new.Rows[i]
			switch {
			case find(old, m) != nil:
			case seen(old, m):
				expect(snapshot.Added, m)
			default:
				expect(snapshot.NotSeen, m)
			}
		}
		var got []string
		for _, c := range snapshot.Diff(old, new) {
			m := c.New
			if m == nil {
				m = c.Old
			}
			got = append(got, fmt.Sprint(c.Kind, " ", m.Provider, m.Group.ID, m.Member.ID))
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// The order of the rows changes nothing, and the other direction has the same differences
// with additions and removals exchanged.
func TestDiffWithoutOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, new := world(t, "old"), world(t, "new")
		forth := describe(snapshot.Diff(old, new))
		shuffled := *new
		shuffled.Rows = rapid.Permutation(new.Rows).Draw(t, "order")
		if diff := cmp.Diff(forth, describe(snapshot.Diff(old, &shuffled))); diff != "" {
			t.Fatalf("another order (-want +got):\n%s", diff)
		}
		if diff := snapshot.Diff(new, &shuffled); len(diff) > 0 {
			t.Fatalf("the same in another order: %v", describe(diff))
		}
		back := describe(snapshot.Diff(new, old))
		for i, line := range back {
			if rest, ok := strings.CutPrefix(line, "added "); ok {
				back[i] = "removed " + rest
			} else if rest, ok := strings.CutPrefix(line, "removed "); ok {
				back[i] = "added " + rest
			}
		}
		if diff := cmp.Diff(forth, back); diff != "" {
			t.Fatalf("the other direction (-want +got):\n%s", diff)
		}
	})
}

// Read returns the snapshot that Write wrote, and finds any one changed byte that changes a value.
func TestReadFindsAnyChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		if err := snapshot.Write(&b, world(t, "s")); err != nil {
			t.Fatal(err)
		}
		text := []byte(b.String())
		first, err := snapshot.Read(strings.NewReader(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		text[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "change"))
		again, err := snapshot.Read(strings.NewReader(string(text)))
		if err == nil && (again.Hash != first.Hash || len(snapshot.Diff(first, again)) > 0) {
			t.Fatalf("the change at %d was not found:\n%s", at, text)
		}
	})
}
