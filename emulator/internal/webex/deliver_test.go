package webex

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hear starts a webhook target and returns its URL and a function that returns the next n
// events.
func hear(t *testing.T) (string, func(n int) []string) {
	got := make(chan string, 16)
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var e struct {
			Event string
			Data  struct {
				PersonEmail               string
				IsModerator, IsRoomHidden bool
			}
		}
		if err := json.Unmarshal(body, &e); err != nil {
			t.Error(err)
		}
		got <- fmt.Sprint(e.Event, " ", e.Data.PersonEmail, " ", e.Data.IsModerator, " ", e.Data.IsRoomHidden)
	}))
	t.Cleanup(target.Close)
	return target.URL, func(n int) (events []string) {
		for range n {
			events = append(events, <-got)
		}
		return events
	}
}

func (s *provider) hook(as, target string) {
	s.t.Helper()
	if r := s.do(as, "POST", "/v1/webhooks", fmt.Sprintf(`{"name":"n","targetUrl":%q,"resource":"memberships","event":"all"}`, target)); r.status != 200 {
		s.t.Fatal(r)
	}
}

// The first moderator makes the caller a moderator too, with an event of its own.
func TestFirstModeratorTellsTwice(t *testing.T) {
	s := startWith(t, directState)
	target, events := hear(t)
	s.hook("ada", target)
	room := s.room("Open")
	bob := "/v1/memberships/" + s.membershipOf(room, "bob@example.com")["id"].(string)
	s.do("ada", "PUT", bob, `{"isModerator":true}`)
	s.do("ada", "PUT", bob, `{"isModerator":false}`)
	s.do("ada", "PUT", bob, `{"isModerator":true}`)
	s.do("ada", "POST", "/v1/memberships", `{"roomId":"`+room+`","personEmail":"eve@example.com","isModerator":true}`)
	want := []string{
		"updated bob@example.com true false", "updated ada@example.com true false",
		"updated bob@example.com false false", "updated bob@example.com true false",
		"created eve@example.com false false", "updated eve@example.com true false",
	}
	if diff := cmp.Diff(want, events(len(want))); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// The event of a hidden direct room goes to the member who hides it alone.
func TestHiddenRoomIsToldToItsOwner(t *testing.T) {
	s := startWith(t, directState)
	target, events := hear(t)
	s.hook("bob", target) // the first webhook, which would get an event first
	own, ownEvents := hear(t)
	s.hook("ada", own)
	s.do("ada", "PUT", "/v1/memberships/"+membershipID(typeMembership, 1, "pair"), `{"isRoomHidden":true}`)
	if diff := cmp.Diff([]string{"updated ada@example.com false true"}, ownEvents(1)); diff != "" {
		t.Errorf("ada is told (-want +got):\n%s", diff)
	}
	s.do("bob", "PUT", "/v1/memberships/"+membershipID(typeMembership, 2, "pair"), `{"isRoomHidden":true}`)
	if diff := cmp.Diff([]string{"updated bob@example.com false true"}, events(1)); diff != "" {
		t.Errorf("bob is told (-want +got):\n%s", diff)
	}
}

// A delivery goes to the target and follows no redirect.
func TestDeliveriesFollowNoRedirect(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			var strayed atomic.Int64
			elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Add(1) }))
			defer elsewhere.Close()
			hit := make(chan struct{}, 4)
			redirects := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, elsewhere.URL, status)
				hit <- struct{}{}
			}))
			defer redirects.Close()
			server := startServer(t, directState)
			s := &provider{t, server.router}
			s.hook("ada", redirects.URL)
			s.do("ada", "POST", "/v1/memberships", `{"roomId":"`+s.room("Open")+`","personEmail":"eve@example.com"}`)
			<-hit
			server.deliveries.Wait()
			if n := strayed.Load(); n != 0 {
				t.Errorf("%d deliveries went elsewhere", n)
			}
		})
	}
}
