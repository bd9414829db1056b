package change

import (
	"slices"
	"strconv"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/output"
)

// A holder yields rows in their order. It holds back at most 64 of them, from the first one on
// that lacks a role.
func TestHolder(t *testing.T) {
	c, _ := inviting(false)
	there := outcome{result: output.ResultAlready, change: change{ref: memberships.Ref{
		Group: office, Member: memberships.Member{Kind: memberships.MemberUser, ID: "ada", Email: "ada@example.com"},
	}}}
	done := outcome{result: output.ResultAdded, got: memberships.Membership{Member: memberships.Member{ID: "x", Email: "x@example.com"}}}
	var got []string
	h := holder{c: c, ctx: t.Context(), yield: func(o outcome) bool {
		if o.result == output.ResultAlready && o.got.Role == "" {
			t.Errorf("row %s has no role", o.named)
		}
		got = append(got, o.named)
		return true
	}}
	add := func(o outcome, n int) {
		o.named = strconv.Itoa(n)
		if !h.add(o) {
			t.Fatalf("the loop ends at row %d", n)
		}
	}
	var want []string
	for n := range 3 { // nothing is missing
		add(done, n)
		if want = append(want, strconv.Itoa(n)); !slices.Equal(got, want) {
			t.Errorf("after row %d: got %q", n, got)
		}
	}
	add(there, 3)
	for n := 4; n < 3+maxHeld-1; n++ {
		add(done, n)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the rows %q were not held back", got[len(want):])
	}
	add(done, 3+maxHeld-1)
	for n := 3; n < 3+maxHeld; n++ {
		want = append(want, strconv.Itoa(n))
	}
	if !slices.Equal(got, want) {
		t.Errorf("after %d rows: got %q", maxHeld, got)
	}
	add(done, 3+maxHeld)
	if want = append(want, strconv.Itoa(3+maxHeld)); !slices.Equal(got, want) {
		t.Errorf("after the held rows: got %q", got)
	}
}

// A reader that stops gets no further row.
func TestHolderStops(t *testing.T) {
	c, _ := inviting(false)
	rows := 0
	h := holder{c: c, ctx: t.Context(), yield: func(outcome) bool { rows++; return false }}
	if h.add(outcome{result: output.ResultFailed}) || rows != 1 {
		t.Errorf("the loop goes on after %d rows", rows)
	}
}
