package box_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/deliverytest"
	"github.com/memberships-go/memberships/wrappers/box"
)

const primaryKey, secondaryKey = "SamplePrimaryKey", "SampleSecondaryKey"

var deliveredAt = time.Date(2020, 1, 1, 0, 0, 0, 0, time.FixedZone("", -7*60*60))

// delivered returns a file of testdata/events.
func delivered(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/events/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// vectors are the published signatures.
type vectors struct {
	Headers map[string]string
	Vectors []struct{ Name, Body, Primary, Secondary string }
}

func published(t testing.TB) (v vectors) {
	t.Helper()
	if err := json.Unmarshal(delivered(t, "signature_vectors"), &v); err != nil || len(v.Vectors) != 6 {
		t.Fatal(v, err)
	}
	return v
}

// with returns headers with another value of one, without it if the value is empty.
func with(headers map[string][]string, name, value string) map[string][]string {
	headers = maps.Clone(headers)
	if headers[name] = []string{value}; value == "" {
		delete(headers, name)
	}
	return headers
}

// verified reports whether a request passes the verification. The published bodies lack
// fields of an event.
func verified(t *testing.T, d memberships.Deliveries, headers map[string][]string, body string, now time.Time) bool {
	t.Helper()
	_, err := d.Open(t.Context(), headers, []byte(body), now)
	if errors.Is(err, memberships.ErrUnauthenticated) == (err == nil || errors.Is(err, memberships.ErrMalformed)) {
		t.Errorf("got %v", err)
	}
	return !errors.Is(err, memberships.ErrUnauthenticated)
}

// All published signatures are accepted and made: six of the primary key, one of the
// secondary.
func TestSignDelivery(t *testing.T) {
	v, signatures := published(t), 0
	d := box.Deliveries(primaryKey, secondaryKey)
	for _, tt := range v.Vectors {
		for header, signature := range map[string]string{"Box-Signature-Primary": tt.Primary, "Box-Signature-Secondary": tt.Secondary} {
			if signature == "" {
				continue
			}
			signatures++
			headers := map[string][]string{header: {signature}}
			for name, value := range v.Headers {
				headers[name] = []string{value}
			}
			if !verified(t, d, headers, tt.Body, deliveredAt) {
				t.Errorf("%s: the %s is refused", tt.Name, header)
			}
			if made := box.SignDelivery(primaryKey, secondaryKey, deliveredAt, []byte(tt.Body)); made[header][0] != signature {
				t.Errorf("%s: got the %s %s, want %s", tt.Name, header, made[header], signature)
			}
		}
		want := map[string][]string{
			"Box-Delivery-Timestamp": {"2020-01-01T00:00:00-07:00"}, "Box-Signature-Version": {"1"},
			"Box-Signature-Algorithm": {"HmacSHA256"}, "Box-Signature-Primary": {tt.Primary},
		}
		if diff := cmp.Diff(want, box.SignDelivery(primaryKey, "", deliveredAt, []byte(tt.Body))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.Name, diff)
		}
	}
	if signatures != 7 {
		t.Errorf("%d signatures were tried, want 7", signatures)
	}
}

func signed(t testing.TB) deliverytest.Signed {
	body := bytes.Replace(delivered(t, "v2.file_event"), []byte("Test-Image-3"), []byte(`スクリーン 😀 a\/b/c`), 1)
	return deliverytest.Signed{
		Deliveries: box.Deliveries(primaryKey, ""), Headers: box.SignDelivery(primaryKey, "", deliveredAt, body), Body: body, Now: deliveredAt,
		Same: func(other []byte) bool {
			return bytes.Equal(bytes.ReplaceAll(other, []byte(`\/`), []byte("/")), bytes.ReplaceAll(body, []byte(`\/`), []byte("/")))
		},
	}
}

func TestDeliveries(t *testing.T) { signed(t).Test(t) }

func FuzzDeliveries(f *testing.F) { deliverytest.FuzzVerify(f, signed(f)) }

func FuzzDelivery(f *testing.F) {
	sign := func(_ testing.TB, body []byte) map[string][]string {
		return box.SignDelivery(primaryKey, secondaryKey, deliveredAt, body)
	}
	deliverytest.FuzzRead(f, box.Deliveries(primaryKey, secondaryKey), sign, deliveredAt, delivered(f, "v2.file_event"), signed(f).Body)
}

// Box signs the escaped form and sends the letters themselves.
func TestDeliveriesEscaped(t *testing.T) {
	d := box.Deliveries(primaryKey, secondaryKey)
	headers := func(body string) map[string][]string {
		return box.SignDelivery(primaryKey, "", deliveredAt, []byte(body))
	}
	for body, escaped := range map[string]string{
		`{"a":"é"}`: `{"a":"\u00e9"}`, `{"a":"😀"}`: `{"a":"\ud83d\ude00"}`, "{\"a\":\"\x7f\"}": `{"a":"\u007f"}`,
		`{"a":"/"}`: `{"a":"\/"}`, `{"a":"\\/"}`: `{"a":"\\\/"}`, `{"a":"\\\/"}`: `{"a":"\\\/"}`, `{"a":"~"}`: `{"a":"~"}`,
		"{\"a\":\"\uffff\"}": `{"a":"\uffff"}`,
	} {
		if diff := cmp.Diff(headers(escaped), headers(body)); diff != "" {
			t.Errorf("%s (-escaped +body):\n%s", body, diff)
		}
		if !verified(t, d, headers(escaped), body, deliveredAt) {
			t.Errorf("%s is refused", body)
		}
	}
	for body, other := range map[string]string{
		"{\"a\":\"\xff\"}": "{\"a\":\"\xfe\"}", "{\"a\":\"\ufffd\"}": "{\"a\":\"\xfe\"}", `{"a":"\u00E9"}`: `{"a":"é"}`, `{"a":"\\/"}`: `{"a":"\/"}`,
	} {
		if verified(t, d, headers(body), other, deliveredAt) {
			t.Errorf("%q is accepted for %q", other, body)
		}
	}
}

// A delivery of up to ten minutes ago is accepted, in any zone.
func TestDeliveriesTimestamp(t *testing.T) {
	s := signed(t)
	for age, ok := range map[time.Duration]bool{0: true, time.Second: true, 10 * time.Minute: true, 10*time.Minute + 1: false, -1: false, -time.Hour: false, 1e6 * time.Hour: false} {
		if verified(t, s.Deliveries, s.Headers, string(s.Body), deliveredAt.Add(age).UTC()) != ok {
			t.Errorf("an age of %s: want %v", age, ok)
		}
	}
	for _, text := range []string{"1577862000", "2020-01-01", "2020-01-01 00:00:00-07:00", "0"} {
		if verified(t, s.Deliveries, with(s.Headers, "Box-Delivery-Timestamp", text), string(s.Body), deliveredAt) {
			t.Errorf("%s is accepted", text)
		}
	}
}

// Either signature is enough, and each key is for its own header. One of them may be
// missing, and none may come twice.
func TestDeliveriesRotate(t *testing.T) {
	const p, s = "Box-Signature-Primary", "Box-Signature-Secondary"
	body := delivered(t, "v2.file_event")
	both := box.SignDelivery("p", "s", deliveredAt, body)
	swapped := box.SignDelivery("s", "p", deliveredAt, body)
	for _, tt := range []struct {
		name               string
		headers            map[string][]string
		primary, secondary string
		ok                 bool
	}{
		{"both", both, "p", "s", true},
		{"the primary is new", both, "old", "s", true}, {"the secondary is new", both, "p", "old", true}, {"both are new", both, "old", "old", false},
		{"the primary alone is known", both, "p", "", true}, {"the secondary alone is known", both, "", "s", true},
		{"the primary alone is sent", with(both, s, ""), "p", "s", true}, {"the secondary alone is sent", with(both, p, ""), "p", "s", true},
		{"none is sent", with(with(both, p, ""), s, ""), "p", "s", false},
		{"the keys are swapped", swapped, "p", "s", false},
		{"the unknown one alone is sent", with(both, p, ""), "p", "", false},
		{"the primary is damaged", with(both, p, "x"), "p", "s", true},
		{"the secondary comes twice", map[string][]string{
			"Box-Delivery-Timestamp": both["Box-Delivery-Timestamp"], "Box-Signature-Version": {"1"}, "Box-Signature-Algorithm": {"HmacSHA256"}, p: both[p], s: {both[s][0], both[s][0]},
		}, "p", "s", false},
	} {
		if got := verified(t, box.Deliveries(tt.primary, tt.secondary), tt.headers, string(body), deliveredAt); got != tt.ok {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
}

// The error distinguishes a missing signature from one of another key.
func TestDeliveriesSignatureErrors(t *testing.T) {
	const p, s = "Box-Signature-Primary", "Box-Signature-Secondary"
	body := delivered(t, "v2.file_event")
	both := box.SignDelivery("p", "s", deliveredAt, body)
	for name, tt := range map[string]struct {
		headers map[string][]string
		want    string
	}{
		"none": {with(with(both, p, ""), s, ""), "are missing"}, "the primary alone": {with(both, s, ""), "no signature is of these keys"},
		"the secondary alone": {with(both, p, ""), "no signature is of these keys"}, "both": {both, "no signature is of these keys"},
	} {
		_, err := box.Deliveries("x", "y").Open(t.Context(), tt.headers, body, deliveredAt)
		if !errors.Is(err, memberships.ErrUnauthenticated) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", name, err, tt.want)
		}
	}
}

func TestDeliveriesVersion(t *testing.T) {
	s := signed(t)
	for name, values := range map[string][]string{"Box-Signature-Version": {"2", "01", "1.0"}, "Box-Signature-Algorithm": {"HmacSHA1", "hmacsha256", "none"}} {
		for _, value := range values {
			if verified(t, s.Deliveries, with(s.Headers, name, value), string(s.Body), deliveredAt) {
				t.Errorf("%s: %s is accepted", name, value)
			}
		}
	}
}

func TestDeliveriesNeedAKey(t *testing.T) {
	d := box.Deliveries("", "")
	_, err := d.Open(t.Context(), box.SignDelivery("", "", deliveredAt, nil), nil, deliveredAt)
	for _, err := range []error{err, d.Check()} {
		if !errors.Is(err, memberships.ErrInvalidArgument) || err.Error() != "box: Deliveries: invalid argument: both signature keys are empty" {
			t.Errorf("got %v", err)
		}
	}
	for _, d := range []memberships.Deliveries{box.Deliveries("p", ""), box.Deliveries("", "s")} {
		if err := d.Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestDeliveryOfATrigger(t *testing.T) {
	body := delivered(t, "v2.file_event")
	d, err := box.Deliveries(primaryKey, "").Open(t.Context(), box.SignDelivery(primaryKey, "", deliveredAt, body), body, deliveredAt)
	if err != nil || len(d.Events) != 1 || d.ID != "eb0c4e06-751f-442c-86f8-fd5bb404dbec" || d.Series != "" {
		t.Fatalf("got %d events of %q in %q, %v", len(d.Events), d.ID, d.Series, err)
	}
	want := memberships.Event{
		Provider: "box", ID: d.ID, Type: "FILE.UPLOADED", NativeType: "FILE.UPLOADED", Raw: body,
		Time:  time.Date(2016, 7, 11, 10, 10, 32, 0, time.FixedZone("", -7*60*60)),
		Actor: memberships.Member{Kind: memberships.MemberUser, ID: "226067247", Email: "johnq@dev.name", Name: "John Q. Developer"},
	}
	if diff := cmp.Diff(want, d.Events[0], cmpopts.IgnoreUnexported(memberships.Event{}, memberships.Membership{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	native, ok := memberships.NativeEvent[*box.WebhookDelivery](d.Events[0])
	if !ok || native.WebhookID != "53" || !bytes.Contains(native.Source, []byte("Test-Image-3.png")) {
		t.Errorf("got %+v", native)
	}
}

func TestDeliveryMalformed(t *testing.T) {
	event := string(delivered(t, "v2.file_event"))
	for name, body := range map[string]string{
		"nothing": "", "text": "hello", "a list": "[]", "an empty object": "{}", "two": event + event,
		"no id": strings.Replace(event, `"id"`, `"ids"`, 1), "no trigger": strings.Replace(event, `"trigger"`, `"on"`, 1),
		"a number as a trigger": strings.Replace(event, `"FILE.UPLOADED"`, "1", 1),
	} {
		_, err := box.Deliveries(primaryKey, "").Open(t.Context(), box.SignDelivery(primaryKey, "", deliveredAt, []byte(body)), []byte(body), deliveredAt)
		if !errors.Is(err, memberships.ErrMalformed) || strings.Contains(err.Error(), "john") {
			t.Errorf("%s: got %v, want malformed", name, err)
		}
	}
}
