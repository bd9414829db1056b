package memberships_test

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// numbered records a request id for each change.
type numbered struct {
	memberships.Provider
	n int
}

func (p *numbered) Apply(ctx context.Context, changes []memberships.Change, opts ...memberships.Option) iter.Seq2[memberships.Result, error] {
	return func(yield func(memberships.Result, error) bool) {
		for r, err := range p.Provider.Apply(ctx, changes, opts...) {
			p.n++
			memberships.RecordRequestID(ctx, strconv.Itoa(p.n))
			memberships.RecordRequestID(ctx, "")
			if !yield(r, err) {
				return
			}
		}
	}
}

// Results have the id of their request, and that of an error instead if it has one.
func TestRequestIDs(t *testing.T) {
	p := &numbered{Provider: memprovider.New(
		memprovider.WithPeople(memberships.Member{ID: "a"}, memberships.Member{ID: "b"}),
		memprovider.WithGroup(memberships.Group{ID: "g"}),
		memprovider.WithHook(func(_ context.Context, c memprovider.Call) error {
			if c.Member.ID == "refused" {
				return &memberships.Error{Kind: memberships.ErrPermissionDenied, RequestID: "r-9"}
			}
			return nil
		}),
	)}
	var changes []memberships.Change
	for _, id := range []string{"a", "refused", "b"} {
		changes = append(changes, memberships.Change{Op: memberships.OpAdd, Ref: memberships.Ref{Group: memberships.Group{ID: "g"}, Member: memberships.Member{ID: id}}})
	}
	got := map[string]string{}
	for r, err := range memberships.New(p).Apply(t.Context(), slices.Values(changes), memberships.BulkOptions{Concurrency: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		got[r.Change.Ref.Member.ID] = r.RequestID
	}
	if diff := cmp.Diff(map[string]string{"a": "1", "refused": "r-9", "b": "3"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
