package providertest

import (
	"fmt"
	"iter"
	"slices"

	"github.com/memberships-go/memberships"
)

// interleave alternates two ranges over one sequence in one goroutine, which exposes
// shared state without the race detector.
func interleave[T any](seq iter.Seq2[T, error], name func(T) string) [2]rangeResult {
	var out [2]rangeResult
	var next [2]func() (T, error, bool)
	for i := range next {
		var stop func()
		next[i], stop = iter.Pull2(seq)
		defer stop()
	}
	for open := true; open; {
		open = false
		for i, pull := range next {
			v, err, ok := pull()
			switch {
			case !ok:
				continue
			case err != nil:
				out[i].err = err
			default:
				out[i].items = append(out[i].items, name(v))
			}
			open = true
		}
	}
	return out
}

// rangesInterleaved compares two alternating ranges with a single one.
func rangesInterleaved(t *checker) {
	ctx := t.Context()
	can := t.caps.Can
	rows := map[string]iter.Seq2[memberships.Membership, error]{}
	if can(memberships.OpList) {
		rows["List"] = t.client.List(ctx, t.filter(t.Large))
		if t.Empty.ID != "" {
			rows["List of nobody"] = t.client.List(ctx, t.filter(t.Empty))
		}
		rows["Pages"] = itemsIn(t.client.Pages(ctx, t.filter(t.Large), memberships.PageRequest{}))
		rows["Provider.List"] = t.Provider.List(ctx, query(t.Large), nil)
		rows["ListByPage"] = memberships.ListByPage(ctx, t.Provider.ListPage, query(t.Large), nil)
	}
	if can(memberships.OpListByMember) {
		rows["MembershipsOf"] = t.client.MembershipsOf(ctx, byID(t.Ada))
		rows["Provider.List of a member"] = t.Provider.List(ctx, memberships.Query{Member: byID(t.Ada)}, nil)
	}
	for what, seq := range rows {
		t.wantSameRanges(what, ranges(seq, describe, 1)[0], interleave(seq, describe))
	}
	if can(memberships.OpGroups) {
		name := func(g memberships.Group) string { return fmt.Sprintf("%+v", g) }
		for what, seq := range map[string]iter.Seq2[memberships.Group, error]{
			"Groups": t.client.Groups(ctx), "Provider.Groups": t.Provider.Groups(ctx, memberships.Query{}, nil),
		} {
			t.wantSameRanges(what, ranges(seq, name, 1)[0], interleave(seq, name))
		}
	}
}

// wantSameRanges checks that two alternating ranges yield the same as a single one.
func (t *checker) wantSameRanges(what string, alone rangeResult, two [2]rangeResult) {
	t.Helper()
	for i, got := range two {
		if alone.err != nil || got.err != nil || !slices.Equal(got.items, alone.items) {
			t.Errorf("%s: range %d of two that take turns got %q and %v, and one alone %q and %v; keep the state of a range inside the range",
				what, i+1, got.items, got.err, alone.items, alone.err)
		}
	}
}

// summaryAtOnce runs concurrent ranges that share one Summary.
func summaryAtOnce(t *checker, got map[string][]rangeResult) {
	ctx := t.Context()
	for what, of := range map[string]func(memberships.Option) iter.Seq2[memberships.Membership, error]{
		"List with a Pass": func(o memberships.Option) iter.Seq2[memberships.Membership, error] {
			return t.client.List(ctx, t.filter(t.Large), o)
		},
		"Pages with a Pass": func(o memberships.Option) iter.Seq2[memberships.Membership, error] {
			return itemsIn(t.client.Pages(ctx, t.filter(t.Large), memberships.PageRequest{}, o))
		},
	} {
		var alone, shared memberships.Summary
		ranges(of(memberships.WithSummary(&alone)), describe, 1)
		got[what] = ranges(of(memberships.WithSummary(&shared)), describe, atOnce)
		if want, have := fmt.Sprint(alone), fmt.Sprint(shared); have != want {
			t.Errorf("%s: %d ranges at once filled in %s, and one alone %s", what, atOnce, have, want)
		}
	}
}
