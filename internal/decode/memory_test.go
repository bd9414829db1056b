package decode_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/generated/webex"
	"github.com/memberships-go/memberships/internal/decode"
)

// allocated returns the number of bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Short first members do not make List allocate for a whole page of them.
func TestJSONShortFirstMembers(t *testing.T) {
	const size = 8 << 20
	body := []byte(`{"entries":[` + strings.Repeat("{},", 20) + `{"id":"` + strings.Repeat("x", size) + `"}]}`)
	var page box.MembershipPage
	n := allocated(func() {
		if err := decode.JSON(body, &page, false); err != nil || len(page.Entries) != 21 {
			t.Errorf("got %d entries, %v", len(page.Entries), err)
		}
	})
	if n > 2*size {
		t.Errorf("a document of %d bytes took %d", len(body), n)
	}
}

// A kept string does not keep its page.
func TestJSONKeptString(t *testing.T) {
	const pages, limit = 50, 16 << 10
	body := webexPage(1000)
	kept := make([]string, pages)
	live := func() uint64 {
		runtime.GC()
		runtime.GC() // the second one empties the pools
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := live()
	for i := range kept {
		var page webex.MembershipPage
		if err := decode.JSON(body, &page, false); err != nil {
			t.Fatal(err)
		}
		kept[i] = page.Items[i].PersonEmail
	}
	if after := live(); after > before+pages*limit {
		t.Errorf("one string of each of %d pages keeps %d bytes", pages, after-before)
	}
	runtime.KeepAlive(kept)
	runtime.KeepAlive(body)
}
