package vcr_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"gopkg.in/dnaeon/go-vcr.v3/cassette"

	"github.com/memberships-go/memberships/internal/vcr"
	"github.com/memberships-go/memberships/specs"
)

// each runs f for every cassette.
func each(t *testing.T, f func(t *testing.T, provider, file string)) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(vcr.Dir(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		n++
		provider := filepath.Base(filepath.Dir(path))
		t.Run(provider+"/"+filepath.Base(path), func(t *testing.T) { f(t, provider, path) })
		return nil
	})
	if err != nil || n == 0 {
		t.Fatalf("%d cassettes: %v", n, err)
	}
}

// TestCassettesHoldNoSecrets looks for the shapes of every provider's credentials, for
// header names that carry them, and for addresses outside example domains.
func TestCassettesHoldNoSecrets(t *testing.T) {
	shapes := map[string]*regexp.Regexp{
		"bearer token":     regexp.MustCompile(`(?i)bearer\s+[a-z0-9._~+/-]{8,}`),
		"authorization":    regexp.MustCompile(`(?i)\b(authorization|set-cookie|cookie)\b`),
		"Clerk key":        regexp.MustCompile(`\b[sp]k_(live|test)_[A-Za-z0-9]+`),
		"webhook secret":   regexp.MustCompile(`whsec_[A-Za-z0-9+/=]+`),
		"PubNub secret":    regexp.MustCompile(`sec-c-[A-Za-z0-9-]+`),
		"PubNub signature": regexp.MustCompile(`v2\.[A-Za-z0-9_-]{43}`),
		"PubNub token":     regexp.MustCompile(`qEF2[A-Za-z0-9_-]+`),
		"Google token":     regexp.MustCompile(`\bya29\.[A-Za-z0-9_-]+`),
		"JWT":              regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+`),
		"secret parameter": regexp.MustCompile(`(?:^|[?&])(?:auth|signature|timestamp|access_token|client_secret|refresh_token)=(?:[^R&\s]|R[^E])`),
		"secret field":     regexp.MustCompile(`"(?:access_token|refresh_token|client_secret|secret|private_key)\\?"\s*:\s*\\?"(?:[^R"\\]|R[^E])`),
	}
	address := regexp.MustCompile(`[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
	each(t, func(t *testing.T, _, file string) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for what, re := range shapes {
			if hit := re.Find(b); hit != nil {
				t.Errorf("%s: %.20s...", what, hit)
			}
		}
		for _, a := range address.FindAllString(string(b), -1) {
			if !strings.HasSuffix(a, "@example.com") {
				t.Errorf("address outside example.com: %s", a)
			}
		}
	})
}

// TestCassettesFitTheSpecs validates every recorded request and response.
func TestCassettesFitTheSpecs(t *testing.T) {
	docs := map[string]*openapi3.T{}
	each(t, func(t *testing.T, provider, file string) {
		doc := docs[provider]
		if doc == nil {
			b, err := specs.FS.ReadFile(provider + "/openapi.yaml")
			if err != nil {
				t.Fatal(err)
			}
			if doc, err = openapi3.NewLoader().LoadFromData(b); err != nil {
				t.Fatal(err)
			}
			docs[provider] = doc
		}
		c, err := cassette.Load(strings.TrimSuffix(file, ".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range c.Interactions {
			if err := validate(t, doc, i); err != nil {
				t.Errorf("interaction %d, %s %s: %v", i.ID, i.Request.Method, i.Request.URL, err)
			}
		}
	})
}

func validate(t *testing.T, doc *openapi3.T, i *cassette.Interaction) error {
	u, err := url.Parse(i.Request.URL)
	if err != nil {
		return err
	}
	route, params := find(doc, i.Request.Method, u)
	if route == nil {
		return fmt.Errorf("no operation of the document fits")
	}
	req, err := http.NewRequestWithContext(t.Context(), i.Request.Method, u.String(), strings.NewReader(i.Request.Body))
	if err != nil {
		return err
	}
	req.Header = i.Request.Headers
	opts := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, QueryParams: u.Query(), Route: route, Options: opts}
	if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil {
		return fmt.Errorf("request: %w", err)
	}
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: i.Response.Code, Header: i.Response.Headers,
		Body: io.NopCloser(bytes.NewReader([]byte(i.Response.Body))), Options: opts,
	})
	if err != nil {
		return fmt.Errorf("response: %w", err)
	}
	return nil
}

// find returns the operation of a URL; a literal segment wins over a placeholder.
func find(doc *openapi3.T, method string, u *url.URL) (*routers.Route, map[string]string) {
	got := strings.Split(u.EscapedPath(), "/")
	var best *routers.Route
	var params map[string]string
	for template, item := range doc.Paths.Map() {
		want := strings.Split(template, "/")
		if len(want) != len(got) || item.GetOperation(method) == nil {
			continue
		}
		p, ok := map[string]string{}, true
		for i := range want {
			if name, isParam := strings.CutPrefix(want[i], "{"); isParam {
				p[strings.TrimSuffix(name, "}")], _ = url.PathUnescape(got[i])
			} else if want[i] != got[i] {
				ok = false
			}
		}
		if ok && (best == nil || len(p) < len(params)) {
			best = &routers.Route{Spec: doc, Path: template, PathItem: item, Method: method, Operation: item.GetOperation(method)}
			params = p
		}
	}
	return best, params
}
