package clerk_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/deliverytest"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

const (
	signingSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	otherSecret   = "whsec_AAECAwQFBgcICQoLDA0ODw=="
	deliveryID    = "msg_p5jXN8AQM9LWM0D4loKWxJek"
)

var deliveredAt = time.Unix(1614265330, 0)

// delivered returns the body of a file of testdata/events.
func delivered(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/events/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func signDelivery(t testing.TB, secret string, body []byte) map[string][]string {
	t.Helper()
	headers, err := clerk.SignDelivery(secret, deliveryID, deliveredAt, body)
	if err != nil {
		t.Fatal(err)
	}
	return headers
}

// open returns the event of a signed body.
func open(t *testing.T, body []byte) memberships.Event {
	t.Helper()
	d, err := clerk.Deliveries(signingSecret).Open(t.Context(), signDelivery(t, signingSecret, body), body, deliveredAt)
	if err != nil || len(d.Events) != 1 || d.ID != deliveryID || d.Series != "" {
		t.Fatalf("got %d events of %q in %q, %v", len(d.Events), d.ID, d.Series, err)
	}
	return d.Events[0]
}

func signed(t testing.TB) deliverytest.Signed {
	body := delivered(t, "organizationMembership.created")
	return deliverytest.Signed{Deliveries: clerk.Deliveries(signingSecret), Headers: signDelivery(t, signingSecret, body), Body: body, Now: deliveredAt, List: "Svix-Signature"}
}

func TestDeliveries(t *testing.T) { signed(t).Test(t) }

func FuzzDeliveries(f *testing.F) { deliverytest.FuzzVerify(f, signed(f)) }

func FuzzDelivery(f *testing.F) {
	sign := func(t testing.TB, body []byte) map[string][]string { return signDelivery(t, signingSecret, body) }
	var seeds [][]byte
	for _, name := range []string{"organizationMembership.created", "organizationMembership.deleted", "organization.deleted", "user.deleted", "user.created.docs"} {
		seeds = append(seeds, delivered(f, name))
	}
	deliverytest.FuzzRead(f, clerk.Deliveries(signingSecret), sign, deliveredAt, append(seeds, invitation("created"))...)
}

// The published vector: the signer makes it, and the verifier accepts it.
func TestSignDelivery(t *testing.T) {
	var vector map[string]string
	if err := json.Unmarshal(delivered(t, "svix_signature_vector"), &vector); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"Svix-Id": {vector["svix-id"]}, "Svix-Timestamp": {vector["svix-timestamp"]}, "Svix-Signature": {vector["svix-signature"]}}
	for _, secret := range []string{vector["secret"], strings.TrimPrefix(vector["secret"], "whsec_")} {
		got, err := clerk.SignDelivery(secret, vector["svix-id"], deliveredAt, []byte(vector["body"]))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		_, err = clerk.Deliveries(secret).Open(t.Context(), want, []byte(vector["body"]), deliveredAt)
		if !errors.Is(err, memberships.ErrMalformed) { // the body is no event of Clerk
			t.Errorf("got %v, want malformed", err)
		}
	}
}

// The cases of the Standard Webhooks libraries, with the headers of Clerk: the same key,
// message and foreign signature, and the results that those libraries agree on.
func TestStandardWebhooks(t *testing.T) {
	const body, foreign = `{"test": 2432232314}`, "Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
	const id, timestamp, signature = "Svix-Id", "Svix-Timestamp", "Svix-Signature"
	good := signDelivery(t, signingSecret, []byte(body))
	with := func(name string, values ...string) map[string][]string {
		h := maps.Clone(good)
		if h[name] = values; values == nil {
			delete(h, name)
		}
		return h
	}
	valid := good[signature][0]
	unbranded := strings.TrimPrefix(signingSecret, "whsec_")
	for _, tt := range []struct {
		name    string
		secret  string
		headers map[string][]string
		now     time.Time
		ok      bool
	}{
		{"a valid signature", signingSecret, good, deliveredAt, true},
		{"the secret without its prefix", unbranded, good, deliveredAt, true},
		{"no id", signingSecret, with(id), deliveredAt, false},
		{"an empty id", signingSecret, with(id, ""), deliveredAt, false},
		{"no timestamp", signingSecret, with(timestamp), deliveredAt, false},
		{"no signature", signingSecret, with(signature), deliveredAt, false},
		{"a foreign signature", signingSecret, with(signature, "v1,"+foreign), deliveredAt, false},
		{"a signature without a version", signingSecret, with(signature, strings.TrimPrefix(valid, "v1,")), deliveredAt, false},
		{"a part of the signature", signingSecret, with(signature, valid[:8]), deliveredAt, false},
		{"the beginning of the version", signingSecret, with(signature, "v1,"), deliveredAt, false},
		{"one of several", signingSecret, with(signature, "v1,"+foreign+" v2,"+foreign+" "+valid+" v1,"+foreign), deliveredAt, true},
		{"none of several", signingSecret, with(signature, "v1,"+foreign+" v2,"+foreign+" v1,"+foreign), deliveredAt, false},
		{"an old timestamp", signingSecret, good, deliveredAt.Add(5*time.Minute + time.Second), false},
		{"a timestamp to come", signingSecret, good, deliveredAt.Add(-5*time.Minute - time.Second), false},
		{"a timestamp that is not signed", signingSecret, with(timestamp, "946684800"), time.Unix(946684800, 0), false},
		{"a timestamp that is no number", signingSecret, with(timestamp, "now"), deliveredAt, false},
	} {
		_, err := clerk.Deliveries(tt.secret).Open(t.Context(), tt.headers, []byte(body), tt.now)
		// The body is no event of Clerk.
		if tt.ok && !errors.Is(err, memberships.ErrMalformed) || !tt.ok && !errors.Is(err, memberships.ErrUnauthenticated) {
			t.Errorf("%s: got %v, want accepted %v", tt.name, err, tt.ok)
		}
	}
}

// Timestamps are accepted up to five minutes from now, in one spelling.
func TestDeliveriesTimestamp(t *testing.T) {
	s := signed(t)
	for offset, ok := range map[time.Duration]bool{
		0: true, 5 * time.Minute: true, -5 * time.Minute: true,
		5*time.Minute + 1: false, -5*time.Minute - 1: false, time.Hour: false, -time.Hour: false, 1e6 * time.Hour: false,
	} {
		_, err := s.Deliveries.Open(t.Context(), s.Headers, s.Body, deliveredAt.Add(offset))
		if accepted := err == nil; accepted != ok || !ok && !errors.Is(err, memberships.ErrUnauthenticated) {
			t.Errorf("%s: got %v", offset, err)
		}
	}
	for _, text := range []string{"+1614265330", "01614265330", "1614265330.0", "1614265330 ", "1.61426533e9", "0x6037b732", "-1", "1614265330000", "9223372036854775807", "99999999999999999999", "１６１４２６５３３０"} {
		headers := resign(t, s.Body, deliveryID, text)
		if _, err := s.Deliveries.Open(t.Context(), headers, s.Body, deliveredAt); !errors.Is(err, memberships.ErrUnauthenticated) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

// resign returns headers whose signature is good for any id and timestamp.
func resign(t *testing.T, body []byte, id, timestamp string) map[string][]string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(signingSecret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "." + string(body)))
	signature := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return map[string][]string{"Svix-Id": {id}, "Svix-Timestamp": {timestamp}, "Svix-Signature": {signature}}
}

func TestDeliveriesID(t *testing.T) {
	s := signed(t)
	for id, ok := range map[string]bool{
		"msg_1": true, "evt-1/2": true, "a.b": false, "a b": false, "a\nb": false, "é": false,
		strings.Repeat("a", 256): true, strings.Repeat("a", 257): false,
	} {
		d, err := s.Deliveries.Open(t.Context(), resign(t, s.Body, id, "1614265330"), s.Body, deliveredAt)
		if accepted := err == nil; accepted != ok || ok && d.ID != id {
			t.Errorf("%q: got %q, %v", id, d.ID, err)
		}
	}
}

// A request may have the signatures of several secrets and versions.
func TestDeliveriesSignatures(t *testing.T) {
	s := signed(t)
	good := s.Headers["Svix-Signature"][0]
	text := strings.TrimPrefix(good, "v1,")
	other := signDelivery(t, otherSecret, s.Body)["Svix-Signature"][0]
	loose := text[:len(text)-2] + string(text[len(text)-2]+1) + "=" // decodes to the same bytes
	for signature, ok := range map[string]bool{
		good: true, other + " " + good: true, good + " " + other: true, "v2," + text + " v1a,abc " + good: true,
		strings.Repeat(other+" ", 15) + good: true,
		strings.Repeat(other+" ", 16) + good: false, strings.Repeat(good+" ", 9999) + good: false,
		other: false, "v2," + text: false, "v1a," + text: false, "V1," + text: false, "v1," + loose: false, text: false,
		"v1": false, "v1,": false, "v1, " + text: false, good + ",junk": false, good + " junk": false, good + "  " + good: false,
		"v1," + strings.TrimRight(text, "="): false, good + "=": false, good + "\t": false,
		"v1," + strings.NewReplacer("+", "-", "/", "_").Replace(text): !strings.ContainsAny(text, "+/"),
	} {
		headers := map[string][]string{"Svix-Id": s.Headers["Svix-Id"], "Svix-Timestamp": s.Headers["Svix-Timestamp"], "Svix-Signature": {signature}}
		_, err := s.Deliveries.Open(t.Context(), headers, s.Body, deliveredAt)
		if accepted := err == nil; accepted != ok {
			t.Errorf("%.80q: got %v", signature, err)
		}
	}
}

// The headers of the Standard Webhooks are not those of Clerk.
func TestDeliveriesHeaders(t *testing.T) {
	s := signed(t)
	headers := map[string][]string{}
	for name, values := range s.Headers {
		headers[strings.Replace(name, "Svix", "Webhook", 1)] = values
	}
	if _, err := s.Deliveries.Open(t.Context(), headers, s.Body, deliveredAt); !errors.Is(err, memberships.ErrUnauthenticated) {
		t.Errorf("got %v", err)
	}
}

// The endpoint's secret is replaced: for a day it signs with the old and the new one.
func TestDeliveriesRotate(t *testing.T) {
	body := delivered(t, "organizationMembership.created")
	both := signDelivery(t, signingSecret, body)
	both["Svix-Signature"][0] += " " + signDelivery(t, otherSecret, body)["Svix-Signature"][0]
	for _, tt := range []struct {
		name    string
		headers map[string][]string
		secrets []string
		ok      bool
	}{
		{"the old one known, both sent", both, []string{signingSecret}, true},
		{"the new one known, both sent", both, []string{otherSecret}, true},
		{"both known, the old one sent", signDelivery(t, signingSecret, body), []string{otherSecret, signingSecret}, true},
		{"both known, the new one sent", signDelivery(t, otherSecret, body), []string{signingSecret, otherSecret}, true},
		{"the new one known, the old one sent", signDelivery(t, signingSecret, body), []string{otherSecret}, false},
		{"the old one known, the new one sent", signDelivery(t, otherSecret, body), []string{signingSecret}, false},
	} {
		if _, err := clerk.Deliveries(tt.secrets...).Open(t.Context(), tt.headers, body, deliveredAt); (err == nil) != tt.ok {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
}

func TestDeliveriesNeedASecret(t *testing.T) {
	for want, secrets := range map[string][]string{
		"there is no secret":                    nil,
		"the secret is empty":                   {""},
		"secret 2 is empty":                     {signingSecret, ""},
		"the secret has fewer than 16 bytes":    {"whsec_AAECAwQFBgcICQoLDA0O"},
		"the secret is not base64 after whsec_": {"whsec_canary!"},
		"secret 2 is not base64 after whsec_":   {signingSecret, signingSecret + "\n"},
		"secret 1 is not base64 after whsec_":   {"whsec_AAECAwQFBgcICQoLDA0OD3==", otherSecret},
		"there are more than 16 secrets":        slices.Repeat([]string{signingSecret}, 17),
	} {
		d := clerk.Deliveries(secrets...)
		_, opened := d.Open(t.Context(), nil, nil, deliveredAt)
		errs := []error{d.Check(), opened}
		if len(secrets) == 1 {
			_, err := clerk.SignDelivery(secrets[0], deliveryID, deliveredAt, nil)
			errs = append(errs, err)
		}
		for _, err := range errs {
			if !errors.Is(err, memberships.ErrInvalidArgument) || err.Error() != "clerk: Deliveries: invalid argument: "+want {
				t.Errorf("%q: got %v, want %s", secrets, err, want)
			}
		}
	}
}

// same compares events without their native values.
func same(t *testing.T, want, got memberships.Event) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(memberships.Event{}, memberships.Membership{})); diff != "" {
		t.Errorf("%s (-want +got):\n%s", want.NativeType, diff)
	}
}

func TestDeliveryOfAMembership(t *testing.T) {
	sent := time.UnixMilli(1716883200000).UTC()
	body := delivered(t, "organizationMembership.created")
	for name, want := range map[string]memberships.EventType{"created": memberships.EventCreated, "updated": memberships.EventUpdated, "deleted": memberships.EventDeleted} {
		body := bytes.Replace(body, []byte("Membership.created"), []byte("Membership."+name), 1)
		e := open(t, body)
		state := memberships.StateActive
		if name == "deleted" {
			state = memberships.StateAbsent
		}
		same(t, memberships.Event{
			Provider: "clerk", ID: deliveryID, Type: want, NativeType: "organizationMembership." + name, Time: sent, Raw: body,
			Membership: memberships.Membership{
				Provider: "clerk", Role: memberships.RoleMember, RoleName: "org:member", State: state, Created: sent, Updated: sent,
				Group:  memberships.Group{Kind: memberships.KindOrganization, ID: "org_2g7np7Hrk0SN6kj5EDMLDaKNL0S", Name: "Acme Corp"},
				Member: memberships.Member{Kind: memberships.MemberUser, ID: "user_2h8op3Isl1QR7tKu5FGNfaLKEoU", Email: "jane.doe@acme.com", Name: "Jane Doe"},
			},
		}, e)
		native, ok := memberships.Native[*clerk.Membership](e.Membership)
		whole, envelope := memberships.NativeEvent[*clerk.WebhookDelivery](e)
		if !ok || native.RoleName != "Member" || !envelope || whole.InstanceID != "ins_2g7np7Hrk0SN6kj5EDMLDaKNL0S" || len(whole.Data) == 0 {
			t.Errorf("got %+v, %+v", native, whole)
		}
	}
	if e := open(t, delivered(t, "organizationMembership.deleted")); e.Type != memberships.EventDeleted || e.Membership.State != memberships.StateAbsent {
		t.Errorf("got %s of %+v", e.Type, e.Membership)
	}
	old := append([]byte(`{"type":"organizationMembership.deleted",`), delivered(t, "organizationMembership.deleted.docs2022.partial")[1:]...)
	e := open(t, old)
	if m := e.Membership; m.Role != memberships.RoleMember || m.State != memberships.StateAbsent || m.Member.Email != "example@example.org" || m.Group.Name != "Acme Inc" || !e.Time.IsZero() {
		t.Errorf("got %+v at %s", m, e.Time)
	}
}

// The end of a group or a member ends its memberships.
func TestDeliveryOfAnEnd(t *testing.T) {
	base := memberships.Event{Provider: "clerk", ID: deliveryID, Type: memberships.EventDeleted, NameOnly: true, Time: time.UnixMilli(1716883200000).UTC()}
	organization, user := base, base
	organization.NativeType, organization.Raw = "organization.deleted", delivered(t, "organization.deleted")
	organization.Membership = memberships.Membership{Provider: "clerk", State: memberships.StateAbsent, Group: memberships.Group{Kind: memberships.KindOrganization, ID: "org_2g7np7Hrk0SN6kj5EDMLDaKNL0S"}}
	user.NativeType, user.Raw = "user.deleted", delivered(t, "user.deleted")
	user.Membership = memberships.Membership{Provider: "clerk", State: memberships.StateAbsent, Member: memberships.Member{Kind: memberships.MemberUser, ID: "user_2g7np7Hrk0SN6kj5EDMLDaKNL0S"}}
	same(t, organization, open(t, organization.Raw))
	same(t, user, open(t, user.Raw))
	nobody := bytes.Replace(user.Raw, []byte(`"id"`), []byte(`"ids"`), 1)
	if e := open(t, nobody); e.Type != "user.deleted" || e.Membership != (memberships.Membership{}) || e.NameOnly {
		t.Errorf("without an id: got %s of %+v", e.Type, e.Membership)
	}
}

// invitation has the fields of an invitation as in Clerk's API.
func invitation(event string) []byte {
	return fmt.Appendf(nil, `{"object":"event","type":"organizationInvitation.%s","timestamp":1716883200123,"data":{"object":"organization_invitation",`+
		`"id":"orginv_1","email_address":"new@example.com","organization_id":"org_1","role":"org:admin","status":"pending","created_at":1716883200000,"updated_at":1716883200}}`, event)
}

func TestDeliveryOfAnInvitation(t *testing.T) {
	for name, tt := range map[string]struct {
		kind  memberships.EventType
		state memberships.State
	}{
		"created": {memberships.EventCreated, memberships.StateInvited}, "accepted": {memberships.EventUpdated, memberships.StateActive},
		"revoked": {memberships.EventDeleted, memberships.StateAbsent},
	} {
		body, at := invitation(name), time.UnixMilli(1716883200000).UTC()
		same(t, memberships.Event{
			Provider: "clerk", ID: deliveryID, Type: tt.kind, NativeType: "organizationInvitation." + name, Time: at.Add(123 * time.Millisecond), Raw: body,
			Membership: memberships.Membership{
				Provider: "clerk", ID: "orginv_1", Role: memberships.RoleManager, RoleName: "org:admin", State: tt.state, Created: at, Updated: at,
				Group:  memberships.Group{Kind: memberships.KindOrganization, ID: "org_1"},
				Member: memberships.Member{Kind: memberships.MemberUser, Email: "new@example.com"},
			},
		}, open(t, body))
	}
}

func TestDeliveryOfAnotherType(t *testing.T) {
	for name, file := range map[string]string{"organization.created": "organization.created", "role.updated": "role.updated", "user.created": "user.created.docs"} {
		if e := open(t, delivered(t, file)); string(e.Type) != name || e.NativeType != name || e.Membership != (memberships.Membership{}) || e.Time.IsZero() {
			t.Errorf("got %s at %s of %+v", e.Type, e.Time, e.Membership)
		}
	}
	e := open(t, []byte(`{"type":"session.promoted","data":"anything"}`))
	if e.Type != "session.promoted" || e.Type.Changes() {
		t.Errorf("got %s", e.Type)
	}
}

func TestDeliveryMalformed(t *testing.T) {
	created := string(delivered(t, "organizationMembership.created"))
	for name, body := range map[string]string{
		"nothing":                  "",
		"a list":                   "[]",
		"an empty object":          "{}",
		"two":                      created + created,
		"two types":                strings.Replace(created, `"type"`, `"type":"x","type"`, 1),
		"a number as type":         strings.Replace(created, `"organizationMembership.created"`, "1", 1),
		"no data":                  strings.Replace(created, `"data"`, `"date"`, 1),
		"text as a membership":     `{"type":"organizationMembership.created","data":"x"}`,
		"no organization":          strings.Replace(created, `"organization":`, `"org":`, 1),
		"no user":                  strings.Replace(created, `"user_id"`, `"user"`, 1),
		"a number as a role":       strings.Replace(created, `"org:member"`, "1", 1),
		"a list as an end":         `{"type":"organization.deleted","data":[]}`,
		"a number as an end":       `{"type":"user.deleted","data":{"id":1}}`,
		"an invitation of nobody":  strings.Replace(string(invitation("created")), "new@example.com", "", 1),
		"an invitation to nowhere": strings.Replace(string(invitation("revoked")), "org_1", "", 1),
	} {
		_, err := clerk.Deliveries(signingSecret).Open(t.Context(), signDelivery(t, signingSecret, []byte(body)), []byte(body), deliveredAt)
		if !errors.Is(err, memberships.ErrMalformed) || strings.Contains(err.Error(), "jane") {
			t.Errorf("%s: got %v, want malformed", name, err)
		}
	}
}

// The event of an invitation has the invitation natively, and its end.
func TestDeliveriesOfInvitations(t *testing.T) {
	const body = `{"type":"organizationInvitation.created","object":"event","timestamp":1795000000000,"data":{"object":"organization_invitation","id":"orginv_1",
		"email_address":"new@example.com","role":"org:member","organization_id":"org_1","status":"pending","created_at":1795000000000,"updated_at":1795000000000,"expires_at":1795086400000,
		"public_organization_data":{"id":"org_1","name":"Rockets"}}}`
	d, err := clerk.Deliveries(signingSecret).Open(t.Context(), signDelivery(t, signingSecret, []byte(body)), []byte(body), deliveredAt)
	if err != nil || len(d.Events) != 1 {
		t.Fatalf("got %+v, %v", d, err)
	}
	m := d.Events[0].Membership
	if i, ok := memberships.Native[*clerk.Invitation](m); !ok || i.Status != "pending" || i.ID != "orginv_1" {
		t.Errorf("the native value is %+v", i)
	}
	if !m.Expires.Equal(time.UnixMilli(1795086400000)) || m.Group.Name != "Rockets" || m.State != memberships.StateInvited {
		t.Errorf("got %+v", m)
	}
}
