package clerk_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

// moving is a listing with one row for each user, and the calls that change it.
type moving struct {
	list        func(context.Context, *clerk.Client) iter.Seq2[string, error]
	add, remove func(ctx context.Context, c *clerk.Client, userID string) error
}

func movings() map[string]moving {
	organization := func(by string) moving {
		return moving{
			list: func(ctx context.Context, c *clerk.Client) iter.Seq2[string, error] {
				return keys(c.Memberships.ListByOrganization(ctx, "org_crowd", clerk.ListOrganizationMembershipsParams{OrderBy: &by}),
					func(m *clerk.Membership) string { return m.PublicUserData.UserID })
			},
			add: func(ctx context.Context, c *clerk.Client, userID string) error {
				_, err := c.Memberships.Create(ctx, "org_crowd", clerk.CreateMembershipRequest{UserID: userID, Role: clerk.RoleMember})
				return err
			},
			remove: func(ctx context.Context, c *clerk.Client, userID string) error {
				return c.Memberships.Delete(ctx, "org_crowd", userID)
			},
		}
	}
	return map[string]moving{
		"members, the oldest first": organization("+created_at"),
		"members, the newest first": organization("-created_at"),
		"members by name":           organization("first_name"),
		"users by name": {
			list: func(ctx context.Context, c *clerk.Client) iter.Seq2[string, error] {
				return keys(c.Users.List(ctx, clerk.ListUsersParams{OrderBy: new("first_name")}), func(u *clerk.User) string { return u.ID })
			},
			add: func(context.Context, *clerk.Client, string) error { return nil }, // a new user cannot have a chosen id
			remove: func(ctx context.Context, c *clerk.Client, userID string) error {
				return c.Users.Delete(ctx, userID)
			},
		},
	}
}

func keys[T any](seq iter.Seq2[*T, error], key func(*T) string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for v, err := range seq {
			k := ""
			if err == nil {
				k = key(v)
			}
			if !yield(k, err) {
				return
			}
		}
	}
}

// A member present for the whole listing is yielded once, or the listing ends with
// memberships.ErrUnstable.
func TestListWhileMembersChange(t *testing.T) {
	schedules := deeptest.Count(15, 60)
	for name, m := range movings() {
		for _, k := range []int{1, 4} {
			t.Run(fmt.Sprint(name, ", pages at once: ", k), func(t *testing.T) {
				unstable, moved := 0, 0
				for seed := range schedules {
					synctest.Test(t, func(t *testing.T) {
						given, moves := m.run(t, rand.New(rand.NewPCG(uint64(seed), 1)), option.WithParallelPages(k))
						moved += moves
						if given {
							unstable++
						}
					})
				}
				if moved == 0 || unstable == schedules {
					t.Errorf("%d changes, %d of %d listings unstable", moved, unstable, schedules)
				}
			})
		}
	}
}

// run ranges over the listing while it changes. It reports whether the listing ended with
// memberships.ErrUnstable, and the number of changes.
func (m moving) run(t *testing.T, rng *rand.Rand, opts ...option.Option) (unstable bool, moved int) {
	e, err := emulator.New(emulator.WithState("state", []byte(`
people: [{name: Ada, email: ada@example.com}]
groups:
  - {name: Crowd, ids: {clerk: org_crowd}, members: [{email: ada@example.com, role: owner}], count: 29}
  - {name: Everybody, ids: {clerk: org_everybody}, count: 60}`)))
	if err != nil {
		t.Fatal(err)
	}
	client := func(token string, opts ...option.Option) *clerk.Client {
		return must[*clerk.Client](t)(clerk.New(append(opts, option.WithHTTPClient(e.Client()), option.WithToken(token))...))
	}
	others, ctx := client("others"), t.Context()
	var stayed, out []string
	for id, err := range m.list(ctx, others) {
		if err != nil {
			t.Fatal(err)
		}
		stayed = append(stayed, id)
	}
	for _, u := range collect(t, others.Users.List(ctx, clerk.ListUsersParams{})) {
		if !slices.Contains(stayed, u.ID) {
			out = append(out, u.ID)
		}
	}
	ada := must[*clerk.User](t)(others.Users.FindByEmail(ctx, "ada@example.com")).ID // the last administrator, who stays
	pages, calm := 0, rng.IntN(10)
	var mu sync.Mutex
	e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") != "Bearer any" {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		if pages++; pages == 1 {
			return false
		}
		for rng.IntN(calm+1) == calm && rng.IntN(3) > 0 {
			moved++
			if i := rng.IntN(len(out) + 1); rng.IntN(2) == 0 && i < len(out) {
				if err := m.add(ctx, others, out[i]); err != nil {
					t.Error(err)
				}
				out = slices.Delete(out, i, i+1)
			} else if i := rng.IntN(len(stayed)); stayed[i] != ada {
				if err := m.remove(ctx, others, stayed[i]); err != nil {
					t.Error(err)
				}
				stayed = slices.Delete(stayed, i, i+1)
			}
		}
		return false
	})
	seen := map[string]int{}
	opts = append(opts, option.WithPageSize(1+rng.IntN(9)))
	for id, err := range m.list(ctx, client("any", opts...)) {
		if err != nil {
			if !errors.Is(err, memberships.ErrUnstable) {
				t.Error(err)
			}
			return true, moved
		}
		seen[id]++
	}
	for _, id := range stayed {
		if seen[id] == 0 {
			t.Errorf("%s was present and was not yielded", id)
		}
	}
	for id, n := range seen {
		if n > 1 {
			t.Errorf("%s was yielded %d times", id, n)
		}
	}
	return false, moved
}

// A page with fewer items than its total is read again. The listing restarts, because
// the total then differs.
func TestListRestartsAfterShortPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, asked := wrappertest.Scripted(t, clerk.New,
			step{200, `{"data":[{"id":"a"},{"id":"b"}],"total_count":3}`},
			step{200, `{"data":[{"id":"b"}],"total_count":3}`},
			step{200, `{"data":[],"total_count":3}`},
			step{200, `{"data":[],"total_count":2}`},
			step{200, `{"data":[{"id":"b"}],"total_count":1}`},
		)
		if all := collect(t, c.Organizations.List(t.Context(), clerk.ListOrganizationsParams{})); len(all) != 2 || len(*asked) != 5 {
			t.Errorf("got %d organizations after %d requests", len(all), len(*asked))
		}
	})
}
