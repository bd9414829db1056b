package emulator_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/events"
	verifier "github.com/memberships-go/memberships/events/googlechat"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

// chatKeys is the path of the emulator's keys, and pushAccount the account of its pushes.
const (
	pushAccount = "push@emulator.iam.gserviceaccount.com"
	chatKeys    = "/service_accounts/v1/jwk/" + pushAccount
)

// pushed is an emulator that delivers Google Chat's events to a handler of package events.
type pushed struct {
	t        *testing.T
	srv      *emulator.Server
	chat     *googlechat.Client
	received chan memberships.Event
	mu       sync.Mutex
	now      time.Time
}

func (p *pushed) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *pushed) advance(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

func push(t *testing.T) *pushed {
	t.Helper()
	p := &pushed{t: t, received: make(chan memberships.Event, 100), now: time.Now()}
	var h http.Handler
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(receiver.Close)
	target := receiver.URL + "/googlechat"
	p.srv = emulator.NewServer(emulator.WithClock(p.clock), emulator.WithState("s.yaml", fmt.Appendf(nil, `
people: [{name: Ada, email: ada@example.com}, {name: Bob, email: bob@example.com}, {name: Cleo, email: cleo@example.com}]
groups: [{name: Demo, ids: {googlechat: demo}, members: [{email: ada@example.com, role: owner}]}]
deliveries: {googlechat: {url: %q}}
`, target)))
	t.Cleanup(p.srv.Close)
	var err error
	h, err = events.Handler(func(_ context.Context, e memberships.Event) error {
		p.received <- e
		return nil
	}, []memberships.Deliveries{skewed{verifier.Deliveries(target, pushAccount, verifier.WithKeysURL(p.srv.URL+chatKeys)), p.clock}})
	if err != nil {
		t.Fatal(err)
	}
	if p.chat, err = googlechat.New(option.WithBaseURL(p.srv.URL), option.WithToken("any")); err != nil {
		t.Fatal(err)
	}
	return p
}

// skewed are deliveries whose clock is that of the emulator.
type skewed struct {
	memberships.Deliveries
	clock func() time.Time
}

func (s skewed) Open(ctx context.Context, headers map[string][]string, body []byte, _ time.Time) (memberships.Delivery, error) {
	return s.Deliveries.Open(ctx, headers, body, s.clock())
}

// next returns a description of the next n events.
func (p *pushed) next(n int) (out []string) {
	p.t.Helper()
	for range n {
		select {
		case e := <-p.received:
			w, ok := memberships.NativeEvent[*googlechat.WorkspaceEvent](e)
			if !ok {
				p.t.Fatalf("got %+v", e)
			}
			subject := e.Membership.Member.Email
			switch {
			case e.NameOnly:
				subject = "name only"
			case !e.Type.Changes():
				subject = fmt.Sprint(w.Subscription.State, w.Subscription.SuspensionReason, " until ", w.Subscription.ExpireTime.Sub(p.clock()).Round(time.Minute))
			}
			kind := w.Type[strings.LastIndex(w.Type, ".")+1:]
			out = append(out, strings.Join([]string{w.Subscription.Name, kind, string(e.Type), subject, string(e.Membership.Role)}, " "))
		case <-time.After(10 * time.Second):
			p.t.Fatalf("no event for ten seconds, after %q", out)
		}
	}
	return out
}

func (p *pushed) want(want ...string) {
	p.t.Helper()
	for i := range want {
		want[i] = strings.Replace(want[i], "lifecycle ", "google.workspace.events.subscription.v1.", 1)
	}
	if diff := cmp.Diff(want, p.next(len(want))); diff != "" {
		p.t.Errorf("events (-want +got):\n%s", diff)
	}
	select {
	case e := <-p.received:
		p.t.Errorf("another event: %+v", e)
	case <-time.After(20 * time.Millisecond):
	}
}

// TestGoogleChatDeliveries reads signed pushes with the verifier: every change with its
// resource while there is no subscription, and then what the subscriptions cover.
func TestGoogleChatDeliveries(t *testing.T) {
	p := push(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	add := func(space, mail string) {
		t.Helper()
		_, err := p.chat.Memberships.Create(ctx, space, googlechat.UserMember(mail), googlechat.CreateMembershipParams{})
		must(err)
	}
	bob := googlechat.MembershipName("demo", "bob@example.com")
	add("demo", "bob@example.com")
	_, err := p.chat.Memberships.Update(ctx, bob, googlechat.UpdateMembershipRequest{Role: googlechat.RoleManager}, googlechat.UpdateMembershipParams{})
	must(err)
	must(p.chat.Memberships.Delete(ctx, bob, googlechat.DeleteMembershipParams{}))
	_, err = p.chat.Spaces.SetUp(ctx, googlechat.SetUpSpaceRequest{
		Space:       googlechat.CreateSpaceRequest{SpaceType: googlechat.SpaceTypeSpace, DisplayName: "Other"},
		Memberships: []googlechat.CreateMembershipRequest{googlechat.UserMember("bob@example.com")},
	})
	must(err)
	p.want(
		"subscriptions/emulator created created bob@example.com member",
		"subscriptions/emulator updated updated bob@example.com owner",
		"subscriptions/emulator deleted deleted name only unknown",
		"subscriptions/emulator batchCreated created ada@example.com owner",
		"subscriptions/emulator batchCreated created bob@example.com member",
	)
	subscribe := func(target string, payload googlechat.PayloadOptions, types ...string) string {
		t.Helper()
		sub, err := p.chat.Subscriptions.Create(ctx, googlechat.CreateSubscriptionRequest{
			TargetResource: target, EventTypes: types, PayloadOptions: payload,
			NotificationEndpoint: googlechat.NotificationEndpoint{PubsubTopic: "projects/p/topics/t"},
		})
		must(err)
		return sub.Name
	}
	names := subscribe(googlechat.SpaceTarget("demo"), googlechat.PayloadOptions{}, googlechat.TypeMembershipDeleted)
	add("demo", "bob@example.com") // covered by no subscription
	p.want()
	all := subscribe(googlechat.SpaceTarget("-"), googlechat.PayloadOptions{IncludeResource: true}, googlechat.MembershipTypes()...)
	add("demo", "cleo@example.com")
	p.want(all + " created created cleo@example.com member")
	must(p.chat.Memberships.Delete(ctx, bob, googlechat.DeleteMembershipParams{}))
	p.want(names + " deleted deleted name only unknown") // the other one has the same id
	p.advance(3*time.Hour + 30*time.Minute)
	_, err = p.chat.Subscriptions.Get(ctx, names)
	must(err)
	p.want(all + " expirationReminder lifecycle expirationReminder  until 30m0s ")
	p.advance(time.Hour)
	_, err = p.chat.Subscriptions.Get(ctx, names)
	must(err)
	p.want(all + " expired lifecycle expired  until -30m0s ")
	must(p.chat.Spaces.Delete(ctx, "demo", googlechat.DeleteSpaceParams{}))
	p.want(names + " suspended lifecycle suspended SUSPENDEDRESOURCE_DELETED until 163h30m0s ")
}

// TestGoogleChatKeys reads the keys without a credential and without the control API. Box
// keeps its path.
func TestGoogleChatKeys(t *testing.T) {
	srv := emulator.NewServer(emulator.WithoutControl())
	defer srv.Close()
	for _, tt := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", chatKeys, 200, `{"keys":[{"alg":"RS256","e":"AQAB",`},
		{"POST", chatKeys, 405, "read only"},
		{"GET", chatKeys + "/x", 404, "no provider"},
		{"GET", "/service_accounts/v1/jwk", 404, "no provider"},
		{"GET", "/oauth2/token", 401, `{"error":"unauthorized"`},
	} {
		req, err := http.NewRequestWithContext(t.Context(), tt.method, srv.URL+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != tt.status || !strings.Contains(string(body), tt.body) || strings.Contains(string(body), `"d":`) {
			t.Errorf("%s %s: got %d %s", tt.method, tt.path, resp.StatusCode, body)
		}
	}
}

// TestGoogleChatReset signs with one key before and after a reset and repeats no id, because a
// receiver keeps both.
func TestGoogleChatReset(t *testing.T) {
	p := push(t)
	add := func() {
		t.Helper()
		if _, err := p.chat.Memberships.Create(t.Context(), "demo", googlechat.UserMember("bob@example.com"), googlechat.CreateMembershipParams{}); err != nil {
			t.Fatal(err)
		}
		p.want("subscriptions/emulator created created bob@example.com member")
	}
	add()
	p.advance(time.Second)
	p.srv.Reset()
	add()
}
