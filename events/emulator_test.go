package events_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/events"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// listen serves a handler for Webex, registers a webhook for it at an emulator, and returns
// the client and the webhook.
func listen(t *testing.T, handle func(context.Context, memberships.Event) error) (*webex.Client, *webex.Webhook) {
	t.Helper()
	h, err := events.Handler(handle, []memberships.Deliveries{webex.Deliveries(secret)}, events.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	e, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	c, err := webex.New(option.WithHTTPClient(e.Client()), option.WithToken("any"))
	if err != nil {
		t.Fatal(err)
	}
	hook, err := c.Webhooks.Create(t.Context(), webex.CreateWebhookRequest{
		Name: "memberships", TargetURL: srv.URL + "/webex", Resource: webex.ResourceMemberships, Event: webex.EventAll, Secret: secret,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, hook
}

func room(t *testing.T, c *webex.Client) string {
	t.Helper()
	r, err := c.Rooms.Create(t.Context(), webex.CreateRoomRequest{Title: "Crowd"})
	if err != nil {
		t.Fatal(err)
	}
	return r.ID
}

// Every change of a membership at the emulator arrives, signed, in its order. The first
// moderator makes the caller one too, with an event of its own.
func TestHandlerHearsTheEmulator(t *testing.T) {
	heard := make(chan string, 100)
	c, _ := listen(t, func(_ context.Context, e memberships.Event) error {
		m := e.Membership
		heard <- fmt.Sprint(e.Type, " ", m.Member.Email, " ", m.Role, " ", m.State, " ", m.Group.Kind, " by ", e.Actor.ID != "")
		return nil
	})
	client, group := memberships.New(c.Provider()), memberships.Group{Kind: memberships.KindRoom, ID: room(t, c)}
	m, err := client.Add(t.Context(), group, memberships.Member{Email: "new@example.com"}, memberships.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range []memberships.Role{memberships.RoleManager, memberships.RoleMember, memberships.RoleManager} {
		if _, err := client.Update(t.Context(), m.Ref(), role); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Memberships.Delete(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"created ada@example.com member active room by true", "created new@example.com member active room by true",
		"updated new@example.com manager active room by true", "updated ada@example.com manager active room by true",
		"updated new@example.com member active room by true", "updated new@example.com manager active room by true",
		"deleted new@example.com manager absent room by true",
	}
	var got []string
	for range want {
		got = append(got, <-heard)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// A webhook whose deliveries fail becomes inactive, and hears again once it is active.
func TestHandlerAfterReactivation(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	heard := make(chan string, 200)
	c, hook := listen(t, func(_ context.Context, e memberships.Event) error {
		heard <- e.Membership.Member.Email
		if broken.Load() {
			return errors.New("no disk")
		}
		return nil
	})
	group := room(t, c)
	add := func(n int) {
		t.Helper()
		if _, err := c.Memberships.Create(t.Context(), webex.CreateMembershipRequest{RoomID: group, PersonEmail: fmt.Sprintf("new-%d@example.com", n)}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 {
		add(i)
	}
	for hook.Status != "inactive" {
		var err error
		if hook, err = c.Webhooks.Get(t.Context(), hook.ID); err != nil {
			t.Fatal(err)
		}
	}
	broken.Store(false)
	if _, err := c.Webhooks.Update(t.Context(), hook.ID, webex.UpdateWebhookRequest{Name: hook.Name, TargetURL: hook.TargetURL, Status: "active"}); err != nil {
		t.Fatal(err)
	}
	add(1000)
	for <-heard != "new-1000@example.com" {
	}
}
