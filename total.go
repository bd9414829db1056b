package memberships

import "strconv"

// Total is how many items a provider says a whole listing has. The zero Total is not known.
type Total struct {
	n     int64
	known bool
}

// TotalOf returns the Total of n items. One below zero is not known.
func TotalOf(n int64) Total {
	if n < 0 {
		return Total{}
	}
	return Total{n: n, known: true}
}

// Get returns the number of items, and false if the provider has not said it.
func (t Total) Get() (n int64, known bool) { return t.n, t.known }

// Equal reports whether both say the same, as == does.
func (t Total) Equal(o Total) bool { return t == o }

// String is the number of items in digits, or "unknown".
func (t Total) String() string {
	if !t.known {
		return "unknown"
	}
	return strconv.FormatInt(t.n, 10)
}
