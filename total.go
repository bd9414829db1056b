package memberships

import "strconv"

// Total is a provider's count of items in a whole listing. The zero Total is unknown.
type Total struct {
	n     int64
	known bool
}

// TotalOf returns the Total of n items. A negative n is unknown.
func TotalOf(n int64) Total {
	if n < 0 {
		return Total{}
	}
	return Total{n: n, known: true}
}

// Get returns the count, and false if it is unknown.
func (t Total) Get() (n int64, known bool) { return t.n, t.known }

// Equal reports whether t == o.
func (t Total) Equal(o Total) bool { return t == o }

// String returns the count in digits, or "unknown".
func (t Total) String() string {
	if !t.known {
		return "unknown"
	}
	return strconv.FormatInt(t.n, 10)
}
