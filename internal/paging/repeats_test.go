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
