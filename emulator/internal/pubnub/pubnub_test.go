package pubnub

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// provider is an emulated PubNub with a clock that tests advance.
type provider struct {
	t      *testing.T
	router *httpapi.Router
	now    time.Time
	header http.Header // of the last response
}

func start(t *testing.T, state string) *provider {
	t.Helper()
	w, err := seed.Parse("state.yaml", []byte(state))
	if err != nil {
		t.Fatal(err)
	}
	s := &provider{t: t, now: time.Date(2026, 6, 1, 12, 0, 0, 123456789, time.UTC)}
	w.Now = func() time.Time { return s.now }
	s.router = New(w)
	return s
}

// do sends a request as client "me" and returns the status and the body.
func (s *provider) do(method, target, body string, header ...string) (int, string) {
	s.t.Helper()
	if !strings.Contains(target, "uuid=") {
		sep := "?"
		if strings.Contains(target, "?") {
			sep = "&"
		}
		target += sep + "uuid=me"
	}
	req := httptest.NewRequest(method, "/v2/objects/demo"+target, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	s.router.ServeHTTP(rec, req)
	s.header = rec.Header()
	return rec.Code, strings.TrimSpace(rec.Body.String())
}

// want sends a request and compares the whole response.
func (s *provider) want(method, target, body string, status int, answer string, header ...string) {
	s.t.Helper()
	code, got := s.do(method, target, body, header...)
	if code != status {
		s.t.Errorf("%s %s: status %d, want %d", method, target, code, status)
	}
	if d := cmp.Diff(answer, got); d != "" {
		s.t.Errorf("%s %s (-want +got):\n%s", method, target, d)
	}
}

// ids returns the ids of the rows of a list.
func (s *provider) ids(target string) string {
	s.t.Helper()
	code, body := s.do("GET", target, "")
	var p struct {
		Data []struct {
			ID            string
			Channel, UUID struct{ ID string }
		}
	}
	if err := json.Unmarshal([]byte(body), &p); err != nil || code != 200 {
		s.t.Fatalf("%s: status %d, %s", target, code, body)
	}
	var ids []string
	for _, r := range p.Data {
		ids = append(ids, r.ID+r.Channel.ID+r.UUID.ID)
	}
	return strings.Join(ids, " ")
}

const people = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Grace Hopper, email: grace@example.com}
  - {name: Ada Byron, email: ada@example.org}
`

const groups = people + `
groups:
  - name: Demo
    members: [{email: ada@example.com, role: owner}, {email: grace@example.com}]
    count: 3
  - {name: Other, ids: {pubnub: other-id}, members: [{email: ada@example.org}]}
  - {name: 日本}
  - {name: Elsewhere, in: [box]}
`

func TestSeed(t *testing.T) {
	s := start(t, groups)
	for target, want := range map[string]string{
		"/channels":                       "demo group-3 other-id",
		"/uuids":                          "ada ada@example.org grace member-0000001 member-0000002 member-0000003",
		"/channels/demo/uuids":            "ada grace member-0000001 member-0000002 member-0000003",
		"/uuids/ada/channels":             "demo",
		"/uuids/ada@example.org/channels": "other-id",
		"/uuids/member-0000003/channels":  "demo",
		"/uuids/member-0000004/channels":  "",
		"/uuids/MEMBER-0000003/channels":  "",
		"/channels/nowhere/uuids":         "",
	} {
		if got := s.ids(target); got != want {
			t.Errorf("%s: got %s, want %s", target, got, want)
		}
	}
	// Each keyset starts with the same groups and has its own changes.
	if code, _ := s.do("PATCH", "/uuids/ada/channels", `{"delete":[{"channel":{"id":"demo"}}]}`); code != 200 {
		t.Fatal(code)
	}
	if got := s.ids("/uuids/ada/channels"); got != "" {
		t.Errorf("the keyset that changed: %s", got)
	}
	req := httptest.NewRequest("GET", "/v2/objects/sub-c-2/uuids/ada/channels?uuid=me", nil)
	rec := httptest.NewRecorder()
	s.router.ServeHTTP(rec, req)
	if !strings.Contains(rec.Body.String(), `"id":"demo"`) {
		t.Errorf("another keyset: %s", rec.Body)
	}
}

// A field that is not included is absent, an included field without a value is null, and
// an object without metadata is its id.
func TestRows(t *testing.T) {
	s := start(t, groups)
	const eTag = "AUSozM2J7a5wtUw" // of every membership without content
	s.want("GET", "/uuids/grace/channels", "", 200,
		`{"status":200,"data":[{"channel":{"id":"demo"},"updated":"2026-01-05T10:00:01Z","eTag":"`+eTag+`"}],"next":"MQ"}`)
	s.want("GET", "/uuids/grace/channels?include=custom,status,type,totalCount,nonsense", "", 200,
		`{"status":200,"data":[{"channel":{"id":"demo"},"type":null,"status":null,"custom":null,"updated":"2026-01-05T10:00:01Z","eTag":"`+eTag+`"}],"next":"MQ"}`)
	const demo = `"updated":"2026-01-05T09:00:00Z","eTag":"0f8f6739ad29e3431b6b3974f98c8462"`
	s.want("GET", "/uuids/grace/channels?include=channel", "", 200,
		`{"status":200,"data":[{"channel":{"id":"demo","name":"Demo","description":null,`+demo+`},"updated":"2026-01-05T10:00:01Z","eTag":"`+eTag+`"}],"next":"MQ"}`)
	s.want("GET", "/uuids/grace/channels?include=channel.custom%2Cchannel.type", "", 200,
		`{"status":200,"data":[{"channel":{"id":"demo","name":"Demo","description":null,"type":null,"custom":null,`+demo+`},"updated":"2026-01-05T10:00:01Z","eTag":"`+eTag+`"}],"next":"MQ"}`)
	s.want("PATCH", "/channels/demo/uuids?filter=uuid.id=='new'&include=uuid,custom,status&count=1",
		`{"set":[{"uuid":{"id":"new"},"custom":{"n":1.5,"b":true,"x":null},"status":"on","type":"t"}]}`, 200,
		`{"status":200,"data":[{"uuid":{"id":"new"},"status":"on","custom":{"b":true,"n":1.5,"x":null},"updated":"2026-06-01T12:00:00.123456Z","eTag":"AWJDI6GeALpR9Ak"}],"totalCount":1,"next":"MQ"}`)
	s.want("GET", "/uuids/new", "", 404, `{"status":404,"error":{"message":"Requested object was not found.","source":"objects"}}`)
	s.want("GET", "/channels/demo?include=custom,status", "", 200,
		`{"status":200,"data":{"id":"demo","name":"Demo","description":null,"status":null,"custom":null,`+demo+`}}`)
	s.want("DELETE", "/channels/never-was", "", 200, `{"status":200,"data":null}`)
	if got := s.header.Get("Access-Control-Allow-Credentials"); got != "true" {
		t.Errorf("header: %q", got)
	}
}

func TestTimesAndTags(t *testing.T) {
	s := start(t, people)
	row := func(body string) (updated, eTag string) {
		t.Helper()
		code, got := s.do("PATCH", "/uuids/ada/channels", body)
		var p struct {
			Data []struct{ Updated, ETag string }
		}
		if err := json.Unmarshal([]byte(got), &p); err != nil || code != 200 || len(p.Data) != 1 {
			t.Fatalf("status %d: %s", code, got)
		}
		return p.Data[0].Updated, p.Data[0].ETag
	}
	const set = `{"set":[{"channel":{"id":"c"},"custom":{"a":1},"status":"x"}],"delete":[]}`
	s.now = time.Date(2026, 6, 1, 12, 0, 0, 120_300_999, time.UTC)
	first, tag := row(set)
	if first != "2026-06-01T12:00:00.1203Z" {
		t.Errorf("updated %s: want microseconds without zeros at the end", first)
	}
	if b, err := base64.RawStdEncoding.DecodeString(tag); err != nil || len(b) != 11 || tag[0] != 'A' {
		t.Errorf("eTag %s", tag)
	}
	s.now = s.now.Add(time.Hour)
	if again, _ := row(set); again != first {
		t.Errorf("the same content again: updated %s, want %s", again, first)
	}
	s.now = s.now.Add(time.Hour)
	if changed, other := row(`{"set":[{"channel":{"id":"c"},"custom":{"a":1}}]}`); changed == first || other == tag {
		t.Errorf("other content: updated %s with eTag %s", changed, other)
	}
}

func TestPaging(t *testing.T) {
	s := start(t, people)
	var set []string
	for i := range 15 {
		set = append(set, fmt.Sprintf(`{"channel":{"id":"c%02d"}}`, i))
	}
	if code, body := s.do("PATCH", "/uuids/u/channels", `{"set":[`+strings.Join(set, ",")+`],"delete":null}`); code != 200 {
		t.Fatal(body)
	}
	for _, test := range []struct{ query, first, total, next, prev string }{
		{"", "c00 15", "", "MTU", ""},
		{"limit=10", "c00 10", "", "MTA", ""},
		{"limit=10&start=MTA", "c10 5", "", "MTU", "MTA"}, // the last page has a next cursor
		{"limit=10&start=MTU", "0", "", "", ""},
		{"start=MTAw", "0", "", "", ""},
		{"start=MA", "c00 15", "", "MTU", "MA"},
		{"limit=5&end=MTA", "c05 5", "", "MTA", "NQ"},
		{"limit=10&end=NQ", "c00 5", "", "NQ", ""},
		{"limit=5&end=MA", "0", "", "", ""},
		{"limit=2&start=MQ&end=MTA", "c01 2", "", "Mw", "MQ"}, // start overrides end
		{"limit=2&start=MQ==", "c01 2", "", "Mw", "MQ=="},
		{"limit=1&count=1", "c00 1", "15", "MQ", ""},
		{"limit=1&count=True", "c00 1", "15", "MQ", ""},
		{"limit=1&count=true", "c00 1", "15", "MQ", ""},
		{"limit=1&count=0", "c00 1", "", "MQ", ""},
		{"limit=1&count=false", "c00 1", "", "MQ", ""},
		{"limit=1&count=maybe", "c00 1", "", "MQ", ""},
		{"limit=1&count=1&filter=channel.id%3E=%22c13%22", "c13 1", "2", "MQ", ""},
		{"start=MQ&filter=channel.id%3E=%22c13%22", "c14 1", "", "Mg", "MQ"},
		{"start=Mg&filter=channel.id%3E=%22c13%22&count=1", "0", "2", "", ""},
		{"limit=1&sort=channel.id:desc", "c14 1", "", "MQ", ""},
	} {
		_, body := s.do("GET", "/uuids/u/channels?"+test.query, "")
		var p struct {
			Data       []struct{ Channel struct{ ID string } }
			TotalCount json.Number
			Next, Prev string
		}
		if err := json.Unmarshal([]byte(body), &p); err != nil || p.Data == nil {
			t.Fatalf("%s: %s", test.query, body)
		}
		first := strconv.Itoa(len(p.Data))
		if len(p.Data) > 0 {
			first = p.Data[0].Channel.ID + " " + first
		}
		got := []string{first, p.TotalCount.String(), p.Next, p.Prev}
		if d := cmp.Diff([]string{test.first, test.total, test.next, test.prev}, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", test.query, d)
		}
	}
	// A PATCH returns the first page of the whole list, whatever it changes.
	_, body := s.do("PATCH", "/uuids/u/channels?limit=2&count=1", `{"delete":[{"channel":{"id":"c14"},"custom":null}]}`)
	if !strings.Contains(body, `"c00"`) || !strings.HasSuffix(body, `"totalCount":14,"next":"Mg"}`) {
		t.Errorf("got %s", body)
	}
}

func TestErrors(t *testing.T) {
	s := start(t, groups)
	objects := func(status int, message, more string) string {
		return fmt.Sprintf(`{"status":%d,"error":{"message":%q,"source":"objects"%s}}`, status, message, more)
	}
	input := func(message, location, kind string) string {
		return objects(400, "Request payload contained invalid input.", fmt.Sprintf(`,"details":[{"message":%q,"location":%q,"locationType":%q}]`, message, location, kind))
	}
	long := strings.Repeat("%C3%A4", 47) // 94 bytes
	s.want("GET", "/nothing/here/at/all", "", 404, objects(404, "Requested object was not found.", ""))
	s.want("PUT", "/uuids/ada", `{}`, 405, `{"message":"Method Not Allowed","error":true,"service":"Balancer","status":405}`)
	s.want("GET", "/uuids?uuid=", "", 400, objects(400, "No UUID specified", ""))
	s.want("GET", "/uuids?limit=0", "", 400, input("number must be at least 1", "limit", "query"))
	s.want("GET", "/uuids/ada/channels?limit=101", "", 400, input("number must be at most 100", "limit", "query"))
	s.want("GET", "/uuids/ada/channels?start=x", "", 400, input("is not a cursor", "start", "query"))
	s.want("GET", "/uuids/ada/channels?end=LTE", "", 400, input("is not a cursor", "end", "query")) // -1
	s.want("GET", "/uuids/ada/channels?sort=channel.name:up", "", 400, input(`cannot sort by "channel.name:up"`, "sort", "query"))
	s.want("GET", "/channels/demo/uuids?sort=custom", "", 400, input(`cannot sort by "custom"`, "sort", "query"))
	s.want("GET", "/uuids?filter=name", "", 400, input("expected an operator, found the end of the filter", "filter", "query"))
	s.want("GET", "/uuids/"+long+"/channels", "", 400, input("must be 1 to 92 bytes of UTF-8", "userId", "path"))
	s.want("PATCH", "/channels/"+long, `{}`, 400, input("must be 1 to 92 bytes of UTF-8", "channelId", "path"))
	s.want("PATCH", "/uuids/u/channels", `{"set":[{"channel":{"id":"`+strings.Repeat("ä", 47)+`"}}]}`, 400, input("must be 1 to 92 bytes of UTF-8", "channel.id", "body"))
	s.want("PATCH", "/uuids/ada", `{"name":`, 415, objects(415, "Request payload must be in JSON format.", ""))
	s.want("PATCH", "/uuids/ada", `name=Ada`, 415, objects(415, "Request payload must be in JSON format.", ""), "Content-Type", "text/plain")
	s.want("PATCH", "/uuids/ada", `name=Ada`, 415, objects(415, "Request payload must be in JSON format.", ""), "Content-Type", "application/x-www-form-urlencoded")
	s.want("PATCH", "/channels/demo", `{"name":"x"}`, 412, objects(412, "Channel to update has been modified after it was read.", ""), "If-Match", "x")
	s.want("PATCH", "/uuids/nobody", `{"name":"x"}`, 412, objects(412, "User to update has been modified after it was read.", ""), "If-Match", "x")
	for target, location := range map[string]string{
		"/uuids/a%2Cb/channels": "userId", "/uuids/a%2Fb/channels": "userId", "/uuids/a%5Cb": "userId", "/channels/a*b/uuids": "channelId", "/channels/a:b": "channelId", "/channels/a%00b": "channelId",
	} {
		if code, body := s.do("GET", target, ""); code != 400 || !strings.Contains(body, `"location":"`+location+`","locationType":"path"`) {
			t.Errorf("%s: status %d, %s", target, code, body)
		}
	}
	for body, location := range map[string]string{
		`{"set":[{"channel":{"id":"a/b"}}]}`: "set.0.channel.id", `{"set":[{}]}`: "set.0.channel", `{"delete":[{"channel":{"id":""}}]}`: "delete.0.channel.id",
		`{"set":[{"channel":{"id":"c"},"custom":{"a":[]}}]}`: "set.0.custom.a", `{"set":[{"channel":{"id":"c"},"custom":{"a":{}}}]}`: "set.0.custom.a",
		`{"set":[{"channel":{"id":"c"},"status":"` + strings.Repeat("x", 51) + `"}]}`: "set.0.status", `{"set":{}}`: "set", `[]`: "",
	} {
		if code, got := s.do("PATCH", "/uuids/ada/channels", body); code != 400 || location != "" && !strings.Contains(got, `"location":"`+location+`","locationType":"body"`) {
			t.Errorf("%s: status %d, %s", body, code, got)
		}
	}
	if code, body := s.do("PATCH", "/uuids/ada/channels?x=y&requestid=1&l_obj=0.1", `{"set":[{"channel":{"id":"c"},"unknown":7}]}`, "Content-Type", "application/x-www-form-urlencoded"); code != 200 {
		t.Errorf("what SDKs send besides: status %d, %s", code, body)
	}
	if code, body := s.do("PATCH", "/uuids/ada/channels", `{"set":null,"delete":null}`, "Content-Type", ""); code != 200 {
		t.Errorf("no content type: status %d, %s", code, body)
	}
	// An invalid query changes nothing.
	if code, _ := s.do("PATCH", "/uuids/ada/channels?filter=x", `{"delete":[{"channel":{"id":"demo"}}]}`); code != 400 || s.ids("/uuids/ada/channels") != "c demo" {
		t.Errorf("status %d, then %s", code, s.ids("/uuids/ada/channels"))
	}
	req := httptest.NewRequest("GET", "/v2/objects/no.key/uuids?uuid=me", nil)
	rec := httptest.NewRecorder()
	s.router.ServeHTTP(rec, req)
	if got, want := strings.TrimSpace(rec.Body.String()), `{"message":"Invalid Subscribe Key","error":true,"service":"Access Manager","status":400}`; got != want || rec.Code != 400 {
		t.Errorf("got status %d, %s", rec.Code, got)
	}
}

// Injected faults have PubNub's format.
func TestRender(t *testing.T) {
	s := start(t, people)
	for status, want := range map[int]string{
		403: `{"message":"Forbidden","payload":{"channels":["demo"]},"error":true,"service":"Access Manager","status":403}`,
		404: `{"status":404,"error":{"message":"Requested object was not found.","source":"objects"}}`,
		409: `{"status":409,"error":{"message":"Object with the requested identifier already exists.","source":"objects"}}`,
		414: `{"message":"Request URI Too Long","error":true,"service":"Balancer","status":414}`,
		429: `{"status":429,"error":{"message":"You have exceeded the maximum number of requests per second allowed for your subscriber key.","source":"objects"}}`,
		418: `{"status":418,"error":{"message":"I'm a teapot","source":"objects"}}`,
		500: `{"status":500,"error":{"message":"An unexpected error ocurred while processing the request.","source":"objects"}}`,
		503: `{"status":503,"error":{"message":"The server took longer to respond than the maximum allowed processing time.","source":"objects"}}`,
	} {
		rec := httptest.NewRecorder()
		s.router.Fail(rec, httptest.NewRequest("GET", "/v2/objects/demo/channels/demo/uuids", nil), &httpapi.Problem{Status: status, RetryAfter: 7})
		if got := strings.TrimSpace(rec.Body.String()); got != want || rec.Code != status || rec.Header().Get("Retry-After") != "7" {
			t.Errorf("%d: got status %d, %v, %s", status, rec.Code, rec.Header(), got)
		}
	}
}

func TestMetadata(t *testing.T) {
	s := start(t, people)
	tag := func(body string) string {
		t.Helper()
		var r struct{ Data struct{ ETag string } }
		if err := json.Unmarshal([]byte(body), &r); err != nil || len(r.Data.ETag) != 32 {
			t.Fatalf("%s: %v", body, err)
		}
		return r.Data.ETag
	}
	_, body := s.do("PATCH", "/channels/c?include=custom,status,type", `{"name":"C","description":"d","type":"t","custom":{"a":1,"b":2}}`)
	first := tag(body)
	// An omitted field stays, null clears a field, and custom is replaced as a whole.
	s.now = s.now.Add(time.Minute)
	code, body := s.do("PATCH", "/channels/c?include=custom,status,type", `{"description":null,"custom":{"b":3}}`, "If-Match", first)
	second := tag(body)
	want := `{"status":200,"data":{"id":"c","name":"C","description":null,"type":"t","status":null,"custom":{"b":3},"updated":"2026-06-01T12:01:00.123456Z","eTag":"` + second + `"}}`
	if body != want || code != 200 || first == second {
		t.Errorf("got status %d, %s", code, body)
	}
	s.now = s.now.Add(time.Minute)
	if _, body = s.do("PATCH", "/channels/c?include=custom,status,type", `{"name":"C"}`); body != want {
		t.Errorf("a change of nothing: %s", body)
	}
	if code, _ := s.do("PATCH", "/channels/c", `{"name":"D"}`, "If-Match", first); code != 412 {
		t.Errorf("an old eTag: status %d", code)
	}
	if _, body := s.do("PATCH", "/channels/d", `{"name":"C","type":"t","custom":{"b":3}}`); tag(body) == second {
		t.Error("two channels have the same eTag")
	}
	// Memberships outlive the metadata of their user and channel.
	s.do("PATCH", "/uuids/ada/channels", `{"set":[{"channel":{"id":"c"}}]}`)
	s.do("DELETE", "/channels/c", "")
	s.do("DELETE", "/uuids/ada", "")
	if got := s.ids("/uuids/ada/channels") + s.ids("/channels/c/uuids"); got != "cada" {
		t.Errorf("got %s", got)
	}
	if got := s.ids("/uuids"); got != "ada@example.org grace" {
		t.Errorf("got %s", got)
	}
}

func TestAccessManager(t *testing.T) {
	s := start(t, people+`
credentials:
  pubnub:
    - {token: good-token}
    - {token: reader, scopes: [get]}
    - {token: joiner, scopes: [get, join]}
    - {token: sec-c-1}
`)
	const forbidden = `{"message":"Forbidden","payload":{"uuids":["ada"]},"error":true,"service":"Access Manager","status":403}`
	s.want("GET", "/uuids/ada", "", 403, forbidden)
	if got := s.header.Get("X-PN-Cause"); got != "9999" {
		t.Errorf("cause %s", got)
	}
	s.want("GET", "/uuids/ada?auth=bad", "", 403, forbidden)
	s.want("GET", "/uuids/ada?auth=sec-c-1", "", 403, forbidden) // a secret key is not a token
	s.want("GET", "/uuids?auth=bad", "", 403, `{"message":"Forbidden","error":true,"service":"Access Manager","status":403}`)
	for _, test := range []struct {
		method, target, body, token string
		status                      int
	}{
		{"GET", "/uuids/ada", "", "good-token", 200},
		{"DELETE", "/uuids/ada", "", "reader", 403},
		{"PATCH", "/uuids/ada", "{}", "reader", 403},
		{"PATCH", "/uuids/ada/channels", "{}", "reader", 403},
		{"PATCH", "/uuids/ada/channels", "{}", "joiner", 200},
		{"PATCH", "/channels/c/uuids", "{}", "joiner", 403},
		{"GET", "/channels/c/uuids", "", "joiner", 200},
	} {
		if code, body := s.do(test.method, test.target+"?auth="+test.token, test.body); code != test.status {
			t.Errorf("%s: %s %s: status %d, %s", test.token, test.method, test.target, code, body)
		}
	}
	sign := func(publishKey, secret, method, path string, q url.Values, body string) string {
		q.Set("signature", signature(secret, publishKey, method, "/v2/objects/demo"+path, q, []byte(body)))
		return strings.ReplaceAll(q.Encode(), "+", "%20")
	}
	now := strconv.FormatInt(s.now.Unix(), 10)
	params := func(more ...string) url.Values {
		q := url.Values{"uuid": {"me ~"}, "timestamp": {now}, "filter": {`name LIKE "a*" && id != 'x+y'`}}
		for i := 0; i+1 < len(more); i += 2 {
			q.Set(more[i], more[i+1])
		}
		return q
	}
	for _, key := range []string{"pub-c-1", "pub-demo", "demo", ""} {
		if code, body := s.do("GET", "/uuids?"+sign(key, "sec-c-1", "GET", "/uuids", params(), ""), ""); code != 200 {
			t.Errorf("publish key %q: status %d, %s", key, code, body)
		}
	}
	if code, body := s.do("PATCH", "/uuids/u/channels?"+sign("", "sec-c-1", "PATCH", "/uuids/u/channels", url.Values{"uuid": {"me"}, "timestamp": {now}}, `{"set":[]}`), `{"set":[]}`); code != 200 {
		t.Errorf("a signed body: status %d, %s", code, body)
	}
	for name, target := range map[string]string{
		"another secret":    "/uuids?" + sign("", "sec-c-2", "GET", "/uuids", params(), ""),
		"another key":       "/uuids?" + sign("pub-c-2", "sec-c-1", "GET", "/uuids", params(), ""),
		"another path":      "/uuids?" + sign("", "sec-c-1", "GET", "/channels", params(), ""),
		"another method":    "/uuids?" + sign("", "sec-c-1", "DELETE", "/uuids", params(), ""),
		"a changed filter":  "/uuids?" + strings.Replace(sign("", "sec-c-1", "GET", "/uuids", params(), ""), "name", "email", 1),
		"another parameter": "/uuids?" + sign("", "sec-c-1", "GET", "/uuids", params(), "") + "&count=1",
		"another body":      "/uuids?" + sign("", "sec-c-1", "GET", "/uuids", params(), "x"),
	} {
		s.want("GET", target, "", 403, `{"message":"Signature does not match","error":true,"service":"Access Manager","status":403}`)
		if t.Failed() {
			t.Fatal(name)
		}
	}
	for _, off := range []int64{-61, 61} {
		old := strconv.FormatInt(s.now.Unix()+off, 10)
		s.want("GET", "/uuids?"+sign("", "sec-c-1", "GET", "/uuids", params("timestamp", old), ""), "", 403,
			`{"message":"Invalid Timestamp","error":true,"service":"Access Manager","status":403}`)
	}
}

// A million members take no memory and are sorted, and the last page is as fast as the
// first.
func TestGeneratedMembers(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := start(t, people+`
groups:
  - {name: Crowd, members: [{email: grace@example.com}], count: 1000000}
`)
	for target, want := range map[string]string{
		"/channels/crowd/uuids?limit=3":                          "grace member-0000001 member-0000002",
		"/channels/crowd/uuids?limit=3&start=OTk5OTk4":           "member-0999998 member-0999999 member-1000000", // 999998
		"/channels/crowd/uuids?start=MTAwMDAwMQ":                 "",
		"/uuids?limit=2&start=MTAwMDAwMQ":                        "member-0999999 member-1000000",
		"/uuids/member-0700000/channels":                         "crowd",
		"/channels/crowd/uuids?filter=uuid.id=='member-0500000'": "member-0500000",
	} {
		if got := s.ids(target); got != want {
			t.Errorf("%s: got %s, want %s", target, got, want)
		}
	}
	// One member is added between two, one is removed, and one has content.
	s.do("PATCH", "/channels/crowd/uuids", `{"set":[{"uuid":{"id":"member-0000002-b"}},{"uuid":{"id":"zoe"}},{"uuid":{"id":"member-0000004"},"status":"x"}],"delete":[{"uuid":{"id":"member-0000003"}},{"uuid":{"id":"nobody"}}]}`)
	if got, want := s.ids("/channels/crowd/uuids?limit=4&start=MQ"), "member-0000001 member-0000002 member-0000002-b member-0000004"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := s.ids("/channels/crowd/uuids?limit=9&start=MTAwMDAwMA"), "member-1000000 zoe"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := s.ids("/channels/crowd/uuids?filter=uuid.id=='member-0000004'%26%26status=='x'"), "member-0000004"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
}

func TestOrder(t *testing.T) {
	s := start(t, people)
	var set []string
	for _, id := range []string{"somechannel_with_custom", "1h", "somechannelid", "0Y", "0a", "somechannel", "B", "a-c", "ab", "A"} {
		set = append(set, fmt.Sprintf(`{"channel":{"id":%q}}`, id))
	}
	s.do("PATCH", "/uuids/u/channels", `{"set":[`+strings.Join(set, ",")+`]}`)
	if got, want := s.ids("/uuids/u/channels"), "0a 0Y 1h A ab a-c B somechannel somechannelid somechannel_with_custom"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	s.do("PATCH", "/channels/B", `{"name":"first","status":"x"}`)
	s.do("PATCH", "/channels/A", `{"name":"Second"}`)
	s.do("PATCH", "/channels/1h", `{"name":"first"}`)
	for sort, want := range map[string]string{
		"channel.name":                       "1h B A 0a 0Y ab", // null sorts last
		"channel.name:desc":                  "0a 0Y ab",
		"channel.name,channel.id:desc":       "B 1h A",
		"channel.status:asc,channel.id:desc": "B somechannel_with_custom",
		"updated:desc":                       "0a 0Y 1h",
	} {
		if got := s.ids("/uuids/u/channels?sort=" + sort); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %s, want %s", sort, got, want)
		}
	}
}

// An invited person of the state is a member with the status of an invitation.
func TestInvitedInTheState(t *testing.T) {
	s := start(t, `
people: [{name: Ada Lovelace, email: ada@example.com}, {name: Ina Invited, email: ina@example.com}]
groups: [{name: Club, members: [{email: ada@example.com}, {email: ina@example.com, state: invited}]}]
`)
	_, body := s.do("GET", "/channels/club/uuids?include=status", "")
	var page struct {
		Data []struct {
			UUID   struct{ ID string }
			Status *string
		}
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil || len(page.Data) != 2 {
		t.Fatal(body, err)
	}
	if ada, ina := page.Data[0], page.Data[1]; ada.Status != nil || ina.UUID.ID != "ina" || ina.Status == nil || *ina.Status != "pending" {
		t.Errorf("got %s", body)
	}
}

// Any string is valid as an address or a picture URL.
func TestAnyAddress(t *testing.T) {
	s := start(t, "people: [{name: Ada Lovelace, email: ada@example.com}]\n")
	for _, text := range []string{"test-uuid-email", "://", "", "a b", "\u00e9\u4f60", "mailto:x"} {
		body, _ := json.Marshal(map[string]string{"email": text, "profileUrl": text})
		status, answer := s.do("PATCH", "/uuids/ada", string(body))
		var got struct {
			Data struct{ Email, ProfileURL string }
		}
		if err := json.Unmarshal([]byte(answer), &got); status != 200 || err != nil || got.Data.Email != text || got.Data.ProfileURL != text {
			t.Errorf("%q: got %d %s", text, status, answer)
		}
	}
	for name, most := range map[string]int{"email": 320, "profileUrl": 2048} {
		for length, want := range map[int]int{most: 200, most + 1: 400} {
			if status, answer := s.do("PATCH", "/uuids/ada", fmt.Sprintf(`{%q:%q}`, name, strings.Repeat("x", length))); status != want {
				t.Errorf("%s of %d: got %d %s, want %d", name, length, status, answer, want)
			}
		}
	}
}

// A list may come in one parameter or in several.
func TestRepeatedParameters(t *testing.T) {
	s := start(t, `
people: [{name: B, email: b@example.com}, {name: A, email: a@example.com}, {name: A, email: c@example.com}]
groups: [{name: Club, members: [{email: a@example.com}, {email: b@example.com}, {email: c@example.com}]}]
`)
	for _, path := range []string{"/channels/club/uuids", "/uuids"} {
		prefix := ""
		if path != "/uuids" {
			prefix = "uuid."
		}
		want := fmt.Sprintf("sort=%sname,%sid:desc&include=status,type", prefix, prefix)
		status, joined := s.do("GET", path+"?"+want, "")
		again, repeated := s.do("GET", path+fmt.Sprintf("?sort=%sname&sort=%sid%%3Adesc&include=status&include=type", prefix, prefix), "")
		if diff := cmp.Diff(joined, repeated); status != 200 || again != 200 || diff != "" {
			t.Errorf("%s: %d, %d (-joined +repeated):\n%s", path, status, again, diff)
		}
		if c, a, b := strings.Index(repeated, `"id":"c"`), strings.Index(repeated, `"id":"a"`), strings.Index(repeated, `"id":"b"`); c < 0 || c > a || a > b {
			t.Errorf("%s is not in order: %s", path, repeated)
		}
		if !strings.Contains(repeated, `"status":null`) || !strings.Contains(repeated, `"type":null`) {
			t.Errorf("%s lacks what is included: %s", path, repeated)
		}
	}
	if status, answer := s.do("GET", "/uuids?sort=name&sort=mood", ""); status != 400 {
		t.Errorf("got %d %s", status, answer)
	}
	if status, answer := s.do("GET", "/uuids?limit=1&limit=2", ""); status != 400 {
		t.Errorf("got %d %s", status, answer)
	}
}

// The signature of a path with a trailing slash includes the slash.
func TestSignedTrailingSlash(t *testing.T) {
	s := start(t, "people: [{name: Ada Lovelace, email: ada@example.com}]\ncredentials: {pubnub: [{token: sec-c-1}]}\n")
	for path, want := range map[string]int{"/v2/objects/demo/uuids/": 200, "/v2/objects/demo/uuids": 403} {
		q := url.Values{"timestamp": {strconv.FormatInt(s.now.Unix(), 10)}, "uuid": {"me"}}
		q.Set("signature", signature("sec-c-1", "pub-c-1", "GET", "/v2/objects/demo/uuids/", q, nil))
		req := httptest.NewRequest("GET", path+"?"+q.Encode(), nil)
		rec := httptest.NewRecorder()
		if s.router.ServeHTTP(rec, req); rec.Code != want {
			t.Errorf("%s: got %d %s, want %d", path, rec.Code, rec.Body, want)
		}
	}
}
