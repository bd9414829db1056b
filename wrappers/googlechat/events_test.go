package googlechat_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

const eventID = "spaces/AAAA/spaceEvents/E1"

// pushed returns the body of a push request with the data of an event.
func pushed(t testing.TB, typ, data string) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"message": map[string]any{
			"attributes": map[string]string{
				"ce-datacontenttype": "application/json", "ce-id": eventID, "ce-specversion": "1.0",
				"ce-source":  "//workspaceevents.googleapis.com/subscriptions/sub-1",
				"ce-subject": "//chat.googleapis.com/spaces/AAAA", "ce-time": "2026-01-02T03:04:05.678901Z", "ce-type": typ,
			},
			"data": []byte(data), "messageId": "17", "message_id": "17", "publishTime": "2026-01-02T03:04:06Z",
		},
		"subscription": "projects/p/subscriptions/s",
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

const (
	adaJSON = `{"name":"spaces/AAAA/members/1","state":"JOINED","role":"ROLE_MANAGER","member":{"name":"users/1","displayName":"Ada","email":"ada@example.com","type":"HUMAN"},"createTime":"2026-01-01T00:00:00Z","unknown":{"x":1}}`
	bobJSON = `{"name":"spaces/AAAA/members/2","state":"INVITED","member":{"name":"users/2","type":"HUMAN"},"createTime":"2026-01-01T00:00:01Z"}`
)

// row is what a test compares of an event.
type row struct {
	ID, Type, Member, Role, State string
	NameOnly                      bool
}

func rows(events []memberships.Event) (out []row) {
	for _, e := range events {
		r := row{ID: e.ID, Type: string(e.Type), NameOnly: e.NameOnly}
		if e.Type.Changes() {
			r.Member, r.Role, r.State = e.Membership.ID+" "+string(e.Membership.Member.Kind)+" "+e.Membership.Member.ID, string(e.Membership.Role), string(e.Membership.State)
		}
		out = append(out, r)
	}
	return out
}

func TestReadPush(t *testing.T) {
	const other, renamed = "google.workspace.chat.message.v1.created", "google.workspace.chat.membership.v2.created"
	for _, tt := range []struct {
		name, typ, data string
		want            []row
	}{
		{"created", googlechat.TypeMembershipCreated, `{"membership":` + adaJSON + `}`, []row{{eventID, "created", "spaces/AAAA/members/1 user 1", "owner", "active", false}}},
		{"invited", googlechat.TypeMembershipCreated, `{"membership":` + bobJSON + `}`, []row{{eventID, "created", "spaces/AAAA/members/2 user 2", "member", "invited", false}}},
		{"updated", googlechat.TypeMembershipUpdated, `{"membership":` + adaJSON + `}`, []row{{eventID, "updated", "spaces/AAAA/members/1 user 1", "owner", "active", false}}},
		{"name only", googlechat.TypeMembershipUpdated, `{"membership":{"name":"spaces/AAAA/members/1"}}`, []row{{eventID, "updated", "spaces/AAAA/members/1 user 1", "unknown", "unknown", true}}},
		{"deleted", googlechat.TypeMembershipDeleted, `{"membership":{"name":"spaces/AAAA/members/1","state":"NOT_A_MEMBER"}}`, []row{{eventID, "deleted", "spaces/AAAA/members/1 user 1", "unknown", "absent", true}}},
		{"deleted, with the former membership", googlechat.TypeMembershipDeleted, `{"membership":` + adaJSON + `}`, []row{{eventID, "deleted", "spaces/AAAA/members/1 user 1", "owner", "absent", false}}},
		{"created, and ended since", googlechat.TypeMembershipCreated, `{"membership":{"name":"spaces/AAAA/members/1","state":"NOT_A_MEMBER"}}`, []row{{eventID, "deleted", "spaces/AAAA/members/1 user 1", "unknown", "absent", true}}},
		{"tombstone", googlechat.TypeMembershipCreated, `{"membership":{}}`, []row{{ID: eventID, Type: googlechat.TypeMembershipCreated}}},
		{"null", googlechat.TypeMembershipCreated, `{"membership":null}`, []row{{ID: eventID, Type: googlechat.TypeMembershipCreated}}},
		{"nothing", googlechat.TypeMembershipCreated, `{}`, []row{{ID: eventID, Type: googlechat.TypeMembershipCreated}}},
		{"group", googlechat.TypeMembershipCreated, `{"membership":{"name":"spaces/AAAA/members/g","state":"JOINED","groupMember":{"name":"groups/g1"}}}`, []row{{eventID, "created", "spaces/AAAA/members/g group g1", "member", "active", false}}},
		{"new state and role", googlechat.TypeMembershipUpdated, `{"membership":{"name":"spaces/AAAA/members/1","state":"DREAMING","role":"ROLE_KING","member":{"name":"users/1","type":"HUMAN"}}}`, []row{{eventID, "updated", "spaces/AAAA/members/1 user 1", "unknown", "unknown", false}}},
		{"batch", googlechat.TypeMembershipBatchUpdated, `{"memberships":[{"membership":` + adaJSON + `},{"membership":{}},{"membership":` + bobJSON + `}]}`, []row{
			{eventID + "/0", "updated", "spaces/AAAA/members/1 user 1", "owner", "active", false},
			{ID: eventID + "/1", Type: googlechat.TypeMembershipBatchUpdated},
			{eventID + "/2", "updated", "spaces/AAAA/members/2 user 2", "member", "invited", false},
		}},
		{"empty batch", googlechat.TypeMembershipBatchDeleted, `{"memberships":[]}`, []row{{ID: eventID, Type: googlechat.TypeMembershipBatchDeleted}}},
		{"another type", other, `{"message":{"name":"x"}}`, []row{{ID: eventID, Type: other}}},
		{"another type without data", other, ``, []row{{ID: eventID, Type: other}}},
		{"a newer version", renamed, `{"membership":` + adaJSON + `}`, []row{{ID: eventID, Type: renamed}}},
		{"a type that is ours by name", "created", `{}`, []row{{ID: eventID, Type: "other.created"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := pushed(t, tt.typ, tt.data)
			d, err := googlechat.ReadPush(body)
			if err != nil || d.ID != eventID || d.Series != "" {
				t.Fatalf("got %q in %q, %v", d.ID, d.Series, err)
			}
			if diff := cmp.Diff(tt.want, rows(d.Events)); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			for _, e := range d.Events {
				w, ok := memberships.NativeEvent[*googlechat.WorkspaceEvent](e)
				if !ok || w.Type != tt.typ || string(w.Data) != tt.data || w.Subscription.Name != "subscriptions/sub-1" || w.MessageID != "17" || w.PubSubSubscription != "projects/p/subscriptions/s" || w.Subject != "//chat.googleapis.com/spaces/AAAA" {
					t.Errorf("natively %+v", w)
				}
				at := time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
				if e.Provider != "googlechat" || e.NativeType != tt.typ || !e.Time.Equal(at) || e.Actor != (memberships.Member{}) || string(e.Raw) != string(body) {
					t.Errorf("got %+v", e)
				}
			}
		})
	}
}

// A subscription of Pub/Sub in another form leaves the event as it is.
func TestReadPushOtherSubscription(t *testing.T) {
	body := pushed(t, googlechat.TypeMembershipCreated, `{"membership":`+adaJSON+`}`)
	for form, want := range map[string]string{"7": "7", "{}": "", "null": "", `"s"`: "s"} {
		other := []byte(strings.Replace(string(body), `"projects/p/subscriptions/s"`, form, 1))
		d, err := googlechat.ReadPush(other)
		if err != nil || len(d.Events) != 1 || d.ID != eventID {
			t.Errorf("%s: got %+v, %v", form, d, err)
			continue
		}
		if w, _ := memberships.NativeEvent[*googlechat.WorkspaceEvent](d.Events[0]); w.PubSubSubscription != want {
			t.Errorf("%s: got the subscription %q, want %q", form, w.PubSubSubscription, want)
		}
	}
}

// An event has the provider's membership, with the fields of the portable one.
func TestReadPushMembership(t *testing.T) {
	d, err := googlechat.ReadPush(pushed(t, googlechat.TypeMembershipCreated, `{"membership":`+adaJSON+`}`))
	if err != nil {
		t.Fatal(err)
	}
	want := memberships.Membership{
		Provider: "googlechat", ID: "spaces/AAAA/members/1", Group: memberships.Group{Kind: memberships.KindSpace, ID: "AAAA"},
		Member: memberships.Member{Kind: memberships.MemberUser, ID: "1", Email: "ada@example.com", Name: "Ada"},
		Role:   memberships.RoleOwner, RoleName: "ROLE_MANAGER", State: memberships.StateActive, Created: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, d.Events[0].Membership, cmpopts.IgnoreUnexported(memberships.Membership{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if m, ok := memberships.Native[*googlechat.Membership](d.Events[0].Membership); !ok || m.Role != googlechat.RoleManager {
		t.Errorf("natively %+v", m)
	}
}

// The entries of overlapping batches have the same id if their time identifies them.
func TestReadPushOverlap(t *testing.T) {
	ids := func(typ, id string, entries ...string) []string {
		t.Helper()
		body := strings.ReplaceAll(string(pushed(t, typ, `{"memberships":[`+strings.Join(entries, ",")+`]}`)), eventID, id)
		d, err := googlechat.ReadPush([]byte(body))
		if err != nil || d.ID != id {
			t.Fatalf("got %q, %v", d.ID, err)
		}
		var out []string
		for _, e := range d.Events {
			out = append(out, e.ID)
		}
		return out
	}
	a, b := `{"membership":`+adaJSON+`}`, `{"membership":`+bobJSON+`}`
	first, second := ids(googlechat.TypeMembershipBatchCreated, "e/1", a, b), ids(googlechat.TypeMembershipBatchCreated, "e/2", b)
	if first[1] != second[0] || first[0] == first[1] {
		t.Errorf("created: got %q and %q", first, second)
	}
	gone := `{"membership":{"name":"spaces/AAAA/members/1","state":"NOT_A_MEMBER","deleteTime":"2026-02-01T00:00:00Z"}}`
	again := strings.Replace(gone, "02-01", "03-01", 1)
	first, second = ids(googlechat.TypeMembershipBatchDeleted, "e/1", gone), ids(googlechat.TypeMembershipBatchDeleted, "e/2", again, gone)
	if first[0] != second[1] || first[0] == second[0] {
		t.Errorf("deleted: got %q and %q", first, second)
	}
	first, second = ids(googlechat.TypeMembershipBatchUpdated, "e/1", a), ids(googlechat.TypeMembershipBatchUpdated, "e/2", a)
	if first[0] == second[0] || first[0] != "e/1/0" {
		t.Errorf("updated: got %q and %q, and a role may come back", first, second)
	}
}

// An event about a subscription has its name and its fields, in either spelling.
func TestReadPushLifecycle(t *testing.T) {
	end := time.Date(2026, 6, 8, 7, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		typ, data string
		want      googlechat.Subscription
	}{
		{googlechat.TypeSubscriptionExpired, `{"subscription":{"name":"subscriptions/x","expire_time":"2026-06-08T07:00:00.000000Z"}}`, googlechat.Subscription{Name: "subscriptions/x", ExpireTime: end}},
		{googlechat.TypeSubscriptionExpirationReminder, `{"subscription":{"name":"subscriptions/x","expireTime":"2026-06-08T07:00:00Z","eventTypes":["a"]}}`, googlechat.Subscription{Name: "subscriptions/x", ExpireTime: end, EventTypes: []string{"a"}}},
		{
			googlechat.TypeSubscriptionSuspended, `{"subscription":{"name":"subscriptions/x","state":"SUSPENDED","suspension_reason":"USER_SCOPE_REVOKED","target_resource":"//chat.googleapis.com/spaces/AAAA","authority":"users/1","uid":"u","etag":"e"}}`,
			googlechat.Subscription{Name: "subscriptions/x", Authority: "users/1", UID: "u", Etag: "e", State: googlechat.SubscriptionSuspended, SuspensionReason: "USER_SCOPE_REVOKED", TargetResource: "//chat.googleapis.com/spaces/AAAA"},
		},
		{googlechat.TypeSubscriptionExpired, `{}`, googlechat.Subscription{Name: "subscriptions/sub-1"}},
	} {
		d, err := googlechat.ReadPush(pushed(t, tt.typ, tt.data))
		if err != nil || len(d.Events) != 1 || d.Events[0].Type != memberships.EventType(tt.typ) || d.Events[0].Type.Changes() {
			t.Fatalf("%s: got %+v, %v", tt.typ, d, err)
		}
		w, _ := memberships.NativeEvent[*googlechat.WorkspaceEvent](d.Events[0])
		if diff := cmp.Diff(tt.want, w.Subscription); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.data, diff)
		}
	}
}

const (
	classic = `{"type":%q,"eventTime":"2026-01-02T03:04:05.678901Z","space":{"name":"spaces/AAAA","displayName":"Demo","type":"ROOM"},"user":{"name":"users/1","displayName":"Ada","email":"ada@example.com"}}`
	addOn   = `{"commonEventObject":{"hostApp":"CHAT"},"chat":{"user":{"name":"users/1","displayName":"Ada","email":"ada@example.com"},"eventTime":"2026-01-02T03:04:05.678901Z",%q:{"space":{"name":"spaces/AAAA","displayName":"Demo","type":"ROOM"}}}}`
)

// Both envelopes of an app's event give the same event, about the app itself.
func TestReadInteraction(t *testing.T) {
	for _, tt := range []struct {
		typ, payload string
		want         row
	}{
		{googlechat.TypeAddedToSpace, "addedToSpacePayload", row{"", "created", "spaces/AAAA/members/app app app", "", "active", true}},
		{googlechat.TypeRemovedFromSpace, "removedFromSpacePayload", row{"", "deleted", "spaces/AAAA/members/app app app", "", "absent", true}},
	} {
		var ids []string
		for _, body := range []string{fmt.Sprintf(classic, tt.typ), fmt.Sprintf(addOn, tt.payload)} {
			d, err := googlechat.ReadInteraction([]byte(body))
			if err != nil || len(d.Events) != 1 || d.ID == "" || d.ID != d.Events[0].ID || d.Series != "" {
				t.Fatalf("%s: got %+v, %v", body, d, err)
			}
			ids = append(ids, d.ID)
			e := d.Events[0]
			tt.want.ID = d.ID
			if diff := cmp.Diff([]row{tt.want}, rows(d.Events)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if e.Membership.Group != (memberships.Group{Kind: memberships.KindSpace, ID: "AAAA", Name: "Demo"}) || e.NativeType != tt.typ || e.Actor != (memberships.Member{}) || string(e.Raw) != body || e.Time.IsZero() {
				t.Errorf("got %+v", e)
			}
			i, ok := memberships.NativeEvent[*googlechat.InteractionEvent](e)
			if !ok || i.Type != tt.typ || i.User.Email != "ada@example.com" || i.Space.Name != "spaces/AAAA" || string(i.Data) != body {
				t.Errorf("natively %+v", i)
			}
		}
		if ids[0] != ids[1] {
			t.Errorf("got the ids %q", ids)
		}
	}
	for body, want := range map[string]string{
		fmt.Sprintf(classic, "MESSAGE"):      "MESSAGE",
		fmt.Sprintf(addOn, "messagePayload"): "messagePayload",
		fmt.Sprintf(classic, "created"):      "other.created",
	} {
		d, err := googlechat.ReadInteraction([]byte(body))
		if err != nil || len(d.Events) != 1 || string(d.Events[0].Type) != want || d.Events[0].Membership.ID != "" {
			t.Errorf("%s: got %+v, %v", body, d, err)
		}
	}
	// An app that is connected to Pub/Sub gets the same event as the data of a message.
	inner := fmt.Sprintf(classic, googlechat.TypeAddedToSpace)
	direct, err := googlechat.ReadInteraction([]byte(inner))
	if err != nil {
		t.Fatal(err)
	}
	through, err := googlechat.ReadPush(pushed(t, "", inner))
	if err != nil || through.ID != direct.ID || rows(through.Events)[0] != rows(direct.Events)[0] {
		t.Errorf("got %+v, %v, want %+v", through, err, direct)
	}
	// Without a time, additions and removals may alternate under the same ids.
	for _, typ := range []string{googlechat.TypeAddedToSpace, googlechat.TypeRemovedFromSpace} {
		d, err := googlechat.ReadInteraction([]byte(`{"type":"` + typ + `","space":{"name":"spaces/AAAA"}}`))
		if err != nil || d.ID == "" || d.Series == "" {
			t.Errorf("got %+v, %v", d, err)
		}
	}
}

// A body that makes no sense is malformed, and no error quotes it.
func TestReadMalformed(t *testing.T) {
	type read = func([]byte) (memberships.Delivery, error)
	push, direct := googlechat.ReadPush, googlechat.ReadInteraction
	replace := func(old, by string) string {
		return strings.Replace(string(pushed(t, googlechat.TypeMembershipCreated, `{"membership":`+adaJSON+`}`)), old, by, 1)
	}
	for _, tt := range []struct {
		name string
		read read
		body string
	}{
		{"empty", push, ""}, {"no JSON", push, "canary"}, {"an array", push, "[]"}, {"no message", push, "{}"}, {"null message", push, `{"message":null}`},
		{"message of another type", push, `{"message":"canary"}`}, {"message without data", push, `{"message":{}}`},
		{"no base64", push, replace(`"data":"`, `"data":"%canary`)},
		{"no id", push, replace(`"ce-id":"`+eventID, `"ce-id":"`)},
		{"long id", push, replace(eventID, strings.Repeat("canary", 200))},
		{"id of another type", push, replace(`"ce-id":"`+eventID+`"`, `"ce-id":7`)},
		{"data that is no JSON", push, string(pushed(t, googlechat.TypeMembershipCreated, `canary`))},
		{"data of another type", push, string(pushed(t, googlechat.TypeMembershipCreated, `{"membership":"canary"}`))},
		{"a name of another form", push, string(pushed(t, googlechat.TypeMembershipCreated, `{"membership":{"name":"spaces/AAAA/canary/1"}}`))},
		{"a name with a step", push, string(pushed(t, googlechat.TypeMembershipCreated, `{"membership":{"name":"spaces/AAAA/members/.."}}`))},
		{"a name of another type", push, string(pushed(t, googlechat.TypeMembershipCreated, `{"membership":{"name":["canary"]}}`))},
		{"batch without entries", push, string(pushed(t, googlechat.TypeMembershipBatchCreated, `{"canary":[]}`))},
		{"batch of another type", push, string(pushed(t, googlechat.TypeMembershipBatchCreated, `{"memberships":"canary"}`))},
		{"subscription of another type", push, string(pushed(t, googlechat.TypeSubscriptionExpired, `{"subscription":"canary"}`))},
		{"no type", direct, "{}"}, {"type of another type", direct, `{"type":7}`}, {"no space", direct, `{"type":"ADDED_TO_SPACE"}`},
		{"space without a name", direct, `{"type":"ADDED_TO_SPACE","space":{"displayName":"canary"}}`},
		{"space of another type", direct, `{"type":"ADDED_TO_SPACE","space":"canary"}`},
		{"space with a step", direct, `{"type":"ADDED_TO_SPACE","space":{"name":"spaces/.."}}`},
		{"add-on without a payload", direct, `{"chat":{"user":{}}}`}, {"add-on with two", direct, `{"chat":{"aPayload":{},"bPayload":{}}}`},
		{"add-on of another type", direct, `{"chat":"canary"}`}, {"add-on payload of another type", direct, `{"chat":{"addedToSpacePayload":"canary"}}`},
		{"add-on without a space", direct, `{"chat":{"addedToSpacePayload":{}}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := tt.read([]byte(tt.body))
			if !errors.Is(err, memberships.ErrMalformed) || len(d.Events) != 0 || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %+v, %v", d, err)
			}
		})
	}
}

// An entry of a space's list of events gives the same event as its delivery.
func TestEventsOf(t *testing.T) {
	var batch googlechat.SpaceEvent
	if err := json.Unmarshal([]byte(`{"name":"`+eventID+`","eventType":"`+googlechat.TypeMembershipBatchCreated+`","eventTime":"2026-01-02T03:04:05.678901Z","membershipBatchCreatedEventData":{"memberships":[{"membership":`+adaJSON+`},{}]}}`), &batch); err != nil {
		t.Fatal(err)
	}
	got, err := googlechat.EventsOf(&batch)
	if err != nil {
		t.Fatal(err)
	}
	want, err := googlechat.ReadPush(pushed(t, batch.EventType, `{"memberships":[{"membership":`+adaJSON+`},{}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rows(want.Events), rows(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if e, ok := memberships.NativeEvent[*googlechat.SpaceEvent](got[0]); !ok || e != &batch || !got[0].Time.Equal(batch.EventTime) {
		t.Errorf("got %+v", got[0])
	}
	single := googlechat.SpaceEvent{Name: eventID, EventType: googlechat.TypeMembershipDeleted}
	if got, err = googlechat.EventsOf(&single); err != nil || len(got) != 1 || got[0].Type.Changes() {
		t.Errorf("an event without a payload: got %+v, %v", got, err)
	}
	batch.MembershipBatchCreatedEventData.Memberships[0].Membership.Name = "x"
	if _, err = googlechat.EventsOf(&batch); !errors.Is(err, memberships.ErrMalformed) {
		t.Errorf("got %v", err)
	}
}
