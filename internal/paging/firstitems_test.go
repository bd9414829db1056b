package paging

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"github.com/memberships-go/memberships"
)

// sparse is a listing of empty pages, and one page with an item after them.
type sparse struct{ empty int }

func (sparse) Check(context.Context) error     { return nil }
func (sparse) Key(i *int) string               { return strconv.Itoa(*i) }
func (sparse) Fail(kind, err error) error      { return fmt.Errorf("%w: %w", kind, err) }
func (sparse) Ended(ctx context.Context) error { return ctx.Err() }
func (sparse) Identity() []string              { return []string{"sparse"} }
func (sparse) Release()                        {}
func (s sparse) Fetch(_ context.Context, r Request) (*Page[int], error) {
	n, _ := strconv.Atoi(r.Cursor)
	if n == s.empty {
		return &Page[int]{Items: []int{7}, Total: -1}, nil
	}
	return &Page[int]{Items: []int{}, Next: strconv.Itoa(n + 1), Total: -1}, nil
}

// FirstItems skips as many empty pages as a listing may have.
func TestFirstItems(t *testing.T) {
	for empty, found := range map[int]bool{0: true, 1: true, 3: true, memberships.MaxEmptyPages: true, memberships.MaxEmptyPages + 1: false} {
		page, err := New[int](sparse{empty}, Shape{Size: 10, MaxSize: 100}).FirstItems(t.Context())
		if (err == nil) != found || found && (len(page.Items) != 1 || *page.Items[0] != 7) {
			t.Errorf("after %d empty pages: got %+v, %v", empty, page, err)
		}
	}
}
