package webex

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sink receives the deliveries of a test.
type sink struct {
	queue
	mu         sync.Mutex
	got        map[string][]string // targets by webhook, in order
	sending    int
	most       int
	mostSlow   int
	hang       map[string]chan struct{} // webhooks whose deliveries wait and then fail
	hung       int
	deliveries int
}

func newSink() *sink {
	s := &sink{got: map[string][]string{}, hang: map[string]chan struct{}{}}
	s.queue.send = func(j job) error {
		s.mu.Lock()
		hang := s.hang[j.hook]
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
		s.got[j.hook] = append(s.got[j.hook], j.target)
		if hang != nil {
			s.hung--
			return errors.New("hung up")
		}
		return nil
	}
	s.queue.done = func(string, error) {}
	return s
}

// hangs makes the deliveries of a webhook wait for end.
func (s *sink) hangs(hook string, end chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hang[hook] = end
}

// state returns the sizes of the queue's fields.
func (s *sink) state() [4]int {
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	return [4]int{s.waiting, s.queue.sending, len(s.backlogs), len(s.failing)}
}

// Deliveries of one webhook arrive in order, those of several concurrently. A webhook
// that hangs delays no other, and the queue ends up empty.
func TestQueueOfOneThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink()
		s.hang["hung"] = make(chan struct{})
		var want []string
		for i := range 50 {
			for _, hook := range []string{"hung", "a", "b"} {
				if dropped := s.put(job{hook: hook, target: fmt.Sprint(i)}); dropped != nil {
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
		s.senders.Wait()
		if diff := cmp.Diff(want, s.got["hung"]); diff != "" {
			t.Errorf("at last (-want +got):\n%s", diff)
		}
		s.forget("hung")
		if got := s.state(); got != [4]int{} {
			t.Errorf("at last: %v", got)
		}
	})
}

// Many webhooks that hang delay the others only until each has failed once.
func TestQueueOfManyThatHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const hooks = 1000
		s := newSink()
		first, second := make(chan struct{}), make(chan struct{})
		for i := range hooks {
			s.hangs(fmt.Sprint(i), first)
		}
		for i := range hooks {
			s.put(job{hook: fmt.Sprint(i)})
		}
		synctest.Wait()
		if s.most != maxSending {
			t.Errorf("%d are sent at once, want %d", s.most, maxSending)
		}
		close(first) // each has failed once
		s.senders.Wait()
		s.mostSlow = 0
		for i := range hooks {
			s.hangs(fmt.Sprint(i), second)
			s.put(job{hook: fmt.Sprint(i)})
		}
		s.put(job{hook: "good"})
		synctest.Wait()
		if len(s.got["good"]) != 1 || s.mostSlow != maxSlow {
			t.Errorf("good got %d deliveries while %d that failed are asked", len(s.got["good"]), s.mostSlow)
		}
		close(second)
		s.senders.Wait()
	})
}

// The waiting deliveries never exceed the limits. put names the dropped deliveries, which
// belong to the longest backlog, so a webhook that hangs costs the others none.
func TestQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink()
		hang := make(chan struct{})
		drops := map[string]int{}
		const hung, size, room = 2 * maxSending, 2 * overhead, maxWaiting / (2 * overhead)
		for i := range hung {
			hook := fmt.Sprintf("hung %d", i)
			s.hangs(hook, hang)
			for range 3 * maxBacklog {
				for _, dropped := range s.put(job{hook: hook, body: make([]byte, size-overhead)}) {
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
		if want := hung*3*maxBacklog - room - maxSending; total != want {
			t.Errorf("%d are dropped, want %d", total, want)
		}
		for i := range 5 { // there is room for others
			if dropped := s.put(job{hook: "good", target: fmt.Sprint(i)}); slices.Contains(dropped, "good") {
				t.Errorf("%d of good is dropped", i)
			}
		}
		close(hang)
		s.senders.Wait()
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
		small := func() []string { return s.put(job{hook: "small"}) }
		large := func(size int) []string { return s.put(job{hook: "large", body: make([]byte, size-overhead)}) }
		for _, hook := range []string{"small", "large"} {
			s.put(job{hook: hook})
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
		s.senders.Wait()
		if len(s.got["small"]) != 3 || len(s.got["large"]) != 1 {
			t.Errorf("got %v", s.got)
		}
	})
}

// A forgotten webhook gets no further delivery until one is added.
func TestQueueForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink()
		s.hang["h"] = make(chan struct{})
		for range 10 {
			s.put(job{hook: "h"})
		}
		synctest.Wait()
		if n := s.forget("h"); n != 9 {
			t.Errorf("%d are dropped, want 9", n)
		}
		close(s.hang["h"])
		s.senders.Wait()
		if got := s.state(); got != [4]int{} || s.deliveries != 1 {
			t.Errorf("%v is left, %d are delivered", got, s.deliveries)
		}
		s.hang = nil
		s.put(job{hook: "h"})
		s.senders.Wait()
		if s.deliveries != 2 {
			t.Errorf("%d are delivered, want 2", s.deliveries)
		}
	})
}

// hangs starts a target that sends no response before the test ends.
func hangs(t *testing.T) (url string, asked <-chan struct{}) {
	end, hit := make(chan struct{}), make(chan struct{}, 1000)
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		hit <- struct{}{}
		select {
		case <-end:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() {
		close(end)
		target.Close()
	})
	return target.URL, hit
}

// A target that hangs delays no other target.
func TestHungTargetHoldsUpNobody(t *testing.T) {
	s := startWith(t, directState)
	hung, asked := hangs(t)
	for range 5 {
		s.hook("ada", hung)
	}
	target, events := hear(t)
	s.hook("ada", target)
	bob := "/v1/memberships/" + s.membershipOf(s.room("Open"), "bob@example.com")["id"].(string)
	for i := range 4 {
		s.do("ada", "PUT", bob, fmt.Sprintf(`{"isModerator":%t}`, i%2 == 0))
	}
	for range 5 {
		<-asked
	}
	want := []string{
		"updated bob@example.com true false", "updated ada@example.com true false", "updated bob@example.com false false",
		"updated bob@example.com true false", "updated bob@example.com false false",
	}
	if diff := cmp.Diff(want, events(len(want))); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// records keeps the messages of a log.
type records struct {
	mu    sync.Mutex
	lines []string
}

func (r *records) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, string(p))
	return len(p), nil
}

// The log has one message for each run of dropped deliveries. A webhook becomes inactive
// after too many failures or drops within five minutes, and stays so until it is updated.
func TestTroubleIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log records
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		server := startServer(t, directState)
		server.seed.Log, server.seed.Now = slog.New(slog.NewTextHandler(&log, nil)), func() time.Time { return now }
		s := &provider{t, server.router}
		hang := make(chan struct{})
		server.deliveries.send = func(job) error { <-hang; return errors.New("hung up") }
		s.hook("ada", "http://127.0.0.1:9/")
		bob := "/v1/memberships/" + s.membershipOf(s.room("Open"), "bob@example.com")["id"].(string)
		event := func(i int) { s.do("ada", "PUT", bob, fmt.Sprintf(`{"isModerator":%t}`, i%2 == 0)) }
		hook := func() map[string]any {
			return s.do("ada", "GET", "/v1/webhooks", "").body["items"].([]any)[0].(map[string]any)
		}
		said := func(want ...string) {
			t.Helper()
			log.mu.Lock()
			defer log.mu.Unlock()
			var got []string
			for _, line := range log.lines {
				_, message, _ := strings.Cut(line, "msg=")
				got = append(got, strings.ReplaceAll(strings.TrimSpace(message), hook()["id"].(string), "ID"))
			}
			if diff := cmp.Diff(want, slices.Clip(got)); diff != "" {
				t.Errorf("the log (-want +got):\n%s", diff)
			}
			log.lines = nil
		}
		const about = ` provider=webex webhook=ID target=http://127.0.0.1:9/ dropped=`
		event(0) // two deliveries, because the caller becomes a moderator too
		for i := 1; i < 1+maxBacklog-1; i++ {
			event(i)
		}
		said()
		for i := range maxFailures - 1 {
			event(i)
		}
		said(`"webhook deliveries are dropped: too many wait"` + about + "1")
		if got := hook()["status"]; got != "active" {
			t.Errorf("after %d drops it is %v", maxFailures-1, got)
		}
		now = now.Add(failurePeriod - time.Millisecond)
		event(1)
		said(`"a webhook is inactive: too many deliveries failed"` + about + fmt.Sprint(maxFailures+maxBacklog))
		if got := hook()["status"]; got != "inactive" {
			t.Errorf("after %d drops it is %v", maxFailures, got)
		}
		event(0)
		close(hang)
		server.deliveries.senders.Wait()
		if got := server.deliveries.waiting; got != 0 {
			t.Errorf("%d deliveries wait for an inactive webhook", got)
		}
		update := `{"name":"n","targetUrl":"http://127.0.0.1:9/","status":"active"}`
		if r := s.do("ada", "PUT", "/v1/webhooks/"+hook()["id"].(string), update); r.status != 200 || hook()["status"] != "active" {
			t.Errorf("got %v", r)
		}
		// Failures count like drops; old ones do not count.
		for range maxFailures - 1 {
			event(0)
			event(1)
			server.deliveries.senders.Wait()
			now = now.Add(failurePeriod)
		}
		if got := hook()["status"]; got != "active" {
			t.Errorf("with two failures in five minutes it is %v", got)
		}
		for i := range maxFailures {
			event(i)
			server.deliveries.senders.Wait()
		}
		if got := hook()["status"]; got != "inactive" {
			t.Errorf("after %d failures it is %v", maxFailures, got)
		}
	})
}

// The heap stays within the limits of the queue for thousands of webhooks that hang.
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
			for range maxBacklog {
				for _, hook := range names {
					s.put(job{hook: hook, body: make([]byte, body)})
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
			t.Errorf("the heap grows by %d bytes more as %d deliveries more come", grown, hooks*maxBacklog)
		}
		close(hang)
		s.senders.Wait()
	})
}
