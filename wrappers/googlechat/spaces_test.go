package googlechat_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

// The response to a deletion is an empty object; any other body is malformed.
func TestSpacesDeleteResponses(t *testing.T) { synctest.Test(t, spacesDeleteResponses) } // for the waits before readings

func spacesDeleteResponses(t *testing.T) {
	for body, ok := range map[string]bool{`{}`: true, "{\n}": true, ``: false, `[]`: false, `{"name":"spaces/s"}`: false, `{"error":{}}`: false} {
		c, _ := withBodies(t, body)
		err := c.Spaces.Delete(t.Context(), "s", googlechat.DeleteSpaceParams{})
		if ok != (err == nil) || !ok && !errors.Is(err, memberships.ErrMalformed) {
			t.Errorf("%q: got %v, want success: %t", body, err, ok)
		}
	}
}

// droppingServer makes spaces and drops the connection of the first request with each
// request id.
type droppingServer struct {
	mu   sync.Mutex
	sent map[string][]string // the requests of a request id, in order
}

func (l *droppingServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var in struct {
		RequestID string `json:"requestId"`
	}
	_ = json.Unmarshal(body, &in)
	id := in.RequestID + r.URL.Query().Get("requestId") // one operation has it in the body, one in the query
	l.mu.Lock()
	l.sent[id] = append(l.sent[id], r.Method+" "+r.URL.RequestURI()+" "+string(body))
	first := len(l.sent[id]) == 1
	l.mu.Unlock()
	if first {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
		return
	}
	_, _ = io.WriteString(w, `{"name":"spaces/made-`+id+`","spaceType":"SPACE"}`)
}

// TestRepeatHasSameRequestID makes two concurrent calls whose first responses are lost. The
// repeat of a call is equal to its first request, with the same request id.
func TestRepeatHasSameRequestID(t *testing.T) {
	room := googlechat.CreateSpaceRequest{SpaceType: googlechat.SpaceTypeSpace, DisplayName: "Book club"}
	for name, do := range map[string]func(ctx context.Context, c *googlechat.Client, id string) (*googlechat.Space, error){
		"Spaces.Create": func(ctx context.Context, c *googlechat.Client, id string) (*googlechat.Space, error) {
			return c.Spaces.Create(ctx, room, googlechat.CreateSpaceParams{RequestID: &id})
		},
		"Spaces.SetUp": func(ctx context.Context, c *googlechat.Client, id string) (*googlechat.Space, error) {
			return c.Spaces.SetUp(ctx, googlechat.SetUpSpaceRequest{Space: room, RequestID: id})
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := &droppingServer{sent: map[string][]string{}}
			srv := httptest.NewServer(l)
			defer srv.Close()
			c, err := googlechat.New(option.WithBaseURL(srv.URL), option.WithToken("token"), option.WithBackoff(time.Millisecond, time.Millisecond))
			if err != nil {
				t.Fatal(err)
			}
			ids := []string{"request-1", "request-2"}
			var calls sync.WaitGroup
			for _, id := range ids {
				calls.Go(func() {
					sp, err := do(t.Context(), c, id)
					if err != nil || sp.Name != "spaces/made-"+id {
						t.Errorf("%s: got %+v, %v", id, sp, err)
					}
				})
			}
			calls.Wait()
			if len(l.sent) != len(ids) {
				t.Errorf("sent %v, want the ids %v and no other", l.sent, ids)
			}
			for _, id := range ids {
				sent := l.sent[id]
				if len(sent) != 2 {
					t.Fatalf("%s was sent with %q, want twice", id, sent)
				}
				if diff := cmp.Diff(sent[0], sent[1]); diff != "" {
					t.Errorf("%s: a repeat differs (-first +second):\n%s", id, diff)
				}
			}
		})
	}
}
