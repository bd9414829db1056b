package decode_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/generated/clerk"
	"github.com/memberships-go/memberships/generated/googlechat"
	"github.com/memberships-go/memberships/generated/webex"
	"github.com/memberships-go/memberships/internal/decode"
)

// A lenient field converts another type without loss, and is empty beside its raw value
// otherwise.
func TestJSONLenient(t *testing.T) {
	tests := []struct {
		name, body string
		want       box.User
		left       bool // the raw value is kept
	}{
		{"numbers for text", `{"name":7,"language":-1.50e+2,"phone":15550100}`, box.User{Name: "7", Language: "-1.50e+2", Phone: "15550100"}, false},
		{"truth for text", `{"name":true,"language":false}`, box.User{Name: "true", Language: "false"}, false},
		{"an object for text", `{"name":{"first":"Ada"},"phone":"1"}`, box.User{Phone: "1"}, true},
		{"an array for text", `{"name":["Ada"],"phone":"1"}`, box.User{Phone: "1"}, true},
		{"words for truth", `{"is_sync_enabled":"true","can_see_managed_users":"false"}`, box.User{IsSyncEnabled: new(true), CanSeeManagedUsers: new(false)}, false},
		{"an escaped word for truth", `{"is_sync_enabled":"tru\u0065"}`, box.User{IsSyncEnabled: new(true)}, false},
		{"other words for truth", `{"is_sync_enabled":"yes","phone":"1"}`, box.User{Phone: "1"}, true},
		{"a word in another case", `{"is_sync_enabled":"True"}`, box.User{}, true},
		{"a number for truth", `{"is_sync_enabled":1}`, box.User{}, true},
		{"a whole float", `{"space_amount":10737418240.0}`, box.User{SpaceAmount: 10737418240}, false},
		{"an exponent", `{"space_amount":1e15,"space_used":-12E+2}`, box.User{SpaceAmount: 1e15, SpaceUsed: -1200}, false},
		{"a number in quotes", `{"space_amount":"123","space_used":"1.0737418240e10"}`, box.User{SpaceAmount: 123, SpaceUsed: 10737418240}, false},
		{"a fraction", `{"space_amount":1.5}`, box.User{}, true},
		{"out of range", `{"space_amount":9223372036854775808}`, box.User{}, true},
		{"far out of range", `{"space_amount":1e999999999999999999999}`, box.User{}, true},
		{"no number in quotes", `{"space_amount":"10 GB"}`, box.User{}, true},
		{"truth for a number", `{"space_amount":true}`, box.User{}, true},
		{"no time", `{"created_at":"yesterday"}`, box.User{}, true},
		{"a time that is none", `{"created_at":"2026-02-30T00:00:00Z"}`, box.User{}, true},
		{"a number for a time", `{"created_at":1767603600}`, box.User{}, true},
		{"an object for a time", `{"created_at":{}}`, box.User{}, true},
		{"text for a list", `{"my_tags":"a"}`, box.User{}, true},
		{"numbers in a list of texts", `{"my_tags":["a",7,true]}`, box.User{MyTags: []string{"a", "7", "true"}}, false},
		{"objects in a list of texts", `{"my_tags":["a",{}]}`, box.User{MyTags: []string{"a", ""}}, true},
		{"truth for an object", `{"enterprise":true}`, box.User{}, true},
		{"text for a list of objects", `{"tracking_codes":"a"}`, box.User{}, true},
		{"text in a list of objects", `{"tracking_codes":["a",{"name":"b"}]}`, box.User{TrackingCodes: []box.TrackingCode{{}, {Name: "b"}}}, true},
		{"a number deep down", `{"enterprise":{"id":7,"name":{}}}`, box.User{Enterprise: &box.Enterprise{ID: "7"}}, true},
		{"null", `{"space_amount":null,"created_at":null,"is_sync_enabled":null,"enterprise":null,"my_tags":null}`, box.User{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := strings.Replace(tt.body, "{", `{"id":"a",`, 1)
			tt.want.ID = "a"
			if tt.left {
				tt.want.RawJSON = []byte(body)
			}
			var got box.User
			if err := decode.JSON([]byte(body), &got, false); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A value that is left out must be valid JSON.
func TestJSONLenientIsStillJSON(t *testing.T) {
	for _, body := range []string{
		`{"space_amount":"\ud800"}`, `{"is_sync_enabled":"\ud800"}`, "{\"space_amount\":\"\xff\"}", `{"name":[1,]}`, `{"name":01}`, `{"name":truth}`, `{"space_amount":1e}`,
		`{"space_amount":-}`, `{"created_at":"a`, "{\"created_at\":\"\xff\"}", `{"enterprise":tru}`, `{"my_tags":"a`, `{"is_sync_enabled":"true`, `{"name":{}`, `{"space_amount":1.5,"space_amount":1}`,
	} {
		if err := decode.JSON([]byte(body), new(box.User), false); err == nil || !strings.Contains(err.Error(), "not good JSON") {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

// The raw value around a value left out is kept, also in rows that repeat its bytes.
func TestJSONLenientRows(t *testing.T) {
	const good, bad = `{"id":"1","organization":{"id":"o","name":"n"}}`, `{"id":"2","organization":{"id":"o","name":{}},"public_user_data":{"user_id":"u","has_image":7}}`
	var page clerk.MembershipPage
	if err := decode.JSON([]byte(`{"data":[`+strings.Join([]string{good, bad, bad, good}, ",")+`],"total_count":4}`), &page, false); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"", bad, bad, ""} {
		m := &page.Data[i]
		if string(m.RawJSON) != want || (m.Organization.RawJSON == nil) != (want == "") || m.Organization.ID != "o" {
			t.Errorf("row %d: got %s and %s, want %s", i, m.RawJSON, m.Organization.RawJSON, want)
		}
	}
	page.Data[1].RawJSON[0], page.Data[1].Organization.RawJSON[0] = '#', '#'
	if string(page.Data[2].RawJSON) != bad || page.Data[2].Organization.RawJSON[0] != '{' {
		t.Error("two rows share a raw value")
	}
}

// Later rows reuse a text that came as a number, in either form.
func TestJSONLenientSameText(t *testing.T) {
	var page webex.RoomPage
	body := `{"items":[{"id":"1","title":7},{"id":"2","title":"7"},{"id":"3","title":7},{"id":"4","title":77}]}`
	if err := decode.JSON([]byte(body), &page, false); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"7", "7", "7", "77"} {
		if got := page.Items[i].Title; got != want {
			t.Errorf("row %d: got %q, want %q", i, got, want)
		}
	}
}

// A person's flags have the type of the document, and another one for administrators.
func TestJSONPersonFlags(t *testing.T) {
	for body, want := range map[string]webex.Person{
		`{"id":"p","invitePending":false,"loginEnabled":true}`:     {ID: "p", InvitePending: new(false), LoginEnabled: new(true)},
		`{"id":"p","invitePending":"false","loginEnabled":"true"}`: {ID: "p", InvitePending: new(false), LoginEnabled: new(true)},
		`{"id":"p","loginEnabled":null}`:                           {ID: "p"},
		`{"id":"p","loginEnabled":"soon"}`:                         {ID: "p", RawJSON: []byte(`{"id":"p","loginEnabled":"soon"}`)},
	} {
		var got webex.Person
		if err := decode.JSON([]byte(body), &got, false); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", body, diff)
		}
	}
}

// A value of another kind in place of a lenient object is left out, on every level.
func TestJSONLenientObjects(t *testing.T) {
	const at = "2026-01-02T03:04:05Z"
	body := `{"name":"spaces/a","membershipCount":"many","permissionSettings":{"manageApps":[],"toggleHistory":{"membersAllowed":"true","managersAllowed":[]}},"spaceDetails":3,"createTime":"` + at + `"}`
	var got googlechat.Space
	if err := decode.JSON([]byte(body), &got, false); err != nil {
		t.Fatal(err)
	}
	created, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	want := googlechat.Space{
		Name: "spaces/a", CreateTime: created, RawJSON: []byte(body),
		PermissionSettings: &googlechat.PermissionSettings{ToggleHistory: &googlechat.PermissionSetting{MembersAllowed: true}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
