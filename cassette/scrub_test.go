package cassette

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestText scrubs bodies, headers and URLs without options.
func TestText(t *testing.T) {
	const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", `{"id":"1","name":"Demo"}`, `{"id":"1","name":"Demo"}`},
		{"a member", `{"access_token":"canary","expires_in":1}`, `{"access_token":"REDACTED","expires_in":1}`},
		{"other spellings", `{"accessToken":"canary","Client-Secret": "canary"}`, `{"accessToken":"REDACTED","Client-Secret": "REDACTED"}`},
		{"an empty member", `{"secret":""}`, `{"secret":"REDACTED"}`},
		{"quotes in a member", `{"secret":"can\"ary\\","a":"b"}`, `{"secret":"REDACTED","a":"b"}`},
		{"lines in a member", `{"private_key":"-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n","a":1}`, `{"private_key":"REDACTED","a":1}`},
		{"not a string", `{"secret":null,"token":12}`, `{"secret":null,"token":12}`},
		{"a value like a name", `{"kind":"secret","a":"b"}`, `{"kind":"secret","a":"b"}`},
		{"a member in a string", `{"sent":"{\"secret\":\"can\\\"ary\",\"a\":\"b\"}"}`, `{"sent":"{\"secret\":\"REDACTED\",\"a\":\"b\"}"}`},
		{"a member two strings deep", `{"a":"{\"b\":\"{\\\"secret\\\":\\\"canary\\\"}\"}"}`, `{"a":"{\"b\":\"{\\\"secret\\\":\\\"REDACTED\\\"}\"}"}`},
		{"a string that is cut", `{"a":"{\"secret\":\"canary","b":1}`, `{"a":"{\"secret\":\"REDACTED","b":1}`},
		{"an indented member", "{\n  \"secret\" :\n  \"canary\"\n}", "{\n  \"secret\" :\n  \"REDACTED\"\n}"},
		{"a body that is cut", `{"secret":"canary`, `{"secret":"REDACTED`},
		{"a form", "grant_type=x&client_secret=canary&assertion=canary", "grant_type=x&client_secret=REDACTED&assertion=REDACTED"},
		{"a form that begins with it", "client_secret=canary&a=b", "client_secret=REDACTED&a=b"},
		{"a form with a URL", "client_secret=canary&redirect_uri=https://h.example/", "client_secret=REDACTED&redirect_uri=https://h.example/"},
		{"a URL in JSON", `{"next":"https://h.example/?auth=canary&a=b"}`, `{"next":"https://h.example/?auth=REDACTED&a=b"}`},
		{"a URL that JSON escapes", `{"next":"https://h.example/?a=b\u0026signature=canary\u0026c=d"}`, `{"next":"https://h.example/?a=b\u0026signature=REDACTED\u0026c=d"}`},
		{"a URL in HTML", `<a href="/?a=b&amp;token=canary">`, `<a href="/?a=b&amp;token=REDACTED">`},
		{"a URL in a parameter", "next=https%3A%2F%2Fh.example%2F%3Fauth%3Dcanary%2521%26a%3Db", "next=https%3A%2F%2Fh.example%2F%3Fauth%3DREDACTED%26a%3Db"},
		{"a URL behind another", "https://h.example/?to=https://i.example/?auth=canary", "https://h.example/?to=https://i.example/?auth=REDACTED"},
		{"a fragment", "https://h.example/#access_token=canary&state=1", "https://h.example/#access_token=REDACTED&state=1"},
		{"a link header", `<https://h.example/?auth=canary>; rel="next"`, `<https://h.example/?auth=REDACTED>; rel="next"`},
		{"a password in a URL", `{"url":"https://user:canary@h.example/"}`, `{"url":"https://h.example/"}`},
		{"a JWT", "got " + jwt + " back", "got REDACTED back"},
		{"a Clerk key", "sk_test_canarycanary", redacted},
		{"a key behind an escape", `"\nsk_test_canarycanary\u003csk_live_canarycanary"`, `"\nREDACTED\u003cREDACTED"`},
		{"a webhook secret", "whsec_canarycanary==", redacted},
		{"a PubNub key and token", "sec-c-canarycanary qEF2AkF0canarycanarycanary", "REDACTED REDACTED"},
		{"a Google token", "ya29.canarycanary", redacted},
		{"a key in lines", "-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----\nend", "REDACTED\nend"},
		{"a key that is cut", `{"a":"-----BEGIN PRIVATE KEY-----\ncanary\n","b":1}`, `{"a":"REDACTED","b":1}`},
		{"a page token", `{"nextPageToken":"eyJwYWdlIjoyfQ"}`, `{"nextPageToken":"eyJwYWdlIjoyfQ"}`},
		{"an address", "ada@corp.example", "person-436a92bc@example.com"},
		{"an address in a URL", "/users/Ada%40corp.example", "/users/person-436a92bc@example.com"},
		{"an address encoded twice", "to=ada%2540corp.example&b=c", "to=person-436a92bc@example.com&b=c"},
		{"an address behind a quote", "q=%22ada%40corp.example%22", "q=%22person-436a92bc@example.com%22"},
		{"an address behind an escape", `{"a":"\u003cada@corp.example\u003e \nada@corp.example"}`, `{"a":"\u003cperson-436a92bc@example.com\u003e \nperson-436a92bc@example.com"}`},
		{"an address of example.com", "ada@example.com ada%40example.com", "ada@example.com ada%40example.com"},
		{"a name of WithSecretNames", `{"Pin_Code":"canary"}`, `{"Pin_Code":"REDACTED"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &scrubber{names: set("pinCode")}
			got := s.text(tt.text)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if again := s.text(got); again != got {
				t.Errorf("scrubbed twice: %s", again)
			}
		})
	}
}

// TestURL scrubs parameters in any encoding.
func TestURL(t *testing.T) {
	for _, tt := range []struct{ raw, want string }{
		{"https://h.example/a?b=2&a=1&auth=canary&timestamp=17", "https://h.example/a?a=1&auth=REDACTED&b=2&timestamp=REDACTED"},
		{"https://h.example/a?client%5Fsecret=canary", "https://h.example/a?client_secret=REDACTED"},
		{"https://h.example/a?secret=canary&secret=canary", "https://h.example/a?secret=REDACTED"},
		{"https://user:canary@h.example/a", "https://h.example/a"},
		{"https://h.example/a%2Fb?x=%2F", "https://h.example/a%2Fb?x=%2F"},
		{"https://h.example/a?b=1;secret=2&c=%zz&key=canary", "https://h.example/a?b=1;secret=2&c=%zz&key=REDACTED"},
	} {
		s := &scrubber{}
		if got := s.url(tt.raw); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.raw, got, tt.want)
		}
	}
}

// TestNoCredentialInTheFile records credentials in every part of requests and answers, and
// searches the file for them.
func TestNoCredentialInTheFile(t *testing.T) {
	const canary = "canary/0123+456 789"
	basic := base64.StdEncoding.EncodeToString([]byte("client:" + canary))
	for _, tt := range []struct {
		name   string
		call   call
		answer server
	}{
		{"bearer", call{"GET", "https://h.example/", "", http.Header{"Authorization": {"Bearer " + canary}}}, echo},
		{"basic", call{"GET", "https://h.example/", "", http.Header{"Authorization": {"Basic " + basic}}}, echo},
		{"api key", call{"GET", "https://h.example/", "", http.Header{"X-Api-Key": {canary}}}, echo},
		{"cookie", call{"GET", "https://h.example/", "", http.Header{"Cookie": {"session=" + canary}}}, echo},
		{"query", call{"GET", "https://h.example/?auth=canary%2F0123%2B456+789", "", nil}, echo},
		{"password", call{"GET", "https://user:canary%2F0123%2B456%20789@h.example/", "", nil}, echo},
		{"form", call{"POST", "https://h.example/", "client_secret=canary%2F0123%2B456+789&a=b", nil}, echo},
		{"JSON", call{"POST", "https://h.example/", `{"secret":"` + canary + `"}`, nil}, echo},
		{"escaped JSON", call{"POST", "https://h.example/", `{"secret":"canary\/0123\u002b456 789"}`, nil}, echo},
		{"answer", call{"GET", "https://h.example/", "", nil}, says(`{"access_token":"` + canary + `","again":"` + canary + `"}`)},
		{"set cookie", call{"GET", "https://h.example/", "", nil}, func(r *http.Request) (*http.Response, error) {
			resp := answer(r, 200, "{}")
			resp.Header.Set("Set-Cookie", "session="+canary)
			resp.Trailer = http.Header{"X-Token": {canary}}
			return resp, nil
		}},
		{"sent later", call{"GET", "https://h.example/", "", http.Header{"Authorization": {"Bearer " + canary}}}, says(`{"text":"` + canary + `"}`)},
		{"pubnub", call{"GET", "https://ps.pndsn.com/v2/objects/demo/channels?auth=canary%2F0123%2B456%20789&timestamp=1", "", nil}, echo},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := read(t, recording(t, tt.answer, call{"GET", "https://h.example/first", "", nil}, tt.call))
			for _, form := range []string{canary, "canary", "0123", basic, "session=", "Authorization"} {
				if i := strings.Index(text, form); i >= 0 {
					t.Errorf("the file holds ...%s", text[max(0, i-60):min(len(text), i+40)])
				}
			}
		})
	}
}

// TestHeadersThatAreKept lists all headers that a file keeps.
func TestHeadersThatAreKept(t *testing.T) {
	server := server(func(r *http.Request) (*http.Response, error) {
		resp := answer(r, 200, "{}")
		for _, name := range append(responseHeaders, "Etag", "X-Unknown") {
			resp.Header.Set(name, "answer")
		}
		return resp, nil
	})
	h := http.Header{}
	for _, name := range append(requestHeaders, "X-Mine", "X-Unknown", "Cassette-Part") {
		h.Set(name, "request")
	}
	c := opened(t, t.TempDir()+"/h.yaml", Record, WithTransport(server), WithHeaders("x-mine", "ETag"))
	if _, err := (call{"GET", "https://h.example/", "", h}).do(t, c.Transport()); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	var got []string
	lines := strings.Split(read(t, c.File()), "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) == "- request" || strings.TrimSpace(line) == "- answer" {
			got = append(got, strings.TrimSpace(lines[i-1])+strings.TrimPrefix(strings.TrimSpace(line), "-"))
		}
	}
	want := []string{
		"Accept: request", "As-User: request", "Clerk-Api-Version: request", "Content-Type: request", "If-Match: request", "X-Mine: request",
		"Box-Request-Id: answer", "Clerk-Trace-Id: answer", "Content-Type: answer", "Etag: answer", "Link: answer", "Location: answer", "Retry-After: answer", "Trackingid: answer",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}
