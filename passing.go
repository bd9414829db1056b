package memberships

import (
	"slices"
	"sync"
)

// passes guards the Pass of every caller. Ranges that go on at once may have the same one,
// and each touches it a few times a page at most.
var passes sync.Mutex

// passing is one range's own Pass beside the caller's, which shows the range that touched
// it last: no gap of one range gets among those of another.
type passing struct {
	to, own *Pass // nil if nobody asks
	total   Total
	gaps    int
}

// begin makes the caller's Pass that of a new range.
func (p *Pass) begin() *passing {
	if p == nil {
		return new(passing)
	}
	s := &passing{to: p, own: new(Pass)}
	s.show()
	return s
}

// show lets the caller see what the range has found.
func (s *passing) show() {
	if s.to == nil {
		return
	}
	s.total, s.gaps = s.own.Total, len(s.own.Coverage.Gaps)
	passes.Lock()
	defer passes.Unlock()
	*s.to = Pass{Total: s.own.Total, Coverage: Coverage{Gaps: slices.Clone(s.own.Coverage.Gaps)}}
}

// follow is show if there is anything new.
func (s *passing) follow() {
	if s.to != nil && (s.own.Total != s.total || len(s.own.Coverage.Gaps) != s.gaps) {
		s.show()
	}
}
