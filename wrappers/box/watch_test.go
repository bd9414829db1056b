package box_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// watched returns the first n events of a Watch.
func watched(t *testing.T, c *box.Client, from memberships.Position, n int, opts ...option.Option) ([]memberships.Event, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var events []memberships.Event
	for e, err := range memberships.New(c.Provider()).Watch(ctx, from, opts...) {
		if err != nil {
			return events, err
		}
		if events = append(events, e); len(events) == n {
			break
		}
	}
	return events, nil
}

func TestWatchEvents(t *testing.T) {
	const user = `"source":{"type":"user","id":"7","name":"Ada","login":"ada@example.com"}`
	const group = `"additional_details":{"group_id":"9","group_name":"Rockets"}`
	groupOf := memberships.Group{Kind: memberships.KindGroup, ID: "9", Name: "Rockets"}
	ada := memberships.Member{Kind: memberships.MemberUser, ID: "7", Email: "ada@example.com", Name: "Ada"}
	change := func(kind memberships.EventType, state memberships.State, g memberships.Group, m memberships.Member) memberships.Event {
		return memberships.Event{Type: kind, NameOnly: true, Membership: memberships.Membership{Provider: "box", Group: g, Member: m, State: state}}
	}
	const active, absent = memberships.StateActive, memberships.StateAbsent
	for _, tc := range []struct {
		name, kind, fields string
		want               memberships.Event
	}{
		{"an addition", "GROUP_ADD_USER", user + "," + group, change(memberships.EventCreated, active, groupOf, ada)},
		{"a removal", "GROUP_REMOVE_USER", user + "," + group, change(memberships.EventDeleted, absent, groupOf, ada)},
		{"a new admin", "GROUP_ADMIN_CREATED", user + "," + group, change(memberships.EventUpdated, active, groupOf, ada)},
		{"an admin no more", "GROUP_ADMIN_DELETED", user + "," + group, change(memberships.EventUpdated, active, groupOf, ada)},
		{"other permissions", "GROUP_ADMIN_PERMISSIONS_UPDATED", user + "," + group, change(memberships.EventUpdated, active, groupOf, ada)},
		{"the group in the details is a number", "GROUP_ADD_USER", user + `,"additional_details":{"group_id":9,"group_name":"Rockets"}`, change(memberships.EventCreated, active, groupOf, ada)},
		{"the end of a group", "GROUP_DELETION", `"source":{"type":"group","id":"9","name":"Rockets"}`, change(memberships.EventDeleted, absent, groupOf, memberships.Member{})},
		{"the end of a group in the details", "GROUP_DELETION", group, change(memberships.EventDeleted, absent, groupOf, memberships.Member{})},
		{"the end of a user", "DELETE_USER", user, change(memberships.EventDeleted, absent, memberships.Group{}, ada)},
		{"a removal without its user", "GROUP_REMOVE_USER", `"source":null,` + group, change(memberships.EventUpdated, active, groupOf, memberships.Member{})},
		{"a removal without its group", "GROUP_REMOVE_USER", user + `,"additional_details":null`, change(memberships.EventUpdated, active, memberships.Group{}, memberships.Member{})},
		{"the end of an unknown group", "GROUP_DELETION", `"source":null`, change(memberships.EventUpdated, active, memberships.Group{}, memberships.Member{})},
		{"the end of an unknown user", "DELETE_USER", `"source":{"type":"user"}`, change(memberships.EventUpdated, active, memberships.Group{}, memberships.Member{})},
		{"a removal of odd fields", "GROUP_REMOVE_USER", `"source":"x","additional_details":[1]`, change(memberships.EventUpdated, active, memberships.Group{}, memberships.Member{})},
		{"another event", "UPLOAD", `"source":{"type":"file","id":"1"}`, memberships.Event{Type: "UPLOAD"}},
		{"a new event with the name of a change", "created", user, memberships.Event{Type: "other.created"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			body := fmt.Sprintf(`{"type":"event","event_id":"e1","event_type":%q,"created_at":"2026-11-07T09:26:50-07:00","created_by":{"type":"user","id":"1","name":"Root","login":"root@example.com"},%s}`, tc.kind, tc.fields)
			c := answering(t, `{"chunk_size":0,"next_stream_position":"5","entries":[]}`, fmt.Sprintf(`{"chunk_size":1,"next_stream_position":6,"entries":[%s]}`, body))
			events, err := watched(t, c, "", 2)
			if err != nil {
				t.Fatal(err)
			}
			got, want := events[1], tc.want
			want.Provider, want.ID, want.NativeType, want.Raw = "box", "e1", tc.kind, []byte(body)
			want.Time = time.Date(2026, 11, 7, 16, 26, 50, 0, time.UTC)
			want.Actor = memberships.Member{Kind: memberships.MemberUser, ID: "1", Name: "Root", Email: "root@example.com"}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(memberships.Event{}, "Position"), cmpopts.IgnoreUnexported(memberships.Event{}, memberships.Membership{})); diff != "" {
				t.Errorf("event (-want +got):\n%s", diff)
			}
			if native, ok := memberships.NativeEvent[*box.Event](got); !ok || native.EventType != tc.kind {
				t.Errorf("the native event is %+v", native)
			}
			if got.Position == events[0].Position {
				t.Error("the position did not move")
			}
		})
	}
}

// answering returns a client whose server returns the bodies, one after the other.
func answering(t *testing.T, bodies ...string) *box.Client {
	t.Helper()
	n := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n == len(bodies) {
			<-r.Context().Done()
			return
		}
		if r.URL.Path != "/2.0/events" {
			t.Errorf("%s was requested", r.URL)
		}
		status, body, ok := strings.Cut(bodies[n], " ")
		n++
		if ok && len(status) == 3 && status[0] == '4' {
			w.WriteHeader(400)
			_, _ = fmt.Fprint(w, body)
			return
		}
		_, _ = fmt.Fprint(w, bodies[n-1])
	}))
	t.Cleanup(srv.Close)
	c, err := box.New(option.WithBaseURL(srv.URL), option.WithToken("t"), box.WithPollInterval(100*time.Millisecond), option.WithAttempts(1))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A position that Box refuses is one that it no longer has.
func TestWatchRefusedPosition(t *testing.T) {
	const now = `{"chunk_size":0,"next_stream_position":"5","entries":[]}`
	const refused = `400 {"type":"error","status":400,"code":"bad_request","message":"Bad Request"}`
	_, err := watched(t, answering(t, now, refused), "", 2)
	if !errors.Is(err, memberships.ErrEventsMissed) || errors.Is(err, memberships.ErrInvalidArgument) {
		t.Errorf("got %v, want ErrEventsMissed", err)
	}
	if _, err = watched(t, answering(t, refused), "", 1); !errors.Is(err, memberships.ErrInvalidArgument) {
		t.Errorf("a refusal of now: got %v, want ErrInvalidArgument", err)
	}
}

func TestWatchMalformedPages(t *testing.T) {
	for name, page := range map[string]string{
		"no position":      `{"chunk_size":0,"entries":[]}`,
		"a null position":  `{"chunk_size":0,"next_stream_position":null,"entries":[]}`,
		"no entries":       `{"chunk_size":0,"next_stream_position":"5"}`,
		"an event no id":   `{"chunk_size":1,"next_stream_position":"5","entries":[{"event_type":"UPLOAD"}]}`,
		"an event no type": `{"chunk_size":1,"next_stream_position":"5","entries":[{"event_id":"e"}]}`,
		"an error":         `{"type":"error","status":500}`,
	} {
		if got, err := watched(t, answering(t, page), "", 1); !errors.Is(err, memberships.ErrMalformed) {
			t.Errorf("%s: got %+v, %v, want ErrMalformed", name, got, err)
		}
	}
}

func TestWatchOptions(t *testing.T) {
	for _, tc := range []struct {
		name string
		opt  option.Option
		want string
	}{
		{"stream", box.WithEventStream("none"), "WithEventStream: there is no such stream"},
		{"no type", box.WithEventTypes(""), "WithEventTypes: a type is empty or has a comma or space"},
		{"two types", box.WithEventTypes("A,B"), "WithEventTypes: a type is empty or has a comma or space"},
		{"interval", box.WithPollInterval(time.Millisecond), "WithPollInterval: the interval is shorter than 100 milliseconds"},
	} {
		c := answering(t)
		_, err := watched(t, c, "", 1, tc.opt)
		if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
}

// Watch polls with the stream, the types and the position, and waits between two polls.
func TestWatchPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, err := emulator.New()
		if err != nil {
			t.Fatal(err)
		}
		var queries []string
		var times []time.Duration
		begin := time.Now()
		e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
			queries, times = append(queries, r.URL.RawQuery), append(times, time.Since(begin))
			return false
		})
		c, err := box.New(option.WithHTTPClient(e.Client()), option.WithToken("t"))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 12*time.Second)
		defer cancel()
		for _, err := range memberships.New(c.Provider()).Watch(ctx, "", box.WithEventStream(box.StreamAdminLogs), box.WithEventTypes("GROUP_ADD_USER", "GROUP_REMOVE_USER"), option.WithPageSize(7)) {
			if err != nil && !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
		}
		const rest = "stream_type=admin_logs&stream_position=%s&limit=7&event_type=GROUP_ADD_USER,GROUP_REMOVE_USER"
		now, next := strings.Replace(rest, "%s", "now", 1), strings.Replace(rest, "%s", fmt.Sprint(begin.UnixMicro()), 1)
		if diff := cmp.Diff([]string{now, next, next}, queries); diff != "" {
			t.Errorf("queries (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]time.Duration{0, 5 * time.Second, 10 * time.Second}, times); diff != "" {
			t.Errorf("times (-want +got):\n%s", diff)
		}
	})
}

// The stream of another credential's events is that of the caller alone.
func TestWatchWithoutPermission(t *testing.T) {
	srv := emulator.NewServer(emulator.WithState("state", append(emulator.BuiltInState(), "\ncredentials: {box: [{token: alans, email: alan@example.com}]}\n"...)))
	defer srv.Close()
	c, err := box.New(option.WithBaseURL(srv.URL), option.WithToken("alans"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := watched(t, c, "", 1); !errors.Is(err, memberships.ErrPermissionDenied) {
		t.Errorf("the stream of the enterprise: got %v, want ErrPermissionDenied", err)
	}
	if _, err := watched(t, c, "", 1, box.WithEventStream(box.StreamAll)); err != nil {
		t.Errorf("the stream of the caller: %v", err)
	}
}
