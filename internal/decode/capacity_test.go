package decode_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/generated/webex"
	"github.com/memberships-go/memberships/internal/decode"
)

// List allocates for the requested items at most, unless more came.
func TestPageCapacity(t *testing.T) {
	page := func(n int) []byte {
		rows := make([]string, n)
		for i := range rows {
			rows[i] = fmt.Sprintf(`{"id":"m%d","roomId":"r","personEmail":"p%d@example.com"}`, i, i)
		}
		return []byte(`{"items":[` + strings.Join(rows, ",") + `]}`)
	}
	for _, tt := range []struct{ came, asked, least, most int }{
		{100, 100, 100, 100},
		{100, 0, 100, 140},
		{3, 1000, 3, 6},     // no memory for missing items
		{100, 10, 100, 140}, // a server that sends more than requested
		{0, 100, 0, 0},
		{1, 1, 1, 1},
	} {
		var got webex.MembershipPage
		if err := decode.Page(page(tt.came), &got, false, tt.asked); err != nil || len(got.Items) != tt.came {
			t.Fatalf("%+v: %d items, %v", tt, len(got.Items), err)
		}
		if n := cap(got.Items); n < tt.least || n > tt.most {
			t.Errorf("%+v: there is room for %d", tt, n)
		}
		for i, m := range got.Items {
			if want := fmt.Sprint("m", i); m.ID != want {
				t.Fatalf("%+v: item %d is %q, want %q", tt, i, m.ID, want)
			}
		}
	}
}
