package pubnub_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// polls is a server of subscriptions: it answers one body after the other, and then holds the
// request. "cut" breaks the connection, and a body that begins with a status has that.
type polls struct {
	bodies []string

	mu   sync.Mutex
	seen []*url.URL
}

func (p *polls) RoundTrip(req *http.Request) (*http.Response, error) {
	p.mu.Lock()
	n := len(p.seen)
	p.seen = append(p.seen, req.URL)
	p.mu.Unlock()
	if n >= len(p.bodies) {
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	body, status := p.bodies[n], 200
	if body == "cut" {
		return nil, errors.New("connection reset")
	}
	if len(body) > 3 && body[0] != '{' {
		if _, err := fmt.Sscan(body[:3], &status); err != nil {
			return nil, err
		}
		body = body[3:]
	}
	return respond(req, status, http.Header{"Content-Type": {`text/javascript; charset="UTF-8"`}}, body), nil
}

func (p *polls) client(t *testing.T, opts ...option.Option) *memberships.Client {
	t.Helper()
	c, err := pubnub.New(slices.Concat(once(p), []option.Option{pubnub.WithChannels("rockets", "ada")}, opts)...)
	if err != nil {
		t.Fatal(err)
	}
	return memberships.New(c.Provider())
}

// watched returns the first n events of a Watch, or those up to an error.
func watched(t *testing.T, c *memberships.Client, from memberships.Position, n int, opts ...option.Option) ([]memberships.Event, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Hour)
	defer cancel()
	var events []memberships.Event
	for e, err := range c.Watch(ctx, from, opts...) {
		if err != nil {
			return events, err
		}
		if events = append(events, e); len(events) == n {
			break
		}
	}
	return events, nil
}

const handshake = `{"t":{"t":"17000000000000001","r":41},"m":[]}`

// answer returns the answer of a subscription with messages.
func batchOf(next string, messages ...string) string {
	return fmt.Sprintf(`{"t":{"t":%q,"r":41},"m":[%s]}`, next, strings.Join(messages, ","))
}

// message returns an event of App Context in a channel.
func message(channel, timetoken, payload string) string {
	return fmt.Sprintf(`{"a":"5","f":0,"e":2,"p":{"t":%q,"r":41},"k":"demo","c":%q,"d":%s}`, timetoken, channel, payload)
}

func objects(event, kind, data string) string {
	return fmt.Sprintf(`{"source":"objects","version":"2.0","event":%q,"type":%q,"data":%s}`, event, kind, data)
}

const pairOf = `"channel":{"id":"rockets"},"uuid":{"id":"ada"}`

func TestWatchEvents(t *testing.T) {
	group := memberships.Group{Kind: memberships.KindChannel, ID: "rockets"}
	ada := memberships.Member{Kind: memberships.MemberUser, ID: "ada"}
	published := time.Date(2023, 11, 14, 22, 13, 21, 0, time.UTC)
	updated := time.Date(2023, 11, 14, 22, 13, 20, 987654321, time.UTC)
	const stamp = `"updated":"2023-11-14T22:13:20.987654321Z"`
	set := func(role memberships.Role, name string, state memberships.State) memberships.Event {
		return memberships.Event{Type: memberships.EventSet, NativeType: "membership.set", Time: updated, Membership: memberships.Membership{
			Provider: "pubnub", Group: group, Member: ada, Role: role, RoleName: name, State: state, Updated: updated,
		}}
	}
	ended := memberships.Event{Type: memberships.EventDeleted, NativeType: "membership.delete", NameOnly: true, Time: published, Membership: memberships.Membership{
		Provider: "pubnub", Group: group, Member: ada, State: memberships.StateAbsent,
	}}
	anyOne := func(native string) memberships.Event {
		return memberships.Event{Type: memberships.EventSet, NativeType: native, NameOnly: true, Time: published, Membership: memberships.Membership{
			Provider: "pubnub", State: memberships.StateActive,
		}}
	}
	other := func(native string) memberships.Event {
		return memberships.Event{Type: memberships.EventType(native), NativeType: native, Time: published}
	}
	late := set(memberships.RoleMember, "", memberships.StateActive)
	late.Time, late.Membership.Updated = published, time.Time{}
	const member, active = memberships.RoleMember, memberships.StateActive
	for _, tc := range []struct {
		name, payload string
		want          memberships.Event
	}{
		{"a plain membership", objects("set", "membership", `{`+pairOf+`,"eTag":"AZO/t53al7m8fw",`+stamp+`}`), set(member, "", active)},
		{"a role", objects("set", "membership", `{`+pairOf+`,"custom":{"role":"owner","n":1},`+stamp+`}`), set(memberships.RoleOwner, "owner", active)},
		{"a role of the caller's own", objects("set", "membership", `{`+pairOf+`,"custom":{"role":"captain"},`+stamp+`}`), set(memberships.RoleUnknown, "captain", active)},
		{"an invitation", objects("set", "membership", `{`+pairOf+`,"status":"pending","type":"x",`+stamp+`}`), set(member, "", memberships.StateInvited)},
		{"nulls", objects("set", "membership", `{`+pairOf+`,"custom":null,"status":null,"type":null,`+stamp+`}`), set(member, "", active)},
		{"new fields", objects("set", "membership", `{`+pairOf+`,"color":["red"],`+stamp+`}`), set(member, "", active)},
		{"no time", objects("set", "membership", `{`+pairOf+`}`), late},
		{"a later version 2", strings.Replace(objects("set", "membership", `{`+pairOf+`,`+stamp+`}`), "2.0", "2.7", 1), set(member, "", active)},
		{"a removal", objects("delete", "membership", `{`+pairOf+`}`), ended},
		{"a removal with the fields of an SDK's test", objects("delete", "membership", `{`+pairOf+`,"custom":{"role":"owner"},"eTag":"e"}`), ended},
		{"the metadata of a user", objects("set", "uuid", `{"id":"ada","name":"Ada","eTag":"e",`+stamp+`}`), other("uuid.set")},
		{"the end of a user's metadata", objects("delete", "uuid", `{"id":"ada"}`), other("uuid.delete")},
		{"the metadata of a channel", objects("set", "channel", `{"id":"rockets","custom":{"a":"b"},"eTag":"e",`+stamp+`}`), other("channel.set")},
		{"the end of a channel's metadata", objects("delete", "channel", `{"id":"rockets"}`), other("channel.delete")},
		{"a new kind of object", objects("set", "team", `{"id":"1"}`), other("team.set")},
		{"a new kind of event", objects("archive", "membership", `{`+pairOf+`}`), other("membership.archive")},
		{"a removal without its user", objects("delete", "membership", `{"channel":{"id":"rockets"}}`), anyOne("membership.delete")},
		{"a removal without its channel", objects("delete", "membership", `{"uuid":{"id":"ada"}}`), anyOne("membership.delete")},
		{"ids of another type", objects("set", "membership", `{"uuid":{"id":["ada"]},"channel":{"id":"rockets"}}`), anyOne("membership.set")},
		{"a status of another type", objects("set", "membership", `{`+pairOf+`,"status":{"a":1}}`), anyOne("membership.set")},
		{"data of another type", objects("set", "membership", `"x"`), anyOne("membership.set")},
		{"two rows in place of one", objects("set", "membership", `[{`+pairOf+`}]`), anyOne("membership.set")},
		{"no data", `{"source":"objects","version":"2.0","event":"delete","type":"membership"}`, anyOne("membership.delete")},
		{"a membership in a later version", strings.Replace(objects("set", "membership", `{`+pairOf+`}`), "2.0", "3.0", 1), anyOne("membership.set")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := message("rockets", "17000000010000000", tc.payload)
			p := &polls{bodies: []string{handshake, batchOf("17000000010000001", text)}}
			events, err := watched(t, p.client(t), "", 2)
			if err != nil {
				t.Fatal(err)
			}
			got, want := events[1], tc.want
			want.Provider, want.Raw = "pubnub", []byte(text)
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(memberships.Event{}, "Position", "ID"), cmpopts.IgnoreUnexported(memberships.Event{}, memberships.Membership{})); diff != "" {
				t.Errorf("event (-want +got):\n%s", diff)
			}
			if got.ID == "" || got.Position == events[0].Position {
				t.Errorf("the event has the id %q and the position %q", got.ID, got.Position)
			}
			if native, ok := memberships.NativeEvent[*pubnub.EventMessage](got); !ok || native.Channel != "rockets" {
				t.Errorf("the native event is %+v", native)
			}
			if m, ok := memberships.Native[*pubnub.Member](got.Membership); (got.Membership.Group.ID != "") != ok || ok && m.User.ID != "ada" {
				t.Errorf("the native membership is %+v", m)
			}
		})
	}
}

// Messages of users, signals, actions, files, presence and the withdrawn version are no
// events, whatever they have in them.
func TestWatchIgnoresOtherMessages(t *testing.T) {
	real := objects("set", "membership", `{`+pairOf+`,"updated":"2023-11-14T22:13:20.9Z"}`)
	kind := func(n string) string {
		return strings.Replace(message("rockets", "17000000010000000", real), `"e":2`, `"e":`+n, 1)
	}
	ordinary := func(d string) string {
		return strings.Replace(message("rockets", "17000000010000000", d), `"e":2,`, ``, 1)
	}
	texts := []string{
		kind("0"), kind("1"), kind("3"), kind("4"), kind("null"), ordinary(real), ordinary(`"hello"`), ordinary("7"), ordinary("null"),
		ordinary(`[{"source":1}]`), ordinary(`{"source":{"a":1},"data":5}`), ordinary(`{"data":{"channel":{"id":5}}}`),
		message("rockets-pnpres", "17000000010000000", `{"action":"join","uuid":"ada","occupancy":1,"timestamp":1700000001}`),
		message("rockets-pnpres", "17000000010000000", real),
		message("rockets", "17000000010000000", strings.Replace(real, "2.0", "1.0", 1)),
		message("rockets", "17000000010000000", strings.Replace(real, `"version":"2.0",`, "", 1)),
		message("rockets", "17000000010000000", strings.Replace(real, "objects", "others", 1)),
		message("rockets", "17000000010000000", `"text"`),
	}
	for _, text := range texts {
		p := &polls{bodies: []string{handshake, batchOf("17000000010000001", text)}}
		events, err := watched(t, p.client(t), "", 2)
		if err != nil || len(events) != 2 || events[1].Type != memberships.EventPosition {
			t.Errorf("%s: got %+v, %v", text, events, err)
		}
	}
}

// changes makes five changes of one membership: it comes, changes, goes, comes and goes.
func changes(t *testing.T, c *pubnub.Client, channel, user string) {
	t.Helper()
	in := pubnub.MemberInput{User: pubnub.UserRef{ID: user}}
	owning := pubnub.MemberInput{User: pubnub.UserRef{ID: user}, Custom: pubnub.Custom(owner())}
	for i, set := range []*pubnub.MemberInput{&in, &owning, nil, &in, nil} {
		var err error
		if set != nil {
			_, err = c.Members.Add(t.Context(), channel, []pubnub.MemberInput{*set}, pubnub.WriteParams{})
		} else {
			err = c.Members.Remove(t.Context(), channel, []string{user})
		}
		if err != nil {
			t.Errorf("change %d: %v", i, err)
			return
		}
	}
}

// types returns the types of the changes to a membership, and their ids.
func types(events []memberships.Event, channel, user string) (types, ids []string) {
	for _, e := range events {
		if e.Type.Changes() && e.Membership.Group.ID == channel && e.Membership.Member.ID == user {
			types, ids = append(types, string(e.Type)), append(ids, e.ID)
		}
	}
	return types, ids
}

var fiveChanges = []string{"set", "set", "deleted", "set", "deleted"}

// Every change is one event, on the channel of either side and on both.
func TestWatchSeesEveryChangeOnce(t *testing.T) {
	for name, channels := range map[string][]string{"both": {"demo", "guest"}, "the channel": {"demo"}, "the user": {"guest"}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				portableClient, c, _ := portable(t, "", pubnub.WithChannels(channels...))
				begin, err := watched(t, portableClient, "", 1)
				if err != nil {
					t.Fatal(err)
				}
				changes(t, c, "demo", "guest")
				events, err := watched(t, portableClient, begin[0].Position, 6)
				if err != nil {
					t.Fatal(err)
				}
				got, ids := types(events, "demo", "guest")
				if diff := cmp.Diff(fiveChanges, got); diff != "" {
					t.Errorf("changes (-want +got):\n%s", diff)
				}
				if slices.Sort(ids); len(slices.Compact(ids)) != 5 {
					t.Errorf("two changes have one id: %q", ids)
				}
				if events[2].Membership.Role != memberships.RoleOwner {
					t.Errorf("the second change has the role %q", events[2].Membership.Role)
				}
			})
		})
	}
}

// The answer to a subscription may lie before its last message, which then comes again.
func TestWatchDropsRepetitions(t *testing.T) {
	gone := objects("delete", "membership", `{`+pairOf+`}`)
	one, two := message("rockets", "17000000010000100", gone), message("ada", "17000000010000120", gone)
	next := message("rockets", "17000000900000000", gone)
	p := &polls{bodies: []string{handshake, batchOf("17000000010000000", one), batchOf("17000000010000110", one, two), batchOf("17000000900000001", two, next)}}
	events, err := watched(t, p.client(t), "", 4)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		got = append(got, string(e.Type))
	}
	if diff := cmp.Diff([]string{"position", "deleted", "position", "deleted"}, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// many returns n names of channels that need escapes.
func many(n int) []string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("käne ~%03d", i))
	}
	return names
}

// Channels that do not fit into one URL have several subscriptions. The stream stands when
// all do, every position has all timetokens, and the order of the names has no meaning.
func TestWatchSplitsLongLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		names := many(700)
		portableClient, c, _ := portable(t, "", pubnub.WithChannels(names...))
		begin, err := watched(t, portableClient, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{names[0], names[350], names[699]} {
			changes(t, c, name, "ada")
		}
		backwards := slices.Clone(names)
		slices.Reverse(backwards)
		events, err := watched(t, portableClient, begin[0].Position, 16, pubnub.WithChannels(backwards...))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{names[0], names[350], names[699]} {
			kinds, _ := types(events, name, "ada")
			if diff := cmp.Diff(fiveChanges, kinds); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		for k := 1; k < len(events)-1; k++ { // the process ends after event k
			missing := map[string]bool{}
			for _, e := range events[k+1:] {
				missing[e.ID] = true
			}
			for e, err := range portableClient.Watch(t.Context(), events[k].Position) {
				if err != nil {
					t.Fatal(err)
				}
				if delete(missing, e.ID); len(missing) == 0 {
					break
				}
			}
		}
	})
}

func TestWatchURLs(t *testing.T) {
	p := &polls{bodies: slices.Repeat([]string{handshake}, 10)}
	if _, err := watched(t, p.client(t, pubnub.WithChannels(many(700)...)), "", 1); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range p.seen {
		path, ok := strings.CutPrefix(u.EscapedPath(), "/v2/subscribe/demo/")
		list, end := strings.CutSuffix(path, "/0")
		if !ok || !end || len(list) > 4<<10 {
			t.Errorf("%d bytes: %.100s", len(list), u.EscapedPath())
		}
		for _, name := range strings.Split(list, ",") {
			name, err := url.PathUnescape(name)
			if err != nil {
				t.Error(err)
			}
			if u.Query().Get("tt") == "0" {
				got = append(got, name)
			}
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(many(700), got); diff != "" {
		t.Errorf("channels of the handshakes (-want +got):\n%s", diff)
	}
}

// A subscription that is cut goes on at its timetoken, and meanwhile the others have events.
func TestWatchGoesOnAfterACut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, err := emulator.New()
		if err != nil {
			t.Fatal(err)
		}
		names := many(400)
		var down sync.Map
		cut := roundTrip(func(req *http.Request) (*http.Response, error) {
			if _, ok := down.Load("first"); ok && strings.Contains(req.URL.Path, names[0]+",") && strings.HasPrefix(req.URL.Path, "/v2/subscribe/") {
				return nil, errors.New("connection reset")
			}
			return e.Client().Transport.RoundTrip(req)
		})
		c, err := pubnub.New(append(once(cut), pubnub.WithChannels(names...))...)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		begin := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for event, err := range memberships.New(c.Provider()).Watch(ctx, "") {
			switch {
			case err != nil:
				t.Fatal(err)
			case len(got) == 0:
				synctest.Wait()
				down.Store("first", true)
				changes(t, c, names[0], "ada") // ends the request that is in flight
				go func() {
					time.Sleep(time.Minute)
					changes(t, c, names[399], "bob")
					time.Sleep(2 * time.Minute)
					changes(t, c, names[0], "eve")
					down.Delete("first")
				}()
				got = append(got, "stands")
			case event.Type.Changes():
				got = append(got, event.Membership.Member.ID+" "+string(event.Type))
			}
			if len(got) == 16 {
				break
			}
		}
		of := map[string][]string{}
		for _, e := range got[1:] {
			user, kind, _ := strings.Cut(e, " ")
			of[user] = append(of[user], kind)
		}
		if diff := cmp.Diff(map[string][]string{"ada": fiveChanges, "bob": fiveChanges, "eve": fiveChanges}, of); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		if late := slices.Index(got, "eve set"); slices.Contains(got[late:], "bob deleted") {
			t.Errorf("the cut of one subscription held the other back: %q", got)
		}
		if took := time.Since(begin); took > 4*time.Minute {
			t.Errorf("the stream took %s", took)
		}
	})
}

// PubNub holds a request for 280 seconds, and a request without an answer ends after 310. A
// short limit of the client does not count.
func TestWatchWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		begin := time.Now()
		e, err := emulator.New()
		if err != nil {
			t.Fatal(err)
		}
		counted := roundTrip(func(req *http.Request) (*http.Response, error) {
			at = append(at, time.Since(begin).Round(10*time.Second))
			if len(at) == 3 {
				<-req.Context().Done()
				return nil, req.Context().Err()
			}
			return e.Client().Transport.RoundTrip(req)
		})
		c, err := pubnub.New(append(once(counted), pubnub.WithChannels("demo"), option.WithTimeout(5*time.Second), option.WithCallTimeout(20*time.Second))...)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
		defer cancel()
		var last error
		n := 0
		for _, err := range memberships.New(c.Provider()).Watch(ctx, "") {
			last = err
			n++
		}
		// A handshake, one hold, one without an answer, and again.
		want := []time.Duration{0, 0, 280 * time.Second, 590 * time.Second, 870 * time.Second}
		if diff := cmp.Diff(want, at); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if !errors.Is(last, context.DeadlineExceeded) || n != 4 { // three positions
			t.Errorf("%d events, the last with %v", n, last)
		}
	})
}

// A server that answers at once and says nothing gets a request a second.
func TestWatchDoesNotSpin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		same := `{"t":{"t":"17000000000000001","r":41},"m":[]}`
		repeated := batchOf("17000000000000001", message("rockets", "17000000000000001", objects("set", "uuid", `{"id":"ada"}`)))
		for name, body := range map[string]string{"nothing": same, "one message again and again": repeated} {
			p := &polls{bodies: append([]string{handshake}, slices.Repeat([]string{body}, 100)...)}
			ctx, cancel := context.WithTimeout(t.Context(), 10500*time.Millisecond)
			for range p.client(t).Watch(ctx, "") {
				continue
			}
			cancel()
			if n := len(p.seen); n > 13 {
				t.Errorf("%s: %d requests in ten seconds", name, n)
			}
		}
	})
}

// Events that PubNub no longer has are ErrEventsMissed: after an old position, in a full
// answer, and after a pause of the reader.
func TestWatchMissedEvents(t *testing.T) {
	full := batchOf("17000000900000000", slices.Repeat([]string{message("rockets", "17000000010000000", `"chat"`)}, 100)...)
	almost := batchOf("17000000900000000", slices.Repeat([]string{message("rockets", "17000000010000000", `"chat"`)}, 99)...)
	for _, tc := range []struct {
		name   string
		bodies []string
		wait   time.Duration
		want   error
		text   string
	}{
		{"a recent position", []string{handshake, almost}, 14 * time.Minute, nil, ""},
		{"an old position", []string{handshake, almost}, 16 * time.Minute, memberships.ErrEventsMissed, "the provider has the events of 15 minutes"},
		{"a full answer", []string{handshake, full}, 0, memberships.ErrEventsMissed, "the answer has 100 messages"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &polls{bodies: tc.bodies}
				c := p.client(t)
				begin, err := watched(t, c, "", 1)
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(tc.wait)
				events, err := watched(t, c, begin[0].Position, 2)
				if !errors.Is(err, tc.want) || err != nil && !strings.Contains(err.Error(), tc.text) {
					t.Errorf("got %v after %d events, want %v: %s", err, len(events), tc.want, tc.text)
				}
				if tc.wait > 15*time.Minute && len(p.seen) > 1 {
					t.Errorf("%d requests", len(p.seen))
				}
			})
		})
	}
}

// The emulator loses what PubNub loses, and Watch says so.
func TestWatchOverflow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		portableClient, c, _ := portable(t, "", pubnub.WithChannels("demo"))
		begin, err := watched(t, portableClient, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		for range 21 {
			changes(t, c, "demo", "guest")
		}
		if events, err := watched(t, portableClient, begin[0].Position, 2); !errors.Is(err, memberships.ErrEventsMissed) || len(events) != 1 {
			t.Errorf("got %v after %d events, want ErrEventsMissed after the position", err, len(events))
		}
	})
}

func TestWatchRefusals(t *testing.T) {
	const denied = `403{"message":"Forbidden","payload":{"channels":["ada","rockets"]},"error":true,"service":"Access Manager","status":403}`
	const badKey = `400{"message":"Invalid Subscribe Key","error":true,"service":"Access Manager","status":400}`
	for _, tc := range []struct {
		name, body string
		kind       error
		text       string
	}{
		{"Access Manager", denied, memberships.ErrPermissionDenied, "Forbidden (channels ada, rockets)"},
		{"an unknown keyset", badKey, memberships.ErrInvalidArgument, "Invalid Subscribe Key"},
		{"no timetoken", `{"t":{"r":1},"m":[]}`, memberships.ErrMalformed, ""},
		{"a timetoken of letters", `{"t":{"t":"now","r":1},"m":[]}`, memberships.ErrMalformed, "the timetoken of the answer"},
		{"a timetoken that is too long", `{"t":{"t":"12345678901234567890","r":1},"m":[]}`, memberships.ErrMalformed, "the timetoken of the answer"},
		{"no messages", `{"t":{"t":"17000000000000001","r":1}}`, memberships.ErrMalformed, "no array of messages"},
		{"null messages", `{"t":{"t":"17000000000000001","r":1},"m":null}`, memberships.ErrMalformed, "no array of messages"},
		{"a message without a channel", batchOf("17000000000000001", `{"e":2,"p":{"t":"1"},"d":{}}`), memberships.ErrMalformed, "lacks its channel"},
		{"a message without a time", batchOf("17000000000000001", `{"e":2,"c":"rockets","d":{}}`), memberships.ErrMalformed, "lacks its channel"},
		{"a sign-in page", `{}`, memberships.ErrMalformed, ""},
	} {
		events, err := watched(t, (&polls{bodies: []string{tc.body, tc.body}}).client(t), "", 1)
		if !errors.Is(err, tc.kind) || !strings.Contains(fmt.Sprint(err), tc.text) || len(events) > 0 {
			t.Errorf("%s: got %v after %d events, want %v: %s", tc.name, err, len(events), tc.kind, tc.text)
		}
	}
}

// The names of channels are checked before anything is sent, and no name reaches another
// path.
func TestWatchChannels(t *testing.T) {
	for _, name := range []string{"", ".", "..", "a,b", ",", "a/b", `a\b`, "a*", "a:b", "a\n", "a\x00b", "%2e%2e", "..%2f", strings.Repeat("x", 93), "\xff", "rockets-pnpres"} {
		p := &polls{bodies: []string{handshake}}
		_, err := watched(t, p.client(t), "", 1, pubnub.WithChannels("rockets", name))
		if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), "WithChannels: channel 1 ") || len(p.seen) > 0 {
			t.Errorf("WithChannels(%q): got %v and %d requests", name, err, len(p.seen))
		}
		if name == "rockets-pnpres" {
			continue
		}
		c := (&script{answers: []string{handshake}}).client(t)
		if _, err := c.Events.Read(t.Context(), []string{"rockets", name}, pubnub.ReadEventsParams{}); !errors.Is(err, memberships.ErrInvalidArgument) {
			t.Errorf("Read(%q): got %v", name, err)
		}
	}
	p := &polls{bodies: []string{handshake}}
	if _, err := watched(t, p.client(t), "", 1, pubnub.WithChannels()); !errors.Is(err, memberships.ErrInvalidArgument) || len(p.seen) > 0 {
		t.Errorf("WithChannels(): got %v", err)
	}
	c, err := pubnub.New(once(p)...)
	if err != nil {
		t.Fatal(err)
	}
	_, err = watched(t, memberships.New(c.Provider()), "", 1)
	if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), "WithChannels or memberships.WithWatchedGroups names some") || len(p.seen) > 0 {
		t.Errorf("without WithChannels: got %v", err)
	}
	if _, err := watched(t, p.client(t), "", 1, pubnub.WithChannels("b c", "ä", "b c"), memberships.WithWatchedGroups(memberships.Group{ID: "a"}, memberships.Group{ID: "ä"})); err != nil {
		t.Fatal(err)
	}
	if got, want := p.seen[0].EscapedPath(), "/v2/subscribe/demo/a,b%20c,%C3%A4/0"; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
}

func TestReadParams(t *testing.T) {
	for _, tc := range []struct {
		params pubnub.ReadEventsParams
		query  string // "" for a refusal
	}{
		{pubnub.ReadEventsParams{}, "tt=0"},
		{pubnub.ReadEventsParams{Timetoken: "0"}, "tt=0"},
		{pubnub.ReadEventsParams{Timetoken: "17000000000000001", Region: 41}, "tr=41&tt=17000000000000001"},
		{pubnub.ReadEventsParams{Timetoken: "now"}, ""},
		{pubnub.ReadEventsParams{Timetoken: "-1"}, ""},
		{pubnub.ReadEventsParams{Timetoken: "1&tt=2"}, ""},
		{pubnub.ReadEventsParams{Timetoken: strings.Repeat("1", 20)}, ""},
	} {
		s := &script{answers: []string{handshake}}
		_, err := s.client(t).Events.Read(t.Context(), []string{"a"}, tc.params)
		if tc.query == "" {
			if !errors.Is(err, memberships.ErrInvalidArgument) || len(s.seen) > 0 {
				t.Errorf("%+v: got %v and %d requests", tc.params, err, len(s.seen))
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		q := s.seen[0].URL.Query()
		q.Del("pnsdk")
		q.Del("uuid")
		if q.Encode() != tc.query {
			t.Errorf("%+v: sent %s, want %s", tc.params, q.Encode(), tc.query)
		}
	}
}

// A secret key signs the path with its commas, and a token goes with every request.
func TestWatchWithCredentials(t *testing.T) {
	state := append(emulator.BuiltInState(), "\ncredentials: {pubnub: [{token: sec-demo, email: ada@example.com}, {token: reader, scopes: [read]}, {token: getter, scopes: [get]}]}\n"...)
	for _, tc := range []struct {
		name string
		opt  option.Option
		kind error
	}{
		{"a secret key", pubnub.WithSecretKey("sec-demo"), nil},
		{"another secret key", pubnub.WithSecretKey("sec-other"), memberships.ErrPermissionDenied},
		{"a token", option.WithToken("reader"), nil},
		{"another token", option.WithToken("other"), memberships.ErrPermissionDenied},
		{"a token that may not read", option.WithToken("getter"), memberships.ErrPermissionDenied},
	} {
		c, _, _ := portable(t, string(state), pubnub.WithChannels("ä b~(1)", "demo", "x+y=z"), tc.opt)
		_, err := watched(t, c, "", 1)
		if !errors.Is(err, tc.kind) {
			t.Errorf("%s: got %v, want %v", tc.name, err, tc.kind)
		}
		if tc.kind != nil && !strings.Contains(err.Error(), "channels demo, x+y=z, ä b~(1)") {
			t.Errorf("%s: %v does not name the channels", tc.name, err)
		}
	}
}

// A position belongs to the keyset and the channels.
func TestWatchPositions(t *testing.T) {
	p := &polls{bodies: slices.Repeat([]string{handshake}, 20)}
	begin, err := watched(t, p.client(t), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	at, sent := begin[0].Position, len(p.seen)
	if _, err := watched(t, p.client(t), at, 1); err != nil {
		t.Errorf("its own stream: %v", err)
	}
	for name, opt := range map[string]option.Option{
		"another keyset": pubnub.WithKeys("other", ""), "another channel": pubnub.WithChannels("rockets"), "more channels": pubnub.WithChannels("ada", "rockets", "x"),
	} {
		if _, err := watched(t, p.client(t), at, 1, opt); !errors.Is(err, memberships.ErrInvalidArgument) {
			t.Errorf("%s: got %v, want ErrInvalidArgument", name, err)
		}
	}
	for _, cursor := range []string{"x/1", "17000000000000001", "17000000000000001/x", "0/1", "/1", "17000000000000001/1/2"} {
		damaged := memberships.SealPosition(fmt.Sprintf("%d %s", time.Now().Unix(), cursor), "pubnub", "demo", "ada", "rockets")
		if _, err := watched(t, p.client(t), damaged, 2); !errors.Is(err, memberships.ErrInvalidArgument) {
			t.Errorf("cursor %s: got %v, want ErrInvalidArgument", cursor, err)
		}
	}
	if len(p.seen) != sent {
		t.Errorf("%d requests for positions of others", len(p.seen)-sent)
	}
}
