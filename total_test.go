package memberships_test

import (
	"testing"

	"github.com/memberships-go/memberships"
)

func TestTotal(t *testing.T) {
	for _, tc := range []struct {
		total memberships.Total
		n     int64
		known bool
		text  string
	}{
		{memberships.Total{}, 0, false, "unknown"},
		{memberships.Page[int]{}.Total, 0, false, "unknown"},
		{memberships.Summary{}.Total, 0, false, "unknown"},
		{memberships.TotalOf(-1), 0, false, "unknown"},
		{memberships.TotalOf(0), 0, true, "0"},
		{memberships.TotalOf(25), 25, true, "25"},
	} {
		n, known := tc.total.Get()
		if n != tc.n || known != tc.known || tc.total.String() != tc.text {
			t.Errorf("got %d, %v, %q, want %d, %v, %q", n, known, tc.total, tc.n, tc.known, tc.text)
		}
		if same := memberships.TotalOf(n); tc.total.Equal(same) != known {
			t.Errorf("%v is equal to %v: want %v", tc.total, same, known)
		}
	}
}
