package decode_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/generated/clerk"
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

// Rows share blocks of memory: a page of the provider's largest size takes an allocation for
// every few rows at most. Clerk's rows have two optional numbers.
func TestPageAllocations(t *testing.T) {
	for _, p := range pages {
		body := p.render(p.size)
		var err error
		n := testing.AllocsPerRun(10, func() { err = decode.Page(body, p.into(), false, p.size) })
		if limit := 0.1 * float64(p.size); err != nil || n > limit {
			t.Errorf("%s: %.0f allocations for %d rows, want %.0f at most; %v", p.provider, n, p.size, limit, err)
		}
	}
}

// Every optional value has memory of its own, also in rows that repeat an object.
func TestPageOptionals(t *testing.T) {
	const size = 200
	var page clerk.MembershipPage
	if err := decode.Page(clerkPage(size), &page, false, size); err != nil {
		t.Fatal(err)
	}
	for i := range page.Data {
		o := &page.Data[i].Organization
		if *o.MembersCount != 48210 || *o.PendingInvitationsCount != 17 || *page.TotalCount != size {
			t.Fatalf("row %d: %d members, %d invitations, %d rows", i, *o.MembersCount, *o.PendingInvitationsCount, *page.TotalCount)
		}
		*o.MembersCount, *o.PendingInvitationsCount = -1, -1
	}
}
