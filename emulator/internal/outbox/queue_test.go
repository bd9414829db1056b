package outbox

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// sink receives the deliveries of a test.
type sink struct {
	Queue
	mu         sync.Mutex
	got        map[string][]string // targets by line, in order
	sending    int
	most       int
	mostSlow   int
	hang       map[string]chan struct{} // lines whose deliveries wait and then fail
	hung       int
	deliveries int
}

func newSink() *sink {
	s := &sink{got: map[string][]string{}, hang: map[string]chan struct{}{}}
	s.Send = func(d Delivery) error {
		s.mu.Lock()
		hang := s.hang[d.Line]
		s.sending++
		s.most = max(s.most, s.sending)
		if hang != nil {
			s.hung++
			s.mostSlow = max(s.mostSlow, s.hung)
		}
		s.mu.Unlock()
		if hang != nil {
			<-hang
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.sending--
		s.deliveries++
		s.got[d.Line] = append(s.got[d.Line], d.URL)
		if hang != nil {
			s.hung--
			return errors.New("hung up")
		}
		return nil
	}
	s.done = func(string, error) {}
	return s
}

// hangs makes the deliveries of a line wait for end.
func (s *sink) hangs(hook string, end chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hang[hook] = end
}

// state returns the sizes of the queue's fields.
func (s *sink) state() [4]int {
	s.Queue.mu.Lock()
	defer s.Queue.mu.Unlock()
	return [4]int{s.waiting, s.Queue.sending, len(s.backlogs), len(s.failing)}
}

// Deliveries of one line arrive in order, those of several concurrently. A line
// that hangs delays no other, and the queue ends up empty.
func TestQueueOfOneThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink()
		s.hang["hung"] = make(chan struct{})
		var want []string
		for i := range 50 {
			for _, hook := range []string{"hung", "a", "b"} {
				if dropped := s.Put(Delivery{Line: hook, URL: fmt.Sprint(i)}); dropped != nil {
					t.Fatalf("%v is dropped", dropped)
				}
			}
			want = append(want, fmt.Sprint(i))
		}
		synctest.Wait()
		if diff := cmp.Diff(map[string][]string{"a": want, "b": want}, s.got); diff != "" {
			t.Errorf("while one hangs (-want +got):\n%s", diff)
		}
		if got := s.state(); got != [4]int{49 * overhead, 1, 1, 0} {
			t.Errorf("while one hangs: %v", got)
		}
		close(s.hang["hung"])
		s.Wait()
		if diff := cmp.Diff(want, s.got["hung"]); diff != "" {
			t.Errorf("at last (-want +got):\n%s", diff)
		}
		s.Forget("hung")
		if got := s.state(); got != [4]int{} {
			t.Errorf("at last: %v", got)
		}
	})
}

// Many lines that hang delay the others only until each has failed once.
func TestQueueOfManyThatHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const hooks = 1000
		s := newSink()
		first, second := make(chan struct{}), make(chan struct{})
		for i := range hooks {
			s.hangs(fmt.Sprint(i), first)
		}
		for i := range hooks {
			s.Put(Delivery{Line: fmt.Sprint(i)})
		}
		synctest.Wait()
		if s.most != maxSending {
			t.Errorf("%d are sent at once, want %d", s.most, maxSending)
		}
		close(first) // each has failed once
		s.Wait()
		s.mostSlow = 0
		for i := range hooks {
			s.hangs(fmt.Sprint(i), second)
			s.Put(Delivery{Line: fmt.Sprint(i)})
		}
		s.Put(Delivery{Line: "good"})
		synctest.Wait()
		if len(s.got["good"]) != 1 || s.mostSlow != maxSlow {
			t.Errorf("good got %d deliveries while %d that failed are asked", len(s.got["good"]), s.mostSlow)
		}
		close(second)
		s.Wait()
	})
}

// The waiting deliveries never exceed the limits. put names the dropped deliveries, which
// belong to the longest backlog, so a line that hangs costs the others none.
func TestQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink()
		hang := make(chan struct{})
		drops := map[string]int{}
		const hung, size, room = 2 * maxSending, 2 * overhead, maxWaiting / (2 * overhead)
		for i := range hung {
			hook := fmt.Sprintf("hung %d", i)
			s.hangs(hook, hang)
			for range 3 * Backlog {
				for _, dropped := range s.Put(Delivery{Line: hook, Body: make([]byte, size-overhead)}) {
					drops[dropped]++
				}
			}
		}
		synctest.Wait()
		if got := s.state(); got[0] != maxWaiting || got[1] != maxSending {
			t.Errorf("%v, want %d that wait and %d under way", got, maxWaiting, maxSending)
		}
		total := 0
		for hook, n := range drops {
			if total += n; !strings.HasPrefix(hook, "hung ") {
				t.Errorf("%d of %s are dropped", n, hook)
			}
		}
		if want := hung*3*Backlog - room - maxSending; total != want {
			t.Errorf("%d are dropped, want %d", total, want)
		}
		for i := range 5 { // there is room for others
			if dropped := s.Put(Delivery{Line: "good", URL: fmt.Sprint(i)}); slices.Contains(dropped, "good") {
				t.Errorf("%d of good is dropped", i)
			}
		}
		close(hang)
		s.Wait()
		if diff := cmp.Diff([]string{"0", "1", "2", "3", "4"}, s.got["good"]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if want := room - 3 + 5 + maxSending; s.deliveries != want { // those of good have half the size
			t.Errorf("%d are delivered, want %d", s.deliveries, want)
		}
		if got := s.state(); got[0]+got[1]+got[2] != 0 {
			t.Errorf("at last: %v", got)
		}
	})
}

// A delivery above the total limit is dropped alone.
func TestQueueOfLargeDeliveries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink()
		hang := make(chan struct{})
		s.hang["small"], s.hang["large"] = hang, hang
		small := func() []string { return s.Put(Delivery{Line: "small"}) }
		large := func(size int) []string { return s.Put(Delivery{Line: "large", Body: make([]byte, size-overhead)}) }
		for _, hook := range []string{"small", "large"} {
			s.Put(Delivery{Line: hook})
		}
		synctest.Wait() // one of each is in flight
		if dropped := small(); dropped != nil {
			t.Errorf("%v is dropped", dropped)
		}
		if diff := cmp.Diff([]string{"large"}, large(maxWaiting)); diff != "" {
			t.Errorf("one that has no room (-want +got):\n%s", diff)
		}
		if dropped := large(maxWaiting - overhead); dropped != nil {
			t.Errorf("one that fits: %v is dropped", dropped)
		}
		if diff := cmp.Diff([]string{"large"}, small()); diff != "" {
			t.Errorf("one more (-want +got):\n%s", diff)
		}
		if got := s.state(); got[0] != 2*overhead {
			t.Errorf("%d bytes wait, want %d", got[0], 2*overhead)
		}
		close(hang)
		s.Wait()
		if len(s.got["small"]) != 3 || len(s.got["large"]) != 1 {
			t.Errorf("got %v", s.got)
		}
	})
}

// A forgotten line gets no further delivery until one is added.
func TestQueueForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink()
		s.hang["h"] = make(chan struct{})
		for range 10 {
			s.Put(Delivery{Line: "h"})
		}
		synctest.Wait()
		if n := s.Forget("h"); n != 9 {
			t.Errorf("%d are dropped, want 9", n)
		}
		close(s.hang["h"])
		s.Wait()
		if got := s.state(); got != [4]int{} || s.deliveries != 1 {
			t.Errorf("%v is left, %d are delivered", got, s.deliveries)
		}
		s.hang = nil
		s.Put(Delivery{Line: "h"})
		s.Wait()
		if s.deliveries != 2 {
			t.Errorf("%d are delivered, want 2", s.deliveries)
		}
	})
}

// The heap stays within the limits of the queue for thousands of lines that hang.
func TestQueueKeepsTheHeapFlat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const hooks, body = 2000, 4 << 10
		s := newSink()
		hang := make(chan struct{})
		names := make([]string, hooks)
		for i := range names {
			names[i] = fmt.Sprint(i)
			s.hangs(names[i], hang)
		}
		fill := func() {
			for range Backlog {
				for _, hook := range names {
					s.Put(Delivery{Line: hook, Body: make([]byte, body)})
				}
			}
			synctest.Wait()
		}
		heap := func() int64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			return int64(m.HeapAlloc)
		}
		before := heap()
		fill()
		full := heap()
		// A stack and a body for each delivery in flight, and twice the limit of waiting
		// bytes, because slices and maps have spare capacity.
		if grown, most := full-before, int64(2*maxWaiting+maxSending*(32<<10)); grown > most {
			t.Errorf("the heap grows by %d bytes, want at most %d", grown, most)
		}
		fill()
		if grown := heap() - full; grown > maxWaiting/4 {
			t.Errorf("the heap grows by %d bytes more as %d deliveries more come", grown, hooks*Backlog)
		}
		close(hang)
		s.Wait()
	})
}
