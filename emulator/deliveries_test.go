package emulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

const clerkSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// consumer receives and verifies the deliveries of Clerk.
type consumer struct {
	t    *testing.T
	url  string
	fail atomic.Int64 // so many deliveries are answered 503

	mu       sync.Mutex
	ids      map[string]int
	received chan memberships.Event
}

func consume(t *testing.T) *consumer {
	c := &consumer{t: t, ids: map[string]int{}, received: make(chan memberships.Event, 5000)}
	verifier := clerk.Deliveries(clerkSecret)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		d, err := verifier.Open(r.Context(), r.Header, body, time.Now())
		if err != nil {
			t.Errorf("%s: %v", body, err)
			return
		}
		c.mu.Lock()
		c.ids[d.ID]++
		c.mu.Unlock()
		if c.fail.Add(-1) >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		for _, e := range d.Events {
			c.received <- e
		}
	}))
	t.Cleanup(srv.Close)
	c.url = srv.URL
	return c
}

// state returns a state with the consumer as the target of Clerk. more continues the
// target's mapping.
func (c *consumer) state(more string) emulator.Option {
	return emulator.WithState("s.yaml", fmt.Appendf(nil, `
people: [{name: Ada, email: ada@example.com}, {name: Bob, email: bob@example.com}]
groups: [{name: Demo, ids: {clerk: org_demo}, members: [{email: ada@example.com, role: owner}]}]
deliveries: {clerk: {url: %q, secret: %s%s}}
`, c.url, clerkSecret, more))
}

func (c *consumer) next() memberships.Event {
	c.t.Helper()
	select {
	case e := <-c.received:
		return e
	case <-time.After(10 * time.Second):
		c.t.Fatal("no delivery for ten seconds")
		panic("unreachable")
	}
}

func clerkOf(t *testing.T, e *emulator.Emulator) *clerk.Client {
	t.Helper()
	c, err := clerk.New(option.WithHTTPClient(e.Client()), option.WithToken("any"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func done(err error) {
	if err != nil {
		panic(err)
	}
}

// Clerk signs and delivers every change of memberships, invitations, organizations and
// users, in the order of the changes.
func TestClerkDelivers(t *testing.T) {
	to := consume(t)
	e := create(t, to.state(""))
	c, ctx := clerkOf(t, e), context.Background()
	accept := func(id string) {
		if status, body := steer(e, "POST", "/_emulator/clerk/invitations/"+id+"/accept", ""); status != 200 {
			t.Errorf("%d %s", status, body)
		}
	}
	bob := must(c.Users.FindByEmail(ctx, "bob@example.com"))
	must(c.Memberships.Create(ctx, "org_demo", clerk.CreateMembershipRequest{UserID: bob.ID, Role: clerk.RoleMember}))
	must(c.Memberships.Update(ctx, "org_demo", bob.ID, clerk.UpdateMembershipRequest{Role: clerk.RoleAdmin}))
	done(c.Memberships.Delete(ctx, "org_demo", bob.ID))
	first := must(c.Invitations.Create(ctx, "org_demo", clerk.CreateInvitationRequest{Email: "bob@example.com", Role: clerk.RoleAdmin}))
	accept(first.ID)
	second := must(c.Invitations.Create(ctx, "org_demo", clerk.CreateInvitationRequest{Email: "new@example.com", Role: clerk.RoleMember}))
	must(c.Invitations.Revoke(ctx, "org_demo", second.ID, clerk.RevokeInvitationRequest{}))
	third := must(c.Invitations.Create(ctx, "org_demo", clerk.CreateInvitationRequest{Email: "new@example.com", Role: clerk.RoleMember}))
	accept(third.ID)
	for _, request := range []struct{ method, path, body string }{
		{"POST", "/v1/users", `{"email_address":["eve@example.com"]}`},
		{"POST", "/v1/organizations", `{"name":"Own","created_by":"` + bob.ID + `"}`},
		{"DELETE", "/v1/users/" + bob.ID, ""},
		{"DELETE", "/v1/organizations/org_demo", ""},
	} {
		if status, body := answer(e, request.method, request.path, request.body); status != 200 {
			t.Errorf("%s %s: %d %s", request.method, request.path, status, body)
		}
	}
	want := []string{
		"organizationMembership.created org_demo bob@example.com member active",
		"organizationMembership.updated org_demo bob@example.com manager active",
		"organizationMembership.deleted org_demo bob@example.com manager absent",
		"organizationInvitation.created org_demo bob@example.com manager invited",
		"organizationMembership.created org_demo bob@example.com manager active",
		"organizationInvitation.accepted org_demo bob@example.com manager active",
		"organizationInvitation.created org_demo new@example.com member invited",
		"organizationInvitation.revoked org_demo new@example.com member absent",
		"organizationInvitation.created org_demo new@example.com member invited",
		"user.created",
		"organizationMembership.created org_demo new@example.com member active",
		"organizationInvitation.accepted org_demo new@example.com member active",
		"user.created",
		"organization.created",
		"organizationMembership.created org own bob@example.com manager active",
		"user.deleted absent",
		"organization.deleted org_demo absent",
	}
	var got []string
	for range want {
		e := to.next()
		m := e.Membership
		group := m.Group.ID
		if m.Group.Name == "Own" {
			group = "org own"
		}
		got = append(got, strings.Join(strings.Fields(fmt.Sprint(e.NativeType, " ", group, " ", m.Member.Email, " ", m.Role, " ", m.State)), " "))
		if e.Time.IsZero() || time.Since(e.Time).Abs() > time.Minute {
			t.Errorf("%s is of %s", e.NativeType, e.Time)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
	to.mu.Lock()
	defer to.mu.Unlock()
	if len(to.ids) != len(want) {
		t.Errorf("%d ids for %d deliveries", len(to.ids), len(want))
	}
}

// A deletion counts the member no longer, as Clerk's does, and its data is the whole
// membership with the private metadata.
func TestClerkDeliversWholeMemberships(t *testing.T) {
	to := consume(t)
	c := clerkOf(t, create(t, to.state(", events: [organizationMembership.deleted]")))
	bob := must(c.Users.FindByEmail(t.Context(), "bob@example.com"))
	must(c.Memberships.Create(t.Context(), "org_demo", clerk.CreateMembershipRequest{UserID: bob.ID, Role: clerk.RoleMember, PrivateMetadata: json.RawMessage(`{"a":1}`)}))
	done(c.Memberships.Delete(t.Context(), "org_demo", bob.ID))
	e := to.next()
	var body struct {
		Object     string
		InstanceID string `json:"instance_id"`
		Timestamp  int64
		Data       struct {
			Object          string
			PrivateMetadata json.RawMessage `json:"private_metadata"`
			Organization    struct {
				MembersCount int `json:"members_count"`
			}
		}
	}
	if err := json.Unmarshal(e.Raw, &body); err != nil {
		t.Fatal(err)
	}
	if body.Object != "event" || !strings.HasPrefix(body.InstanceID, "ins_") || body.Timestamp < 1e12 ||
		body.Data.Object != "organization_membership" || string(body.Data.PrivateMetadata) != `{"a":1}` || body.Data.Organization.MembersCount != 1 {
		t.Errorf("got %s", e.Raw)
	}
	if n := len(to.received); n != 0 { // the creation is not in the list of events
		t.Errorf("%d more events", n)
	}
}

// A delivery that fails comes again with the same id, before the next one.
func TestClerkRepeatsDeliveries(t *testing.T) {
	to := consume(t)
	to.fail.Store(2)
	c := clerkOf(t, create(t, to.state("")))
	bob := must(c.Users.FindByEmail(t.Context(), "bob@example.com"))
	must(c.Memberships.Create(t.Context(), "org_demo", clerk.CreateMembershipRequest{UserID: bob.ID, Role: clerk.RoleMember}))
	done(c.Memberships.Delete(t.Context(), "org_demo", bob.ID))
	first, second := to.next(), to.next()
	if first.Type != memberships.EventCreated || second.Type != memberships.EventDeleted {
		t.Errorf("got %s, %s", first.Type, second.Type)
	}
	to.mu.Lock()
	defer to.mu.Unlock()
	if diff := cmp.Diff(map[string]int{first.ID: 3, second.ID: 1}, to.ids); diff != "" {
		t.Errorf("deliveries by id (-want +got):\n%s", diff)
	}
}

// PUT deliveries replaces the target, and GET shows it without its secret, and the attempts
// with signature and answer.
func TestSetDeliveries(t *testing.T) {
	to := consume(t)
	e := create(t)
	c := clerkOf(t, e)
	bob := must(c.Users.FindByEmail(t.Context(), "radia@example.com"))
	must(c.Memberships.Create(t.Context(), "org_demo", clerk.CreateMembershipRequest{UserID: bob.ID, Role: clerk.RoleMember})) // without a target
	if status, body := steer(e, "PUT", "/_emulator/deliveries", fmt.Sprintf(`{"clerk":{"url":%q,"secret":%q}}`, to.url, clerkSecret)); status != 200 || strings.Contains(body, clerkSecret) {
		t.Fatalf("%d %s", status, body)
	}
	done(c.Memberships.Delete(t.Context(), "org_demo", bob.ID))
	if e := to.next(); e.NativeType != "organizationMembership.deleted" {
		t.Errorf("got %s", e.NativeType)
	}
	type delivery struct {
		Provider, Event, URL, Error string
		Headers                     map[string][]string
		Attempt, Status             int
	}
	var got struct{ Deliveries []delivery }
	for len(got.Deliveries) == 0 {
		_, body := steer(e, "GET", "/_emulator/deliveries", "")
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
	}
	d := got.Deliveries[0]
	if len(d.Headers["Svix-Signature"]) != 1 || d.Status != 200 || d.Attempt != 1 || d.Error != "" || d.URL != to.url || d.Provider != "clerk" {
		t.Errorf("got %+v", d)
	}
	if _, state := steer(e, "GET", "/_emulator/state", ""); !strings.Contains(state, clerkSecret) {
		t.Errorf("the state has no target: %s", state)
	}
	e.Reset()
	if _, state := steer(e, "GET", "/_emulator/state", ""); strings.Contains(state, clerkSecret) {
		t.Error("a reset keeps the target")
	}
}
