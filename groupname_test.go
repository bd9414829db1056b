package memberships_test

import (
	"context"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
)

// TestGroupName: a name that the caller has for a group is in its memberships, unless the
// provider has one, and no other group gets it.
func TestGroupName(t *testing.T) {
	one := func(m membership, err error) iter.Seq2[membership, error] {
		return func(yield func(membership, error) bool) { yield(m, err) }
	}
	ref := memberships.Ref{Group: memberships.Group{Kind: "room", ID: "r", Name: "given"}, Member: member("ada")}
	byID := memberships.Ref{ID: "m1", Group: memberships.Group{Name: "given"}}
	calls := map[string]func(context.Context, *memberships.Client) iter.Seq2[membership, error]{
		"List": func(ctx context.Context, c *memberships.Client) iter.Seq2[membership, error] {
			return c.List(ctx, memberships.Filter{Group: ref.Group})
		},
		"List of one": func(ctx context.Context, c *memberships.Client) iter.Seq2[membership, error] {
			return c.List(ctx, memberships.Filter{Group: ref.Group, Member: ref.Member})
		},
		"ListMany": func(ctx context.Context, c *memberships.Client) iter.Seq2[membership, error] {
			return c.ListMany(ctx, []memberships.Group{ref.Group}, memberships.ManyOptions{})
		},
		"Pages": func(ctx context.Context, c *memberships.Client) iter.Seq2[membership, error] {
			return func(yield func(membership, error) bool) {
				for p, err := range c.Pages(ctx, memberships.Filter{Group: ref.Group}, memberships.PageRequest{}) {
					if err != nil || len(p.Items) != 1 || !yield(p.Items[0], nil) {
						t.Errorf("got %+v, %v", p, err)
						return
					}
				}
			}
		},
		"Get": func(ctx context.Context, c *memberships.Client) iter.Seq2[membership, error] {
			return one(c.Get(ctx, ref))
		},
		"Get by id": func(ctx context.Context, c *memberships.Client) iter.Seq2[membership, error] {
			return one(c.Get(ctx, byID))
		},
		"Add": func(ctx context.Context, c *memberships.Client) iter.Seq2[membership, error] {
			return one(c.Add(ctx, ref.Group, ref.Member, ""))
		},
		"Update": func(ctx context.Context, c *memberships.Client) iter.Seq2[membership, error] {
			return one(c.Update(ctx, ref, memberships.RoleManager))
		},
		"Remove": func(ctx context.Context, c *memberships.Client) iter.Seq2[membership, error] {
			return one(c.Remove(ctx, ref))
		},
	}
	for name, call := range calls {
		for told, want := range map[memberships.Group]string{
			{Kind: "room", ID: "r"}:                 "given",
			{Kind: "room", ID: "r", Name: "theirs"}: "theirs",
			{Kind: "room", ID: "other"}:             "",
		} {
			if name == "Get by id" && told.ID == "other" {
				want = "given" // nothing says which group it is the name of
			}
			m := membership{Provider: "stub", ID: "m1", Group: told, Member: member("ada")}
			items := []membership{m}
			s := &stub{
				caps: able(),
				listPage: func(context.Context, memberships.Query, memberships.PageRequest) (*page, error) {
					return &page{Items: items}, nil
				},
				get:   func(context.Context, memberships.Ref) (membership, error) { return m, nil },
				apply: func(memberships.Change) (membership, error) { return m, nil },
			}
			var got []string
			for m, err := range call(t.Context(), memberships.New(s)) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, m.Group.Name)
			}
			if diff := cmp.Diff([]string{want}, got); diff != "" {
				t.Errorf("%s of %v: (-want +got)\n%s", name, told, diff)
			}
			if items[0].Group != told {
				t.Errorf("%s changed the provider's page to %v", name, items[0].Group)
			}
		}
	}
}
