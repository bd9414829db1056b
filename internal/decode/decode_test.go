package decode_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/generated/clerk"
	"github.com/memberships-go/memberships/generated/webex"
	"github.com/memberships-go/memberships/internal/decode"
)

func TestJSON(t *testing.T) {
	tests := []struct {
		name, body string
		want       string // "" for a success
	}{
		{"good", `{"id":"a","space_used":7,"created_at":"2026-01-02T03:04:05.123456789-08:00"}`, ""},
		{"white space", " \n{ \t\"id\" :\r\n \"a\" , \"my_tags\" : [ \"a\" , \"b\" ] }\t", ""},
		{"empty", "", "empty"},
		{"blank", " \n", "empty"},
		{"html", "<!doctype html>", "HTML"},
		{"null", "null", "object or array"},
		{"a string", `"a"`, "object or array"},
		{"another kind of document", `[]`, "the body is an array where an object is expected"},
		{"a mark of the byte order", "\ufeff{}", "object or array"},

		{"cut in a string", `{"id":"a`, "not good JSON"},
		{"cut in an object", `{"id":"a"`, "not good JSON"},
		{"cut in a list", `{"my_tags":["a"`, "not good JSON"},
		{"cut behind a comma", `{"id":"a",`, "not good JSON"},
		{"cut in a number", `{"space_used":-`, "not good JSON"},
		{"cut in an unknown value", `{"x":{"y":[1`, "not good JSON"},
		{"trailing", `{"id":"a"} x`, "not good JSON at byte 11"},
		{"two documents", `{"id":"a"}{"id":"b"}`, "not good JSON at byte 10"},
		{"comma too many", `{"id":"a",}`, "not good JSON"},
		{"comma too many in a list", `{"my_tags":["a",]}`, "not good JSON"},
		{"comma too few", `{"id":"a" "name":"b"}`, "not good JSON"},
		{"no colon", `{"id" "a"}`, "not good JSON"},
		{"no quotes", `{id:"a"}`, "not good JSON"},
		{"half a word", `{"x":nul}`, "not good JSON"},
		{"leading zero", `{"space_used":01}`, "not good JSON"},
		{"control character", "{\"id\":\"a\x01\"}", "not good JSON"},
		{"control character in an unknown value", "{\"x\":[\"a\x01\"]}", "not good JSON"},
		{"unknown escape", `{"id":"\a"}`, "not good JSON"},
		{"unknown escape in an unknown value", `{"x":"\0"}`, "not good JSON"},
		{"unknown escape in an unknown name", `{"\0":1}`, "not good JSON"},
		{"unknown escape deep down", `{"x":[["\0"]]}`, "not good JSON"},
		{"half an escape", `{"x":"\u12"}`, "not good JSON"},
		{"an escape with a sign", `{"x":"\u+123"}`, "not good JSON"},

		{"name twice", `{"id":"a","id":"b"}`, "not good JSON at byte 15, /id"},
		{"name twice, once escaped", `{"id":"a","\u0069d":"b"}`, "not good JSON"},
		{"name twice in a list", `{"tracking_codes":[{"name":"a"},{"name":"a","name":"a"}]}`, "/tracking_codes/1/name"},
		{"name twice, null", `{"id":null,"id":null}`, "not good JSON"},
		{"unknown name twice", `{"x":1,"x":2}`, ""},
		{"known name twice in an unknown value", `{"x":{"id":1,"id":2}}`, ""},

		{"invalid UTF-8", "{\"id\":\"a\xff\"}", "not good JSON at byte 6, /id"},
		{"invalid UTF-8 in a name", "{\"a\xff\":1}", "not good JSON"},
		{"invalid UTF-8 in an unknown value", "{\"x\":\"a\xff\"}", "not good JSON"},
		{"invalid UTF-8 deep down", "{\"x\":[[\"a\xff\"]]}", "not good JSON"},
		{"overlong UTF-8", "{\"id\":\"\xc0\xaf\"}", "not good JSON"},
		{"a surrogate in UTF-8", "{\"id\":\"\xed\xa0\x80\"}", "not good JSON"},
		{"lone surrogate", `{"id":"a\ud800"}`, "not good JSON"},
		{"lone low surrogate", `{"id":"a\udc00b"}`, "not good JSON"},
		{"surrogates the wrong way round", `{"id":"\udc00\ud800"}`, "not good JSON"},
		{"two high surrogates", `{"id":"\ud800\ud800\udc00"}`, "not good JSON"},
		{"a surrogate and another escape", `{"id":"\ud800\n"}`, "not good JSON"},
		{"lone surrogate in a name", `{"\ud800":1}`, "not good JSON"},
		{"lone surrogate in an unknown value", `{"x":"\ud800"}`, "not good JSON"},
		{"lone surrogate deep down", `{"x":[["\ud800"]]}`, "not good JSON"},
		{"surrogate pair", `{"id":"a\ud83d\ude00","x":[["\ud83d\ude00"]]}`, ""},
		{"no surrogate but a backslash", `{"id":"a\\ud800"}`, ""},

		{"wrong type", `{"id":{}}`, "the field /id is an object where a string is expected"},
		{"largest number", `{"space_used":9223372036854775807,"space_amount":-9223372036854775808}`, ""},
		{"a name that is a path", `{"x~/y":{"\ud800":1}}`, "/x~0~1y"},

		{"deep", `{"x":` + strings.Repeat("[", 1_000_000), "not good JSON"},
		{"deep and whole", `{"x":` + strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000) + "}", "not good JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := decode.JSON([]byte(tt.body), new(box.User), false)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// A strict field accepts its own type and null, and an answer its own kind.
func TestJSONStrict(t *testing.T) {
	person := func() decode.Value { return new(webex.Person) }
	member := func() decode.Value { return new(webex.Membership) }
	row := func() decode.Value { return new(box.Membership) }
	page := func() decode.Value { return new(box.UserPage) }
	user := func() decode.Value { return new(clerk.User) }
	tests := []struct {
		into       func() decode.Value
		body, want string
	}{
		{member, `{"id":7}`, "the field /id is a number where a string is expected"},
		{member, `{"personEmail":true}`, "the field /personEmail is a boolean where a string is expected"},
		{member, `{"isModerator":"true"}`, "the field /isModerator is a string where a boolean is expected"},
		{member, `{"isModerator":1}`, "the field /isModerator is a number where a boolean is expected"},
		{row, `{"role":1}`, "the field /role is a number where a string is expected"},
		{row, `{"user":"ada"}`, "the field /user is a string where an object is expected"},
		{row, `{"user":{"login":{}}}`, "the field /user/login is an object where a string is expected"},
		{row, `{"configurable_permissions":{"a":"true"}}`, "the field /configurable_permissions/a is a string where a boolean is expected"},
		{row, `{"configurable_permissions":[]}`, "the field /configurable_permissions is an array where an object is expected"},
		{person, `{"emails":"ada@example.com"}`, "the field /emails is a string where an array is expected"},
		{person, `{"emails":["ada@example.com",7]}`, "the field /emails/1 is a number where a string is expected"},
		{user, `{"email_addresses":{}}`, "the field /email_addresses is an object where an array is expected"},
		{user, `{"email_addresses":["ada@example.com"]}`, "the field /email_addresses/0 is a string where an object is expected"},
		{user, `{"email_addresses":[{"reserved":"x"},{"email_address":1}]}`, "the field /email_addresses/1/email_address is a number where a string is expected"},
		{page, `{"total_count":"1"}`, "the field /total_count is a string where an integer of 64 bits is expected"},
		{page, `{"total_count":1.0}`, "the field /total_count is a number where an integer of 64 bits is expected"},
		{page, `{"total_count":1e3}`, "the field /total_count is a number where an integer of 64 bits is expected"},
		{page, `{"total_count":9223372036854775808}`, "the field /total_count is a number where an integer of 64 bits is expected"},
		{page, `{"total_count":9223372036854775807}`, ""},
		{page, `{"next_marker":1}`, "the field /next_marker is a number where a string is expected"},
		{page, `{"entries":7}`, "the field /entries is a number where an array is expected"},
		{page, `{"entries":[{"space_used":{}},7]}`, "the field /entries/1 is a number where an object is expected"},
		{page, `{"entries":[{"enterprise":7,"id":7}]}`, "the field /entries/0/id is a number where a string is expected"},
		{func() decode.Value { return new(box.Error) }, `[]`, "the body is an array where an object is expected"},
		{func() decode.Value { return new(clerk.UserList) }, `{}`, "the body is an object where an array is expected"},
		{func() decode.Value { return new(clerk.UserList) }, `["x"]`, "the field /0 is a string where an object is expected"},
	}
	for _, tt := range tests {
		t.Run(tt.body, func(t *testing.T) {
			err := decode.JSON([]byte(tt.body), tt.into(), false)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || err.Error() != tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// JSON decodes values of every kind, null, missing and unknown names.
func TestJSONValues(t *testing.T) {
	created := time.Date(2026, 1, 2, 11, 4, 5, 500_000_000, time.UTC)
	tests := []struct {
		name, body string
		want       box.User
	}{
		{"names in another case are others", `{"ID":"a","Id":"b","NAME":"c"}`, box.User{}},
		{"escaped names", `{"\u0069d":"a","n\u0061me":"b"}`, box.User{ID: "a", Name: "b"}},
		{"unknown names", `{"new":{"deep":[1,"x",{"id":"b"}]},"id":"a","other":1e400,"":[]}`, box.User{ID: "a"}},
		{"escapes", `{"id":"a\"\\\/\b\f\n\r\t\u00e9\u65e5\ud83d\ude00"}`, box.User{ID: "a\"\\/\b\f\n\r\té日😀"}},
		{"a replacement character that was sent", `{"id":"\ufffd","name":"` + "\ufffd" + `"}`, box.User{ID: "\ufffd", Name: "\ufffd"}},
		{"times", `{"created_at":"2026-01-02T03:04:05.5-08:00","modified_at":"2026-01-02T11:04:05.5Z"}`, box.User{CreatedAt: created, ModifiedAt: created}},
		{"pointers", `{"is_sync_enabled":false,"enterprise":{},"notification_email":{"email":"ada@example.com"}}`,
			box.User{IsSyncEnabled: new(false), Enterprise: &box.Enterprise{}, NotificationEmail: &box.NotificationEmail{Email: "ada@example.com"}}},
		{"empty lists", `{"my_tags":[],"tracking_codes":[ ]}`, box.User{MyTags: []string{}, TrackingCodes: []box.TrackingCode{}}},
		{"null in lists", `{"my_tags":["a",null],"tracking_codes":[null]}`, box.User{MyTags: []string{"a", ""}, TrackingCodes: []box.TrackingCode{{}}}},
		{"null", `{"id":null,"space_used":null,"created_at":null,"is_sync_enabled":null,"enterprise":null,"my_tags":null,"tracking_codes":null,"x":null}`, box.User{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got box.User
			if err := decode.JSON([]byte(tt.body), &got, false); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A row reuses the equal values of the row before, and no others.
func TestJSONRows(t *testing.T) {
	body := `{"data":[
		{"id":"1","role":"a","permissions":["p","q"],"public_metadata":{"n":1},"organization":{"id":"o","members_count":5,"public_metadata":{}},"new":1},
		{"id":"1","role":"a","permissions":["p","q"],"public_metadata":{"n":1},"organization":{"id":"o","members_count":5,"public_metadata":{}},"new":1},
		{"id":"12","role":"\u0061","permissions":["p","q","r"],"public_metadata":{"n":12},"organization":{"id":"o","members_count":55,"public_metadata":{}}},
		{"id":"2\"","role":"plain","permissions":["p"],"organization":null},
		{"role":"plain","id":"2\"","organization":{"id":"o","members_count":5,"public_metadata":{}},"newer":{},"permissions":["p","q"]},
		{},
		{"id":"","permissions":[],"organization":{}}
	]}`
	var want, got clerk.MembershipPage
	if err := json.Unmarshal([]byte(body), &want); err != nil {
		t.Fatal(err)
	}
	if err := decode.JSON([]byte(body), &got, false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-encoding/json +ours)\n%s", diff)
	}
	// Equal texts are the same string, also after an escape.
	for _, same := range []struct{ a, b string }{
		{got.Data[0].Organization.ID, got.Data[1].Organization.ID}, {got.Data[0].Role, got.Data[2].Role}, {got.Data[3].ID, got.Data[4].ID},
	} {
		if same.a != same.b || unsafe.StringData(same.a) != unsafe.StringData(same.b) {
			t.Errorf("%q and %q are two strings", same.a, same.b)
		}
	}
	// Rows share no memory that a caller can change.
	one, two := &got.Data[0], &got.Data[1]
	one.Permissions[0], one.PublicMetadata[0], one.Organization.PublicMetadata[0], *one.Organization.MembersCount = "x", 'x', 'x', 0
	one.Permissions = append(one.Permissions, "x")
	one.PublicMetadata = append(one.PublicMetadata, "xxxxxxxxxxxxxxxx"...)
	if diff := cmp.Diff(&want.Data[1], two); diff != "" {
		t.Errorf("changing one row changed another (-want +got)\n%s", diff)
	}
}

// A repeated name in a map is an error.
func TestJSONMaps(t *testing.T) {
	var m box.Membership
	if err := decode.JSON([]byte(`{"configurable_permissions":{"a":true,"b":null,"\u0063":false}}`), &m, false); err != nil {
		t.Fatal(err)
	}
	want := box.Membership{ConfigurablePermissions: nullable.NewNullableWithValue(map[string]bool{"a": true, "b": false, "c": false})}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	err := decode.JSON([]byte(`{"configurable_permissions":{"a":true,"b":true,"a":true}}`), &m, false)
	if err == nil || !strings.Contains(err.Error(), "/configurable_permissions/a") {
		t.Errorf("got %v for a name that comes twice", err)
	}
	err = decode.JSON([]byte(`{"configurable_permissions":{"a":1}}`), &m, false)
	if err == nil || !strings.Contains(err.Error(), "the field /configurable_permissions/a is a number") {
		t.Errorf("got %v for a number", err)
	}
}

// A string is not confused with a longer one of the row before that holds quotes.
func TestJSONRowsWithQuotes(t *testing.T) {
	body := []byte(`{"entries":[{"id":"a\"b"},{"id":"a"b"}]}`)
	if err := decode.JSON(body, new(box.MembershipPage), false); err == nil {
		t.Error("a quote in the middle of a string passed")
	}
}

// An error names the field and never its content: a body may hold a credential.
func TestJSONErrorsDoNotRepeatTheBody(t *testing.T) {
	for _, body := range []string{
		`{"id":{"canary":1}}`, `{"id":canary}`, `{"id":"canary","id":"canary"}`, `{"login":["canary"]}`, `{"id":1234567890123456789012}`, `{"x":"canary\ud800"}`, "{\"x\":[\"canary\xff\"]}", `{"id":"canary`, `{"id":"x"}canary`,
	} {
		err := decode.JSON([]byte(body), new(box.User), false)
		if err == nil || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "1234") {
			t.Errorf("%s: %v", body, err)
		}
	}
	err := decode.JSON([]byte(`{"`+strings.Repeat("name", 10_000)+`":{"x":"\ud800"}}`), new(box.User), false)
	if err == nil || len(err.Error()) > 1000 {
		t.Errorf("an error repeats a name of any length: %.2000v", err)
	}
}

// JSON refuses a type without a decoder.
func TestJSONWithoutDecoder(t *testing.T) {
	var v struct{ ID string }
	if err := decode.JSON([]byte(`{"ID":"a"}`), &v, false); err == nil || v.ID != "" {
		t.Errorf("got %v, %+v", err, v)
	}
}

// Raw values hold unknown members, and are kept with keepRaw alone.
func TestJSONRaw(t *testing.T) {
	const row = `{ "id":"1", "new" : {"\u0061":1.50}, "organization":{"id":"o","newer":null} }`
	body := []byte(`{"data":[` + row + `,` + row + `,null]}`)
	for _, keep := range []bool{true, false} {
		var page clerk.MembershipPage
		if err := decode.JSON(body, &page, keep); err != nil {
			t.Fatal(err)
		}
		want := []string{row, row, ""}
		inner := []string{`{"id":"o","newer":null}`, `{"id":"o","newer":null}`, ""}
		if !keep {
			want, inner = make([]string, 3), make([]string, 3)
		}
		for i, m := range page.Data {
			if string(m.RawJSON) != want[i] || string(m.Organization.RawJSON) != inner[i] || (m.RawJSON == nil) != (want[i] == "") {
				t.Errorf("kept %t, row %d: got %s and %s", keep, i, m.RawJSON, m.Organization.RawJSON)
			}
		}
		if b, err := json.Marshal(page.Data[0]); err != nil || bytes.Contains(b, []byte("RawJSON")) {
			t.Errorf("a raw value is sent: %s, %v", b, err)
		}
	}
}

// Pooled Readers do not mix documents.
func TestJSONConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	for _, p := range pages {
		body := p.render(p.size / 10)
		want := p.into()
		if err := json.Unmarshal(body, want); err != nil {
			t.Fatal(err)
		}
		for range 4 {
			wg.Go(func() {
				for range 10 {
					got := p.into()
					own := bytes.Clone(body)
					err := decode.JSON(own, got, false)
					clear(own)
					if diff := cmp.Diff(want, got); err != nil || diff != "" {
						t.Errorf("%s: %v (-want +got)\n%s", p.provider, err, diff)
						return
					}
				}
			})
		}
	}
	wg.Wait()
}

func TestEmpty(t *testing.T) {
	for _, body := range []string{"", " \r\n\t"} {
		if !decode.Empty([]byte(body)) {
			t.Errorf("%q is not empty", body)
		}
	}
	for _, body := range []string{"{}", "\x00", " 0"} {
		if decode.Empty([]byte(body)) {
			t.Errorf("%q is empty", body)
		}
	}
}

// A page of any size takes few allocations.
func TestJSONAllocations(t *testing.T) {
	for _, p := range pages {
		for _, size := range []int{1, p.size / 10, p.size} {
			body := p.render(size)
			got := testing.AllocsPerRun(20, func() {
				if err := decode.JSON(body, p.into(), false); err != nil {
					t.Error(err)
				}
			})
			// Two lists, the value, its total, text in blocks of 8 KiB, lists of strings.
			if limit := 12 + float64(len(body))/4096; got > limit {
				t.Errorf("%s, %d members: %.0f allocations, want at most %.0f", p.provider, size, got, limit)
			}
		}
	}
}
