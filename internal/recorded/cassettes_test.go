package recorded_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/cassette/cassettetest"
	"github.com/memberships-go/memberships/internal/recorded"
	"github.com/memberships-go/memberships/specs"
)

// each runs f for every cassette.
func each(t *testing.T, f func(t *testing.T, provider, file string)) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(recorded.Dir(), func(path string, d fs.DirEntry, err error) error {
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

// TestCassettesHoldNoSecrets searches for the forms of every provider's credentials, for
// headers with credentials, and for addresses outside of example domains.
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
	docs := map[string]*cassettetest.Document{}
	each(t, func(t *testing.T, provider, file string) {
		doc := docs[provider]
		if doc == nil {
			b, err := specs.FS.ReadFile(provider + "/openapi.yaml")
			if err != nil {
				t.Fatal(err)
			}
			if doc, err = cassettetest.Load(b); err != nil {
				t.Fatal(err)
			}
			docs[provider] = doc
		}
		if err := doc.Check(t.Context(), file); err != nil {
			t.Error(err)
		}
	})
}
