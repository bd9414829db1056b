package trips

// lanes is the number of requests that a budget allows at once.
const lanes = 8

// count returns a number of requests for a size.
type count func(Size) int

// times returns a constant number.
func times(n int) count { return func(Size) int { return n } }

// each returns k requests for a member.
func each(k int) count { return func(s Size) int { return k * s.N } }

// everyGroup returns one request for a group.
func everyGroup(s Size) int { return s.G }

// batches returns k requests for every per members.
func batches(k, per int) count { return func(s Size) int { return k * divide(s.N, per) } }

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

// together allows the requests before one after the other, and then n requests in lanes.
func together(before, n count) limit {
	return func(s Size) Trips {
		return Trips{before(s) + n(s), before(s) + divide(n(s), lanes)}
	}
}

// sideBySide allows two listings at the same time.
func sideBySide(a, b count) limit {
	return func(s Size) Trips { return Trips{a(s) + b(s), max(a(s), b(s))} }
}
