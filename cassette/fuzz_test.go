package cassette

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	vcr "gopkg.in/dnaeon/go-vcr.v3/cassette"
)

// FuzzScrub puts an encoded credential between other texts: the recording does not show it,
// or is refused. A second scrubbing changes nothing more, and JSON stays JSON.
func FuzzScrub(f *testing.F) {
	f.Add(`{"secret":"`, `","a":1}`, `can"ary <0123>`, byte(3))
	f.Add("grant_type=x&client_secret=", "&a=b", "canary+0123/456", byte(1))
	f.Add(`{"sent":"{\"secret\":\"`, `\"}"}`, "canary-0123", byte(0))
	f.Add("https://h.example/?auth=", "&x=ada%40corp.example", "canary-0123%", byte(2))
	f.Add("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "canary-0123", byte(4))
	f.Fuzz(func(t *testing.T, before, after, secret string, how byte) {
		if len(secret) < minObserved || !utf8.ValidString(secret) || strings.Contains(strings.ToLower(redacted), strings.ToLower(secret)) {
			return
		}
		quoted, err := json.Marshal(secret)
		if err != nil {
			t.Fatal(err)
		}
		form := []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), string(quoted[1 : len(quoted)-1]), base64.StdEncoding.EncodeToString([]byte(secret)),
		}[how%5]
		text := before + form + after
		c := &Cassette{}
		c.scrub.secrets.add(secret, redacted, "a value")
		i := &vcr.Interaction{Request: vcr.Request{Method: "GET", URL: "https://h.example/?x=" + url.QueryEscape(text), Body: text}, Response: vcr.Response{Body: text}}
		refused := c.store(i)
		if refused != nil && !errors.Is(refused, ErrSecret) {
			t.Fatal(refused)
		}
		if refused == nil {
			for _, part := range []string{i.Request.URL, i.Request.Body, i.Response.Body} {
				if strings.Contains(part, secret) {
					t.Errorf("%q holds %q", part, secret)
				}
			}
		}
		once := []string{i.Request.URL, i.Request.Body, i.Response.Body}
		c.scrub.interaction(i)
		if diff := cmp.Diff(once, []string{i.Request.URL, i.Request.Body, i.Response.Body}); diff != "" && refused == nil {
			t.Errorf("scrubbed twice (-once +twice):\n%s", diff)
		}
		escape := strings.Contains(text, `\`+form) // its first letter is the escape's
		if json.Valid([]byte(text)) && !escape && !json.Valid([]byte(i.Response.Body)) {
			t.Errorf("no longer JSON: %q, of %q", i.Response.Body, text)
		}
	})
}
