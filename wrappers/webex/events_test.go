package webex_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/deliverytest"
	"github.com/memberships-go/memberships/wrappers/webex"
)

const webhookSecret = "a secret"

// delivered returns the body of a file of testdata/events.
func delivered(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/events/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// open returns the delivery of a signed body.
func open(t *testing.T, body []byte) (memberships.Delivery, memberships.Event) {
	t.Helper()
	d, err := webex.Deliveries(webhookSecret).Open(t.Context(), webex.SignDelivery(webhookSecret, body), body, time.Now())
	if err != nil || len(d.Events) != 1 {
		t.Fatalf("got %+v, %v", d, err)
	}
	return d, d.Events[0]
}

// edit replaces texts of a body, each of which it must hold.
func edit(t *testing.T, body []byte, pairs ...string) []byte {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !bytes.Contains(body, []byte(pairs[i])) {
			t.Fatalf("the body lacks %s", pairs[i])
		}
		body = bytes.Replace(body, []byte(pairs[i]), []byte(pairs[i+1]), 1)
	}
	return body
}

// All seven vectors of RFC 2202 for HMAC-SHA1 are made and accepted. Webex publishes none of
// its own.
func TestSignDelivery(t *testing.T) {
	counting := make([]byte, 25)
	for i := range counting {
		counting[i] = byte(i + 1)
	}
	for _, tt := range []struct{ key, body, want string }{
		{strings.Repeat("\x0b", 20), "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"},
		{"Jefe", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
		{strings.Repeat("\xaa", 20), strings.Repeat("\xdd", 50), "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
		{string(counting), strings.Repeat("\xcd", 50), "4c9007f4026250c6bc8414f9bf50c86c2d7235da"},
		{strings.Repeat("\x0c", 20), "Test With Truncation", "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"},
		{strings.Repeat("\xaa", 80), "Test Using Larger Than Block-Size Key - Hash Key First", "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
		{strings.Repeat("\xaa", 80), "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data", "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"},
	} {
		want := map[string][]string{"X-Spark-Signature": {tt.want}}
		if diff := cmp.Diff(want, webex.SignDelivery(tt.key, []byte(tt.body))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.body, diff)
		}
		_, err := webex.Deliveries(tt.key).Open(t.Context(), want, []byte(tt.body), time.Now())
		if !errors.Is(err, memberships.ErrMalformed) { // the body is no event of Webex
			t.Errorf("%q: got %v, want malformed", tt.body, err)
		}
		other := map[string][]string{"X-Spark-Signature": {tt.want[1:] + tt.want[:1]}}
		if _, err := webex.Deliveries(tt.key).Open(t.Context(), other, []byte(tt.body), time.Now()); !errors.Is(err, memberships.ErrUnauthenticated) {
			t.Errorf("%q: got %v, want unauthenticated", tt.body, err)
		}
	}
}

func signed(t testing.TB) deliverytest.Signed {
	body := delivered(t, "memberships.created")
	return deliverytest.Signed{Deliveries: webex.Deliveries(webhookSecret), Headers: webex.SignDelivery(webhookSecret, body), Body: body, Now: time.Now()}
}

func TestDeliveries(t *testing.T) { signed(t).Test(t) }

func FuzzDeliveries(f *testing.F) { deliverytest.FuzzVerify(f, signed(f)) }

func FuzzDelivery(f *testing.F) {
	sign := func(_ testing.TB, body []byte) map[string][]string { return webex.SignDelivery(webhookSecret, body) }
	created := delivered(f, "memberships.created")
	deliverytest.FuzzRead(f, webex.Deliveries(webhookSecret), sign, time.Now(), created, delivered(f, "messages.created"),
		bytes.Replace(created, []byte(`"created"`), []byte(`"deleted"`), 1))
}

// The signature in upper case, of another algorithm or of a part of it is refused.
func TestDeliveriesRefuseOtherSignatures(t *testing.T) {
	s := signed(t)
	good := s.Headers["X-Spark-Signature"][0]
	for _, bad := range []string{strings.ToUpper(good), "sha1=" + good, good[:39], good + "0", good[:20], strings.Repeat("0", 40)} {
		if _, err := s.Deliveries.Open(t.Context(), map[string][]string{"X-Spark-Signature": {bad}}, s.Body, s.Now); !errors.Is(err, memberships.ErrUnauthenticated) {
			t.Errorf("%s: got %v", bad, err)
		}
	}
}

// Webhooks are changed to a new secret one after the other.
func TestDeliveriesRotate(t *testing.T) {
	body := delivered(t, "memberships.created")
	for _, tt := range []struct {
		signer  string
		secrets []string
		ok      bool
	}{
		{"old", []string{"old", "new"}, true}, {"new", []string{"old", "new"}, true},
		{"old", []string{"new", "old"}, true}, {"new", []string{"new", "old"}, true},
		{"old", []string{"new"}, false}, {"new", []string{"old"}, false},
	} {
		_, err := webex.Deliveries(tt.secrets...).Open(t.Context(), webex.SignDelivery(tt.signer, body), body, time.Now())
		if (err == nil) != tt.ok {
			t.Errorf("%s with %q: got %v", tt.signer, tt.secrets, err)
		}
	}
}

func TestDeliveriesNeedASecret(t *testing.T) {
	for want, secrets := range map[string][]string{
		"webex: Deliveries: invalid argument: there is no secret":             nil,
		"webex: Deliveries: invalid argument: the secret is empty":            {""},
		"webex: Deliveries: invalid argument: secret 2 is empty":              {"canary", ""},
		"webex: Deliveries: invalid argument: there are more than 16 secrets": make([]string, 17),
	} {
		d := webex.Deliveries(secrets...)
		_, err := d.Open(t.Context(), webex.SignDelivery("", nil), nil, time.Now())
		for _, err := range []error{err, d.Check()} {
			if !errors.Is(err, memberships.ErrInvalidArgument) || err.Error() != want {
				t.Errorf("%q: got %v, want %s", secrets, err, want)
			}
		}
	}
	if err := webex.Deliveries("x").Check(); err != nil {
		t.Error(err)
	}
}

func TestDeliveryOfAMembership(t *testing.T) {
	for event, state := range map[string]memberships.State{"created": memberships.StateActive, "updated": memberships.StateActive, "deleted": memberships.StateAbsent} {
		body := edit(t, delivered(t, "memberships.created"), `"event": "created"`, `"event": "`+event+`"`)
		d, e := open(t, body)
		created := time.Date(2015, 10, 18, 14, 26, 16, 203e6, time.UTC)
		want := memberships.Event{
			Provider: "webex", ID: d.ID, Type: memberships.EventType(event), NativeType: "memberships." + event, Raw: body,
			Actor: memberships.Member{Kind: memberships.MemberUser, ID: e.Membership.Member.ID},
		}
		if event == "created" {
			want.Time = created
		}
		m := e.Membership
		e.Membership = memberships.Membership{}
		if diff := cmp.Diff(want, e, cmpopts.IgnoreUnexported(memberships.Event{}, memberships.Membership{})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		native, ok := memberships.Native[*webex.Membership](m)
		envelope, whole := memberships.NativeEvent[*webex.WebhookDelivery](e)
		if !ok || native.PersonDisplayName != "John Andersen" || !whole || envelope.Webhook.Name != "AddedToSpace" || envelope.ActorID != native.PersonID {
			t.Errorf("got %+v, %+v", native, envelope)
		}
		wantMembership := memberships.Membership{
			Provider: "webex", ID: native.ID, Group: memberships.Group{Kind: memberships.KindRoom, ID: native.RoomID},
			Member: memberships.Member{Kind: memberships.MemberUser, ID: native.PersonID, Email: "john.andersen@example.com", Name: "John Andersen"},
			Role:   memberships.RoleManager, RoleName: "moderator", State: state, Created: created, Direct: true,
		}
		if !m.Equal(wantMembership) {
			t.Errorf("got %+v, want %+v", m, wantMembership)
		}
	}
}

// A delivery without an actor has no member without an id.
func TestDeliveryWithoutActor(t *testing.T) {
	created := delivered(t, "memberships.created")
	for name, body := range map[string][]byte{
		"absent": edit(t, created, `"actorId"`, `"actor"`),
		"null":   edit(t, created, `"actorId"`, `"actorId": null, "actor"`),
		"empty":  edit(t, created, `"actorId"`, `"actorId": "", "actor"`),
	} {
		if _, e := open(t, body); e.Actor != (memberships.Member{}) {
			t.Errorf("%s: got the actor %+v, want none", name, e.Actor)
		}
	}
}

// Resources and events that this release does not know pass.
func TestDeliveryOfAnotherResource(t *testing.T) {
	membership := delivered(t, "memberships.created")
	for want, body := range map[string][]byte{
		"messages.created": delivered(t, "messages.created"),
		"memberships.seen": edit(t, membership, `"event": "created"`, `"event": "seen"`),
		"huddles.created":  edit(t, membership, `"resource": "memberships"`, `"resource": "huddles"`),
	} {
		d, e := open(t, body)
		if string(e.Type) != want || e.NativeType != want || e.Type.Changes() || e.Membership != (memberships.Membership{}) || d.ID == "" || e.ID != d.ID || e.Actor.ID == "" {
			t.Errorf("got %s %s of %+v with the id %q, want the type %s", e.Type, e.NativeType, e.Membership, e.ID, want)
		}
	}
}

// A repetition has the same ID. What happens later has another one, or shares a Series with
// what happened between.
func TestDeliveryID(t *testing.T) {
	created := delivered(t, "memberships.created")
	updated := edit(t, created, `"event": "created"`, `"event": "updated"`)
	demoted := edit(t, updated, `"isModerator": true`, `"isModerator": false`)
	deleted := edit(t, created, `"event": "created"`, `"event": "deleted"`)
	again := edit(t, created, "14:26:16.203Z", "14:26:17.203Z")
	other := edit(t, created, `"id": "Y2lz`, `"id": "Z2lz`) // the first id is that of the webhook
	renamed := edit(t, created, "AddedToSpace", "Renamed")
	id := func(body []byte) string { d, _ := open(t, body); return d.ID }
	series := func(body []byte) string { d, _ := open(t, body); return d.Series }
	if id(created) != id(renamed) {
		t.Error("the name of the webhook changes the ID")
	}
	seen := map[string]string{}
	for name, body := range map[string][]byte{"created": created, "updated": updated, "demoted": demoted, "deleted": deleted, "created again": again, "another webhook": other} {
		if was := seen[id(body)]; was != "" {
			t.Errorf("%s has the ID of %s", name, was)
		}
		seen[id(body)] = name
	}
	if series(created) != "" || series(deleted) != "" || series(updated) == "" || series(updated) != series(demoted) {
		t.Errorf("got the series %q %q %q %q", series(created), series(deleted), series(updated), series(demoted))
	}
	undated := func(body []byte) []byte {
		return edit(t, body, `"created": "2015-10-18T14:26:16.203Z"`, `"created": null`)
	}
	if s := series(undated(created)); s == "" || s != series(undated(deleted)) {
		t.Errorf("a membership without a time has the series %q", s)
	}
	room := edit(t, updated, `"resource": "memberships"`, `"resource": "rooms"`)
	if s := series(room); s == "" || s != series(edit(t, room, `"isModerator": true`, `"isModerator": false`)) {
		t.Errorf("the update of a room has the series %q", s)
	}
}

func TestDeliveryMalformed(t *testing.T) {
	created := string(delivered(t, "memberships.created"))
	before, _, _ := strings.Cut(created, `"data"`)
	for name, body := range map[string]string{
		"nothing":            "",
		"text":               "hello",
		"a list":             "[]",
		"an empty object":    "{}",
		"a part":             created[:len(created)-2],
		"two":                created + created,
		"no webhook":         strings.Replace(created, `"id"`, `"ids"`, 1),
		"no resource":        strings.Replace(created, `"resource"`, `"resources"`, 1),
		"no event":           strings.Replace(created, `"event"`, `"events"`, 1),
		"no data":            strings.Replace(created, `"data"`, `"date"`, 1),
		"text for data":      before + `"data":"x"}`,
		"no room":            strings.Replace(created, `"roomId"`, `"room"`, 1),
		"no person":          strings.Replace(created, `"personId"`, `"person"`, 1),
		"a number for an id": strings.Replace(created, `"roomId": "`, `"roomId": 1, "x": "`, 1),
		"a role as text":     strings.Replace(created, `"isModerator": true`, `"isModerator": "true"`, 1),
		"invalid UTF-8":      strings.Replace(created, "AddedToSpace", "\xff", 1),
	} {
		_, err := webex.Deliveries(webhookSecret).Open(t.Context(), webex.SignDelivery(webhookSecret, []byte(body)), []byte(body), time.Now())
		if !errors.Is(err, memberships.ErrMalformed) || strings.Contains(err.Error(), "andersen") {
			t.Errorf("%s: got %v, want malformed", name, err)
		}
	}
}
