package pubnub

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Publications of one deletion have one id, and those of two deletions have two. A step is
// "channel@time" for a publication of a deletion, and "set@time" for a change; times are
// milliseconds.
func TestDeletions(t *testing.T) {
	for _, tc := range []struct {
		name, steps, want string
	}{
		{"both sides", "c@100 u@103", "1 1"},
		{"the user first", "u@100 c@103", "1 1"},
		{"delivered again", "c@100 u@103 c@100 u@103", "1 1 1 1"},
		{"one side alone", "c@100 c@200", "1 2"},
		{"two deletions with a change between", "c@100 u@103 set@150 c@200 u@203", "1 1 2 2"},
		{"without the change, which another loop has", "c@100 u@103 c@200 u@203", "1 1 2 2"},
		{"one side after the other", "c@100 c@200 c@300 u@103 u@203 u@303", "1 2 3 1 2 3"},
		{"one side after the other, with the changes", "c@100 set@150 c@200 u@103 set@150 u@203", "1 2 1 2"},
		{"the other side is late", "c@100 set@150 c@200 u@203 u@103", "1 2 2 1"},
		{"one publication is lost", "c@100 set@150 u@203 c@200", "1 2 2"},
		{"another one is lost", "u@103 set@150 c@200 u@203", "1 2 2"},
		{"a change that was quick", "c@100 set@98 u@103", "1 1"},
		{"far apart", "c@100 u@9100", "1 2"},
		{"near enough", "c@100 u@5100", "1 1"},
	} {
		d := newDeletions(8)
		var got []string
		number := map[string]int{}
		for _, step := range strings.Fields(tc.steps) {
			channel, text, _ := strings.Cut(step, "@")
			var at int64
			if _, err := fmt.Sscan(text, &at); err != nil {
				t.Fatal(err)
			}
			if channel == "set" {
				d.set(pair{"c", "u"}, time.UnixMilli(at))
				continue
			}
			id := d.id(pair{"c", "u"}, channel, time.UnixMilli(at))
			if number[id] == 0 {
				number[id] = len(number) + 1
			}
			got = append(got, fmt.Sprint(number[id]))
		}
		if diff := cmp.Diff(tc.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tc.name, tc.steps, diff)
		}
	}
}

// The deletions of two memberships have nothing in common, and the memory is bounded.
func TestDeletionsOfOthers(t *testing.T) {
	d := newDeletions(4)
	ids := map[string]bool{}
	for i := range 100 {
		key := pair{"c", fmt.Sprint("u", i)}
		ids[d.id(key, "c", time.UnixMilli(100))] = true
		for n := range 100 {
			d.id(key, "c", time.UnixMilli(int64(1000+n)))
			d.set(key, time.UnixMilli(int64(1000+n)))
		}
		if h := d.pairs[key]; len(h.deleted) > maxHistory || len(h.set) > maxHistory {
			t.Fatalf("%d deletions and %d changes are kept", len(h.deleted), len(h.set))
		}
	}
	if len(ids) != 100 || len(d.pairs) > 4 {
		t.Errorf("%d ids, and %d memberships are kept", len(ids), len(d.pairs))
	}
}

// The escaped names of a list fit into one URL, and every channel is in one list.
func TestSplit(t *testing.T) {
	for _, tc := range []struct {
		name string
		each string
		n    int
		want int
	}{
		{"one", "a", 1, 1},
		{"all that fit", strings.Repeat("a", 63), 64, 1},
		{"one more", strings.Repeat("a", 63), 65, 2},
		{"escapes count", strings.Repeat("~", 21), 65, 2},
		{"many", strings.Repeat("a", 91), 1000, 23},
	} {
		channels := make([]string, tc.n)
		for i := range channels {
			channels[i] = tc.each
		}
		lists, n := split(channels), 0
		for _, list := range lists {
			n += len(list)
			if len(list)*(len(escape(tc.each))+1) > maxChannels || len(list) == 0 {
				t.Errorf("%s: a list has %d channels", tc.name, len(list))
			}
		}
		if len(lists) != tc.want || n != tc.n {
			t.Errorf("%s: %d lists with %d channels, want %d with %d", tc.name, len(lists), n, tc.want, tc.n)
		}
	}
}
