package paging

import "testing"

// guessNext returns a page that overlaps and begins before the total.
func TestGuessNext(t *testing.T) {
	wall := &Positions{Of: func(cursor string) (int64, bool) {
		n, ok := Offsets.Of(cursor)
		return n, ok && n != 40
	}, At: Offsets.At, Known: true}
	tests := []struct {
		r     Request
		total int64
		want  Request
	}{
		{Request{"9", 11, true}, 100, Request{"19", 11, true}},
		{Request{"9", 11, true}, 21, Request{"19", 11, true}},
		{Request{"9", 11, true}, 20, Request{}},
		{Request{"9", 11, true}, -1, Request{}},
		{Request{"opaque", 11, true}, 100, Request{}},
		{Request{"29", 11, true}, 100, Request{}}, // the page at 40 cannot overlap
	}
	l := New[int](nil, Shape{Size: 10, MaxSize: 100, Positions: wall})
	for _, tt := range tests {
		if got, ok := l.shape.guessNext(tt.r, tt.total); got != tt.want && ok || ok != (tt.want != Request{}) {
			t.Errorf("after %+v of %d: got %+v, %v, want %+v", tt.r, tt.total, got, ok, tt.want)
		}
	}
}
