package cassette_test

import (
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/cassette"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestClientsReplayRetries records a client that retries, and replays it: the file holds all
// attempts, and the wait takes no time. A request without a recording is not retried.
func TestClientsReplayRetries(t *testing.T) {
	file := filepath.Join(t.TempDir(), "busy.yaml")
	refusals := 2
	busy := roundTrip(func(r *http.Request) (*http.Response, error) {
		resp := &http.Response{StatusCode: 200, Status: "200 OK", Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
			Body: io.NopCloser(strings.NewReader(`{"items":[]}`))}
		if refusals--; refusals >= 0 {
			resp.StatusCode, resp.Status = 429, "429 Too Many Requests"
			resp.Header.Set("Retry-After", "40")
		}
		return resp, nil
	})
	list := func(t *testing.T, mode cassette.Mode, roomID string) (waited time.Duration, err error) {
		synctest.Test(t, func(t *testing.T) {
			c, err2 := cassette.Open(file, mode, cassette.WithTransport(busy))
			if err2 != nil {
				t.Fatal(err2)
			}
			client, err2 := webex.New(option.WithHTTPClient(c.Client()), option.WithToken("token"), option.WithCallTimeout(time.Hour))
			if err2 != nil {
				t.Fatal(err2)
			}
			began := time.Now()
			for _, err2 := range client.Memberships.List(t.Context(), webex.ListMembershipsParams{RoomID: &roomID}) {
				err = err2
			}
			waited = time.Since(began)
			err = errors.Join(err, c.Close())
		})
		return waited, err
	}
	for _, mode := range []cassette.Mode{cassette.Record, cassette.Replay} {
		if waited, err := list(t, mode, "room"); err != nil || waited != 80*time.Second {
			t.Errorf("%v: waited %v, %v, want 80s", mode, waited, err)
		}
	}
	waited, err := list(t, cassette.Replay, "another")
	var e *memberships.Error
	if !errors.Is(err, cassette.ErrNotRecorded) || !errors.As(err, &e) || waited != 0 {
		t.Errorf("a miss: waited %v, %v", waited, err)
	}
}
