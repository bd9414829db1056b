package trips

// lanes is the number of requests that a budget allows at once. Box's rate limit fits fewer.
const (
	lanes    = 8
	boxLanes = 5
)

// count returns a number of requests for a size.
type count func(Size) int

// times returns a constant number.
func times(n int) count { return func(Size) int { return n } }

// none is no request.
func none(Size) int { return 0 }

// each is one request for a member, two are two.
func each(s Size) int { return s.N }
func two(s Size) int  { return 2 * s.N }

// others is one request for a member but Ada, and othersIn is one for every per of them.
func others(s Size) int      { return s.N - 1 }
func othersIn(per int) count { return func(s Size) int { return divide(s.N-1, per) } }

// everyGroup is one request for a group.
func everyGroup(s Size) int { return s.G }

// batches returns k requests for every per members.
func batches(k, per int) count { return func(s Size) int { return k * divide(s.N, per) } }

// roomPages returns the pages of a Webex room. A room that shows moderators alone is read
// as well.
func roomPages(s Size) int {
	if s.N == 1 {
		return 2
	}
	return divide(s.N, 1000)
}

// groupPages returns the pages of g groups.
func groupPages(per int) count { return func(s Size) int { return divide(s.G, per) } }

// rowPages returns the pages of the memberships of g groups of three.
func rowPages(per int) count { return func(s Size) int { return divide(3*s.G, per) } }

// plus returns the sum.
func plus(all ...count) count {
	return func(s Size) int {
		n := 0
		for _, c := range all {
			n += c(s)
		}
		return n
	}
}

// divide rounds up.
func divide(n, by int) int { return (n + by - 1) / by }

// limit returns the requests and the longest chain that a budget allows.
type limit func(Size) Trips

// inTurn allows n requests, one after the other.
func inTurn(n count) limit { return func(s Size) Trips { return Trips{n(s), n(s)} } }

// together allows the requests before one after the other, and then the steps, each of
// them in lanes.
func together(lanes int, before count, steps ...count) limit {
	return func(s Size) Trips {
		t := Trips{before(s), before(s)}
		for _, n := range steps {
			t.Requests += n(s)
			t.Chain += divide(n(s), lanes)
		}
		return t
	}
}

// sideBySide allows two listings at the same time.
func sideBySide(a, b count) limit {
	return func(s Size) Trips { return Trips{a(s) + b(s), max(a(s), b(s))} }
}
