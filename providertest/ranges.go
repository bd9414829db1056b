package providertest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/memberships-go/memberships"
)

// atOnce is the number of concurrent ranges.
const atOnce = 4

// rangeResult has the items and the error of one range.
type rangeResult struct {
	items []string
	err   error
}

// ranges runs n concurrent ranges over one sequence.
func ranges[T any](seq iter.Seq2[T, error], name func(T) string, n int) []rangeResult {
	var wg sync.WaitGroup
	out := make([]rangeResult, n)
	for i := range out {
		wg.Go(func() {
			for v, err := range seq {
				if err != nil {
					out[i].err = errors.Join(out[i].err, err)
					continue
				}
				out[i].items = append(out[i].items, name(v))
			}
		})
	}
	wg.Wait()
	return out
}

// describe returns all fields of a membership as text.
func describe(m memberships.Membership) string {
	return fmt.Sprintf("%q %+v %+v %s %q %s %v %v", m.ID, m.Group, m.Member, m.Role, m.RoleName, m.State, m.Created, m.Updated)
}

// rangesAtOnce compares concurrent ranges over each sequence.
func rangesAtOnce(t *checker) {
	ctx := t.Context()
	can := t.caps.Can
	got := map[string][]rangeResult{}
	if can(memberships.OpList) {
		got["List"] = ranges(t.client.List(ctx, t.filter(t.Large)), describe, atOnce)
		got["Pages"] = ranges(itemsIn(t.client.Pages(ctx, t.filter(t.Large), memberships.PageRequest{})), describe, atOnce)
		got["Provider.List"] = ranges(t.Provider.List(ctx, query(t.Large), nil), describe, atOnce)
		many := ranges(t.client.ListMany(ctx, []memberships.Group{t.Small, t.Large}, memberships.ManyOptions{}), describe, atOnce)
		for _, s := range many {
			slices.Sort(s.items) // groups come as they are read
		}
		got["ListMany"] = many
		summaryAtOnce(t, got)
	}
	if can(memberships.OpListByMember) {
		got["Provider.List of a member"] = ranges(t.Provider.List(ctx, memberships.Query{Member: byID(t.Ada)}, nil), describe, atOnce)
		got["MembershipsOf"] = ranges(t.client.MembershipsOf(ctx, byID(t.Ada)), describe, atOnce)
	}
	if can(memberships.OpGet) {
		got["List of one membership"] = ranges(t.client.List(ctx, memberships.Filter{Group: t.Small, Member: byID(t.Alan)}), describe, atOnce)
	}
	if can(memberships.OpGroups) {
		got["Groups"] = ranges(t.client.Groups(ctx), memberships.Group.String, atOnce)
		got["Provider.Groups"] = ranges(t.Provider.Groups(ctx, memberships.Query{}, nil), memberships.Group.String, atOnce)
	}
	for what, all := range got {
		for i, s := range all {
			if s.err != nil || len(s.items) == 0 {
				t.Errorf("%s: range %d of %d at once got %d items and %v", what, i+1, atOnce, len(s.items), s.err)
			} else if !slices.Equal(s.items, all[0].items) {
				t.Errorf("%s: of %d ranges at once, one got %v and another %v; keep the state of a range inside the range", what, atOnce, all[0].items, s.items)
			}
		}
	}
	if can(memberships.OpUpdate) {
		change := memberships.Change{Op: memberships.OpUpdate, Ref: ref(t.Small, byID(t.Alan)), Role: t.otherRole()}
		for i, s := range ranges(t.Provider.Apply(ctx, []memberships.Change{change}), func(r memberships.Result) string {
			if r.Err != nil && !errors.Is(r.Err, memberships.ErrConflict) {
				return r.Err.Error()
			}
			return ""
		}, atOnce) {
			if s.err != nil || !slices.Equal(s.items, []string{""}) {
				t.Errorf("Apply: range %d of %d at once got the results %q and %v, want one that is a success", i+1, atOnce, s.items, s.err)
			}
		}
	}
}

// coverageAtOnce runs concurrent ranges over a complete group and an incomplete one, each
// with its own Summary.
func coverageAtOnce(t *checker) {
	if hide := t.Tamper[Hidden]; hide != nil {
		hide()
	}
	ctx := t.Context()
	groups := []memberships.Group{t.Small, t.Large}
	var alone [2]memberships.Summary
	for i, g := range groups {
		list(t, "List", t.client.List(ctx, t.filter(g), memberships.WithSummary(&alone[i])))
	}
	var wg sync.WaitGroup
	summaries := make([]memberships.Summary, atOnce*len(groups))
	errs := make([]error, len(summaries))
	for i := range summaries {
		wg.Go(func() { errs[i] = t.drain(ctx, groups[i%len(groups)], &summaries[i]) })
	}
	wg.Wait()
	for i, summary := range summaries {
		what := "List of " + groups[i%len(groups)].String() + ", among others at once"
		if errs[i] != nil {
			t.Errorf("%s: %v", what, errs[i])
		}
		if want, got := fmt.Sprint(alone[i%len(groups)]), fmt.Sprint(summary); got != want {
			t.Errorf("%s: filled in %s, and alone %s; coverage and total belong to one range", what, got, want)
		}
	}
}

// drain lists a group into a Summary.
func (t *checker) drain(ctx context.Context, g memberships.Group, summary *memberships.Summary) error {
	for _, err := range t.client.List(ctx, t.filter(g), memberships.WithSummary(summary)) {
		if err != nil {
			return err
		}
	}
	return nil
}
