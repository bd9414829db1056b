package googlechat_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

// hosts records where requests go.
type hosts struct{ seen map[string]string }

func (h *hosts) RoundTrip(req *http.Request) (*http.Response, error) {
	h.seen[req.URL.Path] = req.URL.Scheme + "://" + req.URL.Host
	return nil, errors.New("nothing is sent")
}

// Two hosts of Google get the token by default, and a host of the caller's alone otherwise.
func TestHosts(t *testing.T) { synctest.Test(t, hostsOfCalls) } // for the waits before readings

func hostsOfCalls(t *testing.T) {
	const chat, events = "https://chat.googleapis.com", "https://workspaceevents.googleapis.com"
	for _, tt := range []struct {
		name             string
		client, call     []option.Option
		space, operation string
	}{
		{"by default", nil, nil, chat, events},
		{"another server", []option.Option{option.WithBaseURL("http://127.0.0.1:1")}, nil, "http://127.0.0.1:1", "http://127.0.0.1:1"},
		{"another server with the version", []option.Option{option.WithBaseURL("http://127.0.0.1:1/v1")}, nil, "http://127.0.0.1:1", "http://127.0.0.1:1"},
		{"another server for the call", nil, []option.Option{option.WithBaseURL("http://127.0.0.1:2")}, "http://127.0.0.1:2", "http://127.0.0.1:2"},
		{"the call's comes last", []option.Option{option.WithBaseURL("http://127.0.0.1:1")}, []option.Option{option.WithBaseURL("http://127.0.0.1:2")}, "http://127.0.0.1:2", "http://127.0.0.1:2"},
		{"another option", []option.Option{option.WithUserAgent("x")}, []option.Option{option.WithPageSize(3)}, chat, events},
		{"mutual TLS", []option.Option{option.WithBaseURL("https://chat.mtls.googleapis.com")}, nil, "https://chat.mtls.googleapis.com", "https://chat.mtls.googleapis.com"},
	} {
		h := &hosts{map[string]string{}}
		c, err := googlechat.New(append([]option.Option{option.WithHTTPClient(&http.Client{Transport: h}), option.WithToken("token"), option.WithAttempts(1)}, tt.client...)...)
		if err != nil {
			t.Fatal(err)
		}
		ctx := t.Context()
		_, _ = c.Spaces.Get(ctx, "A", googlechat.GetSpaceParams{}, tt.call...)
		_, _ = c.SpaceEvents.Get(ctx, "spaces/A/spaceEvents/E", tt.call...)
		_, _ = c.Subscriptions.Get(ctx, "S", tt.call...)
		_, _ = c.Subscriptions.Reactivate(ctx, "R", tt.call...)
		_, _ = c.Operations.Get(ctx, "operations/O", tt.call...)
		want := map[string]string{
			"/v1/spaces/A": tt.space, "/v1/spaces/A/spaceEvents/E": tt.space,
			"/v1/subscriptions/S": tt.operation, "/v1/subscriptions/R:reactivate": tt.operation, "/v1/subscriptions/R": tt.operation, "/v1/operations/O": tt.operation,
		}
		delete(want, "/v1/subscriptions/R") // no reading after one attempt that reached nothing
		delete(h.seen, "/v1/subscriptions/R")
		if diff := cmp.Diff(want, h.seen); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// A wrong URL fails in New, and not in the second API.
func TestHostsInvalid(t *testing.T) {
	if _, err := googlechat.New(option.WithBaseURL("ftp://x")); !errors.Is(err, memberships.ErrInvalidArgument) {
		t.Errorf("got %v", err)
	}
}

func TestEventRequests(t *testing.T) {
	end := time.Date(2026, 6, 8, 7, 0, 0, 0, time.UTC)
	update := func(r googlechat.UpdateSubscriptionRequest, p googlechat.UpdateSubscriptionParams) func(context.Context, *googlechat.Client) error {
		return func(ctx context.Context, c *googlechat.Client) error {
			_, err := c.Subscriptions.Update(ctx, "subscriptions/S", r, p)
			return err
		}
	}
	const types = `(event_types:"google.workspace.chat.membership.v1.created" OR event_types:"google.workspace.chat.membership.v1.updated" OR event_types:"google.workspace.chat.membership.v1.deleted")`
	for _, tt := range []struct {
		name string
		do   func(context.Context, *googlechat.Client) error
		want string
	}{
		{"creation", func(ctx context.Context, c *googlechat.Client) error {
			r := subscribe("A")
			r.PayloadOptions, r.TTL = googlechat.PayloadOptions{IncludeResource: true}, "3600s"
			_, err := c.Subscriptions.Create(ctx, r)
			return err
		}, `POST /v1/subscriptions {"targetResource":"//chat.googleapis.com/spaces/A","eventTypes":["google.workspace.chat.membership.v1.created","google.workspace.chat.membership.v1.updated","google.workspace.chat.membership.v1.deleted"],"notificationEndpoint":{"pubsubTopic":"projects/p/topics/t"},"payloadOptions":{"includeResource":true},"ttl":"3600s"}`},
		{"renewal", update(googlechat.UpdateSubscriptionRequest{TTL: googlechat.LongestTTL}, googlechat.UpdateSubscriptionParams{}), `PATCH /v1/subscriptions/S?updateMask=ttl {"ttl":"0s"}`},
		{"end and types", update(googlechat.UpdateSubscriptionRequest{ExpireTime: end, EventTypes: []string{"a"}}, googlechat.UpdateSubscriptionParams{}), `PATCH /v1/subscriptions/S?updateMask=expireTime%2CeventTypes {"expireTime":"2026-06-08T07:00:00Z","eventTypes":["a"]}`},
		{"a mask of the caller's own", update(googlechat.UpdateSubscriptionRequest{TTL: "60s"}, googlechat.UpdateSubscriptionParams{UpdateMask: "*"}), `PATCH /v1/subscriptions/S?updateMask=%2A {"ttl":"60s"}`},
		{"deletion", func(ctx context.Context, c *googlechat.Client) error {
			return c.Subscriptions.Delete(ctx, "S", googlechat.DeleteSubscriptionParams{AllowMissing: true, Etag: new("e")})
		}, `DELETE /v1/subscriptions/S?allowMissing=true&etag=e`},
		{"reactivation", func(ctx context.Context, c *googlechat.Client) error {
			_, err := c.Subscriptions.Reactivate(ctx, "subscriptions/S")
			return err
		}, `POST /v1/subscriptions/S:reactivate {}`},
		{"list", func(ctx context.Context, c *googlechat.Client) error {
			_, err := c.Subscriptions.ListPage(ctx, googlechat.ListSubscriptionsParams{}, "")
			return err
		}, "GET /v1/subscriptions?filter=" + url.QueryEscape(types) + "&pageSize=100"},
		{"events", func(ctx context.Context, c *googlechat.Client) error {
			_, err := c.SpaceEvents.ListBySpacePage(ctx, "A", googlechat.ListSpaceEventsParams{}, "")
			return err
		}, "GET /v1/spaces/A/spaceEvents?filter=" + url.QueryEscape(types) + "&pageSize=1000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, w := withBodies(t, `{"name":"operations/O","done":true,"response":{"name":"subscriptions/S"}}`)
			err := tt.do(t.Context(), c)
			if err != nil && !errors.Is(err, memberships.ErrMalformed) { // a list has another body
				t.Fatal(err)
			}
			req := w.seen[0]
			got := req.Method + " " + req.URL.RequestURI()
			if req.Body != nil {
				b, err := io.ReadAll(req.Body)
				if err != nil {
					t.Fatal(err)
				}
				got += " " + string(b)
			}
			if diff := cmp.Diff(tt.want, strings.TrimSpace(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A filter has all of its times in UTC, and no value ends its quotes.
func TestEventFilters(t *testing.T) {
	from := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.FixedZone("", 3600))
	space := func(f googlechat.SpaceEventFilter) func() (string, error) { return f.Build }
	subs := func(target string, types ...string) func() (string, error) {
		return func() (string, error) { return googlechat.SubscriptionFilter(target, types...) }
	}
	for _, tt := range []struct {
		name  string
		build func() (string, error)
		want  string // "" for an invalid one
	}{
		{"one type", space(googlechat.SpaceEventFilter{Types: []string{"a"}}), `event_types:"a"`},
		{"all parts", space(googlechat.SpaceEventFilter{Types: []string{"a", "b"}, After: from, Until: from.Add(time.Hour)}), `start_time="2026-01-02T02:04:05.000006Z" AND end_time="2026-01-02T03:04:05.000006Z" AND (event_types:"a" OR event_types:"b")`},
		{"a quote", space(googlechat.SpaceEventFilter{Types: []string{`a" OR "b\`}}), `event_types:"a\" OR \"b\\"`},
		{"target", subs("//chat.googleapis.com/spaces/A", "a"), `event_types:"a" AND target_resource="//chat.googleapis.com/spaces/A"`},
		{"no target", subs("", "a"), `event_types:"a"`},
		{"no type", space(googlechat.SpaceEventFilter{}), ""}, {"an empty type", subs("", ""), ""}, {"no types", subs("x"), ""},
		{"a control character", space(googlechat.SpaceEventFilter{Types: []string{"a\n"}}), ""}, {"a target with one", subs("a\x00", "a"), ""},
		{"the end before the start", space(googlechat.SpaceEventFilter{Types: []string{"a"}, After: from, Until: from.Add(-1)}), ""},
	} {
		got, err := tt.build()
		if got != tt.want || errors.Is(err, memberships.ErrInvalidArgument) != (tt.want == "") {
			t.Errorf("%s: got %s, %v, want %s", tt.name, got, err, tt.want)
		}
	}
}

func TestSubscriptionArguments(t *testing.T) {
	c, w := withBodies(t, "{}")
	create := func(change func(*googlechat.CreateSubscriptionRequest)) error {
		r := subscribe("A")
		change(&r)
		_, err := c.Subscriptions.Create(t.Context(), r)
		return err
	}
	update := func(name string, r googlechat.UpdateSubscriptionRequest) error {
		_, err := c.Subscriptions.Update(t.Context(), name, r, googlechat.UpdateSubscriptionParams{})
		return err
	}
	soon := time.Now().Add(time.Hour)
	for name, err := range map[string]error{
		"TargetResource is empty":                create(func(r *googlechat.CreateSubscriptionRequest) { r.TargetResource = "" }),
		"EventTypes is empty":                    create(func(r *googlechat.CreateSubscriptionRequest) { r.EventTypes = nil }),
		"EventTypes holds an empty type":         create(func(r *googlechat.CreateSubscriptionRequest) { r.EventTypes = []string{""} }),
		"PubsubTopic does not have the form":     create(func(r *googlechat.CreateSubscriptionRequest) { r.NotificationEndpoint.PubsubTopic = "t" }),
		"TTL is not a number of seconds":         create(func(r *googlechat.CreateSubscriptionRequest) { r.TTL = "24h" }),
		"TTL and ExpireTime are both set":        create(func(r *googlechat.CreateSubscriptionRequest) { r.TTL, r.ExpireTime = "1s", soon }),
		"TTL, ExpireTime and EventTypes are all": update("S", googlechat.UpdateSubscriptionRequest{}),
		"a subscription has only one":            update("S", googlechat.UpdateSubscriptionRequest{TTL: "1s", ExpireTime: soon}),
		"seconds such as 86400s":                 update("S", googlechat.UpdateSubscriptionRequest{TTL: "s"}),
		"form subscriptions/{subscription}":      update("spaces/S", googlechat.UpdateSubscriptionRequest{TTL: "1s"}),
	} {
		if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %s", err, name)
		}
	}
	if len(w.seen) != 0 {
		t.Errorf("%d requests", len(w.seen))
	}
}

// A method waits for the operation of its write. An end without a result, an error and no end
// are errors.
func TestOperations(t *testing.T) {
	const running, done = `{"name":"operations/O"}`, `{"name":"operations/O","done":true,"response":{"@type":"x","name":"subscriptions/S","state":"ACTIVE"}}`
	failed := func(code string) string {
		return `{"name":"operations/O","done":true,"error":{"code":` + code + `,"message":"no"}}`
	}
	endless := make([]step, 0, 100)
	for range 100 {
		endless = append(endless, step{200, running})
	}
	create := func(ctx context.Context, c *googlechat.Client) error {
		sub, err := c.Subscriptions.Create(ctx, subscribe("A"))
		if err == nil && (sub.Name != "subscriptions/S" || sub.State != googlechat.SubscriptionActive) {
			err = errors.New("another subscription")
		}
		return err
	}
	remove := func(ctx context.Context, c *googlechat.Client) error {
		return c.Subscriptions.Delete(ctx, "S", googlechat.DeleteSubscriptionParams{})
	}
	hasty := func(ctx context.Context, c *googlechat.Client) error {
		ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		defer cancel()
		return create(ctx, c)
	}
	for _, tt := range []struct {
		name  string
		do    func(context.Context, *googlechat.Client) error
		steps []step
		kinds []error
		took  time.Duration
	}{
		{"at once", create, []step{{200, done}}, nil, 0},
		{"at once, without a name", create, []step{{200, strings.Replace(done, "operations/O", "", 1)}}, nil, 0},
		{"later", create, []step{{200, running}, {200, running}, {200, done}}, nil, 750 * time.Millisecond},
		{"a deletion", remove, []step{{200, running}, {200, `{"name":"operations/O","done":true,"response":{"@type":"x"}}`}}, nil, 250 * time.Millisecond},
		{"a deletion without a response", remove, []step{{200, `{"name":"operations/O","done":true}`}}, nil, 0},
		{"no subscription", create, []step{{200, `{"name":"operations/O","done":true,"response":{}}`}}, []error{memberships.ErrMalformed}, 0},
		{"no operation", create, []step{{200, `{"done":true}`}, {200, "{}"}, {200, "{}"}}, []error{memberships.ErrMalformed, memberships.ErrOutcomeUnknown}, 2 * time.Second},
		{"done of another type", create, []step{{200, `{"name":"operations/O","done":"yes"}`}, {200, "{}"}, {200, "{}"}}, []error{memberships.ErrMalformed, memberships.ErrOutcomeUnknown}, 2 * time.Second},
		{"denied", create, []step{{200, running}, {200, failed("7")}}, []error{memberships.ErrPermissionDenied}, 250 * time.Millisecond},
		{"exists", create, []step{{200, failed("6")}}, []error{memberships.ErrAlreadyExists}, 0},
		{"invalid", create, []step{{200, failed("3")}}, []error{memberships.ErrInvalidArgument}, 0},
		{"a deletion that failed", remove, []step{{200, failed("9")}}, []error{memberships.ErrConflict}, 0},
		{"an unknown code", create, []step{{200, failed("99")}}, []error{memberships.ErrUnavailable}, 0},
		{"no end", create, endless, []error{memberships.ErrOutcomeUnknown}, 122750 * time.Millisecond},
		{"the end of the context", hasty, endless, []error{memberships.ErrOutcomeUnknown, context.DeadlineExceeded}, 100 * time.Millisecond},
		{"an operation that is lost", create, []step{{200, running}, {404, missing}}, []error{memberships.ErrOutcomeUnknown}, 250 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, _ := scripted(t, tt.steps...)
				from := time.Now()
				err := tt.do(t.Context(), c)
				if (err == nil) != (tt.kinds == nil) || errors.Is(err, memberships.ErrNotFound) {
					t.Errorf("got %v", err)
				}
				for _, kind := range tt.kinds {
					if !errors.Is(err, kind) {
						t.Errorf("got %v, want %v", err, kind)
					}
				}
				if took := time.Since(from); took != tt.took {
					t.Errorf("it took %v, want %v", took, tt.took)
				}
			})
		})
	}
}

func TestSubscriptions(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	r := subscribe(space(s))
	r.NotificationEndpoint.PubsubTopic = s.Var("GOOGLECHAT_TEST_TOPIC", r.NotificationEndpoint.PubsubTopic)
	sub := must[*googlechat.Subscription](t)(c.Subscriptions.Create(ctx, r))
	if sub.TargetResource != r.TargetResource || sub.State != googlechat.SubscriptionActive || sub.ExpireTime.IsZero() {
		t.Errorf("got %+v", sub)
	}
	_, err := c.Subscriptions.Create(ctx, r)
	wantError(t, err, memberships.ErrAlreadyExists, 409)
	found := false
	for _, other := range collect(t, c.Subscriptions.List(ctx, googlechat.ListSubscriptionsParams{})) {
		found = found || other.Name == sub.Name
	}
	if !found {
		t.Error("the new subscription is not listed")
	}
	renewed := must[*googlechat.Subscription](t)(c.Subscriptions.Update(ctx, sub.Name, googlechat.UpdateSubscriptionRequest{TTL: "3600s"}, googlechat.UpdateSubscriptionParams{}))
	if !renewed.ExpireTime.Before(sub.ExpireTime) {
		t.Errorf("it ends at %v, and ended at %v before", renewed.ExpireTime, sub.ExpireTime)
	}
	if again := must[*googlechat.Subscription](t)(c.Subscriptions.Reactivate(ctx, sub.Name)); again.State != googlechat.SubscriptionActive {
		t.Errorf("got %+v", again)
	}
	if err := c.Subscriptions.Delete(ctx, sub.Name, googlechat.DeleteSubscriptionParams{}); err != nil {
		t.Fatal(err)
	}
	_, err = c.Subscriptions.Get(ctx, sub.Name)
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.Subscriptions.Update(ctx, sub.Name, googlechat.UpdateSubscriptionRequest{TTL: "3600s"}, googlechat.UpdateSubscriptionParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
	_, err = c.Subscriptions.Reactivate(ctx, sub.Name)
	wantError(t, err, memberships.ErrNotFound, 404)
	wantError(t, c.Subscriptions.Delete(ctx, sub.Name, googlechat.DeleteSubscriptionParams{}), memberships.ErrNotFound, 404)
	_, err = c.Operations.Get(ctx, "operations/nowhere")
	wantError(t, err, memberships.ErrNotFound, 404)
	for _, err := range c.Subscriptions.List(ctx, googlechat.ListSubscriptionsParams{Filter: new("colour")}) {
		wantError(t, err, memberships.ErrInvalidArgument, 400)
	}
}

// The events of a space catch up with a member who came and went.
func TestSpaceEvents(t *testing.T) {
	c, s := replayed(t, option.WithPageSize(2))
	ctx, in := t.Context(), space(s)
	m := must[*googlechat.Membership](t)(c.Memberships.Create(ctx, in, googlechat.UserMember(guest(s)), googlechat.CreateMembershipParams{}))
	must[*googlechat.Membership](t)(c.Memberships.Update(ctx, m.Name, googlechat.UpdateMembershipRequest{Role: googlechat.RoleManager}, googlechat.UpdateMembershipParams{}))
	if err := c.Memberships.Delete(ctx, m.Name, googlechat.DeleteMembershipParams{}); err != nil {
		t.Fatal(err)
	}
	all := collect(t, c.SpaceEvents.ListBySpace(ctx, in, googlechat.ListSpaceEventsParams{}))
	var types, absent []string
	for _, e := range all {
		types = append(types, e.EventType)
		got := must[[]memberships.Event](t)(googlechat.EventsOf(e))
		for _, e := range got {
			if e.Type == memberships.EventDeleted {
				absent = append(absent, e.Membership.ID)
			}
		}
	}
	if !s.Live {
		if diff := cmp.Diff(googlechat.MembershipTypes(), types); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	if len(absent) == 0 || absent[len(absent)-1] != m.Name {
		t.Errorf("ended: %q, want %s last", absent, m.Name)
	}
	last := all[len(all)-1]
	if one := must[*googlechat.SpaceEvent](t)(c.SpaceEvents.Get(ctx, last.Name)); !cmp.Equal(one, last) {
		t.Errorf("got %+v, listed %+v", one, last)
	}
	_, err := c.SpaceEvents.Get(ctx, "spaces/"+in+"/spaceEvents/nowhere")
	wantError(t, err, memberships.ErrNotFound, 404)
	for _, err := range c.SpaceEvents.ListBySpace(ctx, in, googlechat.ListSpaceEventsParams{Filter: new("colour")}) {
		wantError(t, err, memberships.ErrInvalidArgument, 400)
	}
	for _, err := range c.SpaceEvents.ListBySpace(ctx, nowhere, googlechat.ListSpaceEventsParams{}) {
		wantError(t, err, memberships.ErrNotFound, 404)
	}
}

// The read-back of a creation takes no subscription for its own that differs in the topic, the
// payload or the event types.
func TestSubscriptionsCreateIsFound(t *testing.T) {
	sub := func(topic, resource string, types ...string) string {
		return `{"name":"subscriptions/x","targetResource":"//chat.googleapis.com/spaces/AAAA","eventTypes":["` + strings.Join(types, `","`) + `"],` +
			`"notificationEndpoint":{"pubsubTopic":"` + topic + `"},"payloadOptions":{"includeResource":` + resource + `},"state":"ACTIVE"}`
	}
	all := googlechat.MembershipTypes()
	wrappertest.RunSynctest(t, map[string]struct {
		listed string
		found  bool
	}{
		"the same":        {sub("projects/p/topics/t", "false", all...), true},
		"in other order":  {sub("projects/p/topics/t", "false", slices.Sorted(slices.Values(all))...), true},
		"another topic":   {sub("projects/p/topics/u", "false", all...), false},
		"another payload": {sub("projects/p/topics/t", "true", all...), false},
		"fewer types":     {sub("projects/p/topics/t", "false", all[0]), false},
	}, func(t *testing.T, tc struct {
		listed string
		found  bool
	}) {
		creations := 0
		c := newClient(t, &fakeTransport{answer: func(_ int, req *http.Request) (int, http.Header, string) {
			if req.Method == http.MethodGet {
				return 200, nil, `{"subscriptions":[` + tc.listed + `]}`
			}
			creations++
			return 503, nil, ""
		}})
		got, err := c.Subscriptions.Create(t.Context(), subscribe("AAAA"))
		if tc.found && (err != nil || got.Name != "subscriptions/x" || creations != 1) {
			t.Errorf("got %+v, %v after %d creations, want the subscription", got, err, creations)
		}
		if !tc.found && (got != nil || !errors.Is(err, memberships.ErrOutcomeUnknown)) {
			t.Errorf("got %+v, %v after %d creations, want an unknown outcome", got, err, creations)
		}
	})
}
