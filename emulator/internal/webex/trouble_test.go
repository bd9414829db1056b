package webex

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator/internal/outbox"
)

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
		server.deliveries.Send = func(outbox.Delivery) error { <-hang; return errors.New("hung up") }
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
		for i := 1; i < 1+outbox.Backlog-1; i++ {
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
		said(`"a webhook is inactive: too many deliveries failed"` + about + fmt.Sprint(maxFailures+outbox.Backlog))
		if got := hook()["status"]; got != "inactive" {
			t.Errorf("after %d drops it is %v", maxFailures, got)
		}
		event(0)
		close(hang)
		server.deliveries.Wait()
		if got := server.deliveries.Waiting(); got != 0 {
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
			server.deliveries.Wait()
			now = now.Add(failurePeriod)
		}
		if got := hook()["status"]; got != "active" {
			t.Errorf("with two failures in five minutes it is %v", got)
		}
		for i := range maxFailures {
			event(i)
			server.deliveries.Wait()
		}
		if got := hook()["status"]; got != "inactive" {
			t.Errorf("after %d failures it is %v", maxFailures, got)
		}
	})
}
