package paging

import (
	"fmt"
	"testing"

	"github.com/memberships-go/memberships"
)

// TestTrail holds those who follow pages themselves to the same.
func TestTrail(t *testing.T) {
	var trail Trail
	step := trail.Step
	for i := range memberships.MaxEmptyPages {
		if err := step(0, fmt.Sprint("t", i)); err != nil {
			t.Fatalf("empty page %d: %v", i+1, err)
		}
	}
	if err := step(1, "full"); err != nil {
		t.Error(err)
	}
	if err := step(0, "t7"); err == nil {
		t.Errorf("a token that came before: got %v", err)
	}
	for i := range memberships.MaxEmptyPages {
		if err := step(0, fmt.Sprint("u", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := step(0, "one more"); err == nil {
		t.Errorf("one empty page too many: got %v", err)
	}
	if err := step(0, ""); err != nil {
		t.Errorf("the end: got %v", err)
	}
}
