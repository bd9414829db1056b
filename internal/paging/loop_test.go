package paging

import (
	"fmt"
	"testing"

	"github.com/memberships-go/memberships"
)

// LoopDetector has the limits of a List.
func TestLoopDetector(t *testing.T) {
	var loop LoopDetector
	next := loop.Next
	for i := range memberships.MaxEmptyPages {
		if err := next(0, fmt.Sprint("t", i)); err != nil {
			t.Fatalf("empty page %d: %v", i+1, err)
		}
	}
	if err := next(1, "full"); err != nil {
		t.Error(err)
	}
	if err := next(0, "t7"); err == nil {
		t.Errorf("a repeated token: got %v", err)
	}
	for i := range memberships.MaxEmptyPages {
		if err := next(0, fmt.Sprint("u", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := next(0, "one more"); err == nil {
		t.Errorf("one empty page too many: got %v", err)
	}
	if err := next(0, ""); err != nil {
		t.Errorf("the end: got %v", err)
	}
}
