package memberships

import (
	"slices"
	"sync"
)

// summaryMu guards the Summary of every caller. Concurrent ranges may share one, and each
// range writes it a few times a page at most.
var summaryMu sync.Mutex

// summaryFill holds one range's own Summary apart from the caller's. The caller's Summary
// always equals that of the last range that published, so gaps of two ranges never mix.
type summaryFill struct {
	caller, own *Summary // nil without WithSummary
	total       Total    // as published last
	gaps        int      // as published last
}

// start empties the caller's Summary for a new range.
func (p *Summary) start() *summaryFill {
	if p == nil {
		return new(summaryFill)
	}
	s := &summaryFill{caller: p, own: new(Summary)}
	s.publish()
	return s
}

// publish copies the range's own Summary to the caller's.
func (s *summaryFill) publish() {
	if s.caller == nil {
		return
	}
	s.total, s.gaps = s.own.Total, len(s.own.Coverage.Gaps)
	summaryMu.Lock()
	defer summaryMu.Unlock()
	*s.caller = Summary{Total: s.own.Total, Coverage: Coverage{Gaps: slices.Clone(s.own.Coverage.Gaps)}}
}

// publishChanges publishes if the total or the number of gaps has changed.
func (s *summaryFill) publishChanges() {
	if s.caller != nil && (s.own.Total != s.total || len(s.own.Coverage.Gaps) != s.gaps) {
		s.publish()
	}
}
