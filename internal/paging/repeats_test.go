package paging

import (
	"context"
	"slices"
	"testing"
)

// tokens is a listing of fixed pages whose cursors are no positions.
type tokens struct {
	sparse
	pages [][]string
}

func (s *tokens) Key(v *string) string { return *v }

func (s *tokens) Fetch(_ context.Context, r Request) (*Page[string], error) {
	n := len(r.Cursor)
	p := &Page[string]{Items: slices.Clone(s.pages[n]), Total: -1}
	if n+1 < len(s.pages) {
		p.Next = r.Cursor + "x"
	}
	return p, nil
}

// An item that a later page repeats is yielded once.
func TestRepeatsAcrossPages(t *testing.T) {
	for name, tt := range map[string]struct {
		pages [][]string
		want  []string
	}{
		"moved to the next page":  {[][]string{{"a", "b"}, {"b", "c"}, {"d"}}, []string{"a", "b", "c", "d"}},
		"moved to the last page":  {[][]string{{"a", "b"}, {"c"}, {"a", "d"}}, []string{"a", "b", "c", "d"}},
		"behind an empty page":    {[][]string{{}, {"a", "a"}, {}, {"a", "b"}}, []string{"a", "b"}},
		"within the only page":    {[][]string{{"a", "b", "a"}}, []string{"a", "b"}},
		"within and across pages": {[][]string{{"a", "a"}, {"b", "a", "b"}}, []string{"a", "b"}},
		"nothing new on a page":   {[][]string{{"a", "b"}, {"b", "a"}, {"c"}}, []string{"a", "b", "c"}},
		"nothing new on the last": {[][]string{{"a", "b"}, {"b"}}, []string{"a", "b"}},
	} {
		got, err := readAll(t, &tokens{pages: tt.pages}, Shape{Size: 2, MaxSize: 10})
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, tt.want)
		}
	}
}

// The window has all members of a short listing, at least the last mostInWindow of a long one,
// and memory for twice as many.
func TestWindow(t *testing.T) {
	const size = 1000
	page := func(from int) []hash {
		list := make([]hash, size)
		for i := range list {
			n := uint64(from + i + 1)
			list[i] = hash{mix(n), mix(n + 1<<40)}
		}
		return list
	}
	var w window
	for from := 0; from < 10*mostInWindow; from += size {
		if known := w.addPage(page(from)); known != nil {
			t.Fatalf("members from %d on are known", from)
		}
		for _, h := range page(max(0, from-mostInWindow+2*size)) {
			if !w.last.has(h) && !w.before.has(h) {
				t.Fatalf("a member is forgotten after %d others", mostInWindow-2*size)
			}
		}
		if n := w.last.few.n + w.before.few.n; n > 2*mostInWindow || w.last.many != nil || w.before.many != nil {
			t.Fatalf("the window has %d members", n)
		}
	}
}
