package box_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/box"
)

// configFile is the content of a config file.
func configFile(key, passphrase, enterprise string) []byte {
	b, _ := json.Marshal(map[string]any{
		"boxAppSettings": map[string]any{
			"clientID": "app", "clientSecret": "canary-secret",
			"appAuth": map[string]string{"publicKeyID": "k1", "privateKey": key, "passphrase": passphrase},
		},
		"enterpriseID": enterprise,
	})
	return b
}

func newKey(t testing.TB) (*rsa.PrivateKey, string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// jwtServer is a token endpoint that verifies assertions by its own clock, as Box does.
type jwtServer struct {
	*httptest.Server
	t       *testing.T
	key     *rsa.PublicKey
	ahead   time.Duration // of the clock
	ids     map[string]bool
	asked   []map[string]any
	refusal string
}

func newJWTServer(t *testing.T, key *rsa.PublicKey) *jwtServer {
	t.Helper()
	s := &jwtServer{t: t, key: key, ids: map[string]bool{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *jwtServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now().Add(s.ahead)
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	w.Header().Set("Content-Type", "application/json")
	if code, text := s.check(r, now); code != "" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"error":%q,"error_description":%q}`, code, text)
		return
	}
	_, _ = fmt.Fprint(w, `{"access_token":"a","expires_in":3600,"token_type":"bearer"}`)
}

func (s *jwtServer) check(r *http.Request, now time.Time) (code, text string) {
	if r.PostFormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || r.PostFormValue("client_id") != "app" || r.PostFormValue("client_secret") != "canary-secret" {
		return "invalid_client", "the app is unknown"
	}
	parts := strings.Split(r.PostFormValue("assertion"), ".")
	if len(parts) != 3 {
		return "invalid_request", "there is no assertion"
	}
	header, _ := base64.RawURLEncoding.DecodeString(parts[0])
	body, _ := base64.RawURLEncoding.DecodeString(parts[1])
	signature, _ := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(s.key, crypto.SHA256, sum[:], signature); err != nil || string(header) != `{"alg":"RS256","typ":"JWT","kid":"k1"}` {
		return "invalid_grant", "the signature is wrong: " + r.PostFormValue("assertion")
	}
	var claims map[string]any
	if err := json.Unmarshal(body, &claims); err != nil {
		s.t.Error(err)
	}
	s.asked = append(s.asked, claims)
	end, _ := claims["exp"].(float64)
	id, _ := claims["jti"].(string)
	left := time.Unix(int64(end), 0).Sub(now)
	switch {
	case s.refusal != "":
		return "invalid_grant", s.refusal + r.PostFormValue("assertion")
	case left <= 0:
		return "invalid_grant", "Current date time must be before the expiration date time listed in the 'exp' claim."
	case left > time.Minute:
		return "invalid_grant", "Please check the 'exp' claim."
	case len(id) < 16 || len(id) > 128 || s.ids[id]:
		return "invalid_grant", "Please check the 'jti' claim."
	}
	s.ids[id] = true
	return "", ""
}

func TestAppConfig(t *testing.T) {
	key, text := newKey(t)
	s := newJWTServer(t, &key.PublicKey)
	c, err := box.ParseConfig("box.json", configFile(text, "", "17"))
	if err != nil {
		t.Fatal(err)
	}
	c.Origin = s.URL
	for _, subject := range []box.Subject{c.Subject, {UserID: "23"}} {
		c.Subject = subject
		source, err := c.TokenSource()
		if err != nil {
			t.Fatal(err)
		}
		if token, err := source.Token(); err != nil || token.AccessToken != "a" || !within(token.Expiry, 59*time.Minute) {
			t.Errorf("got %v, %v", token, err)
		}
	}
	for _, claims := range s.asked {
		if end, _ := claims["exp"].(float64); !within(time.Unix(int64(end), 0), 30*time.Second) {
			t.Errorf("the assertion ends at %v", claims["exp"])
		}
		delete(claims, "exp")
		delete(claims, "jti")
	}
	claims := func(kind, id string) map[string]any {
		return map[string]any{"iss": "app", "sub": id, "box_sub_type": kind, "aud": "https://api.box.com/oauth2/token"}
	}
	if diff := cmp.Diff([]map[string]any{claims("enterprise", "17"), claims("user", "23")}, s.asked); diff != "" {
		t.Errorf("the claims (-want +got):\n%s", diff)
	}
	if printed := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(printed, "canary") || strings.Contains(printed, key.D.String()[:20]) {
		t.Errorf("a secret shows in %s", printed)
	}
}

// An assertion that another clock refuses is sent once more by that clock, which the source
// keeps.
func TestClockSkew(t *testing.T) {
	key, text := newKey(t)
	for _, ahead := range []time.Duration{10 * time.Minute, -10 * time.Minute, 0} {
		t.Run(ahead.String(), func(t *testing.T) {
			s := newJWTServer(t, &key.PublicKey)
			s.ahead = ahead
			c, err := box.ParseConfig("box.json", configFile(text, "", "17"))
			if err != nil {
				t.Fatal(err)
			}
			c.Origin = s.URL
			source, err := c.TokenSource()
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if token, err := source.Token(); err != nil || token.AccessToken != "a" {
					t.Fatalf("got %v, %v", token, err)
				}
			}
			want := 3 // the refused one, its repetition, and that of the second token
			if ahead == 0 {
				want = 2
			}
			if len(s.asked) != want {
				t.Errorf("%d assertions, want %d", len(s.asked), want)
			}
			s.asked, s.refusal = nil, "the grant is wrong: "
			if _, err := source.Token(); err == nil || len(s.asked) != 1 || errors.Is(err, auth.ErrSignedOut) || !strings.Contains(err.Error(), "status 400, invalid_grant: the grant is wrong: REDACTED") {
				t.Errorf("a refusal by the same clock: %v after %d assertions", err, len(s.asked))
			}
		})
	}
}

func TestEncryptedKeys(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	block, _ := pem.Decode([]byte(read("public.pem")))
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	_, plain := newKey(t)
	damaged := func(text string) string {
		block, _ := pem.Decode([]byte(text))
		block.Bytes = block.Bytes[:len(block.Bytes)-5]
		return string(pem.EncodeToMemory(block))
	}
	const key, phrase = "boxAppSettings.appAuth.privateKey", "boxAppSettings.appAuth.passphrase"
	const method = key + ": expected a key encrypted by PBES2 with PBKDF2 and AES or Triple-DES in CBC mode"
	for _, tc := range []struct{ name, text, passphrase, want string }{
		{"AES-256", read("aes256-sha256.pem"), "passphrase", ""},
		{"AES-128", read("aes128-sha512.pem"), "passphrase", ""},
		{"Triple-DES", read("des3-sha1.pem"), "passphrase", ""},
		{"another passphrase", read("aes256-sha256.pem"), "canary", phrase + ": expected the passphrase of the key"},
		{"no passphrase", read("des3-sha1.pem"), "", phrase + ": expected the passphrase of the key"},
		{"scrypt", read("scrypt.pem"), "passphrase", method},
		{"cut", damaged(read("aes256-sha256.pem")), "passphrase", method},
		{"too many iterations", read("iterations.pem"), "passphrase", key + ": expected a key whose passphrase is hashed at most 1,000,000 times"},
		{"another kind of key", read("ec.pem"), "passphrase", key + ": expected an RSA key"},
		{"a plain key that is cut", damaged(plain), "", key + ": expected a key in PEM"},
		{"no PEM", "canary", "", key + ": expected a key in PEM"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := box.ParseConfig("box.json", configFile(tc.text, tc.passphrase, "17"))
			if tc.want != "" {
				if want := "box.json: the field " + tc.want; fmt.Sprint(err) != want {
					t.Errorf("got %v, want %s", err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			s := newJWTServer(t, public.(*rsa.PublicKey))
			c.Origin = s.URL
			source, err := c.TokenSource()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := source.Token(); err != nil {
				t.Errorf("the key signs for another public key: %v", err)
			}
		})
	}
}

func TestReadConfig(t *testing.T) {
	_, key := newKey(t)
	dir := t.TempDir()
	write := func(name string, mode os.FileMode, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	change := func(old, replacement string) []byte {
		return []byte(strings.Replace(string(configFile(key, "", "17")), old, replacement, 1))
	}
	open := write("open.json", 0o644, configFile(key, "", "17"))
	tests := []struct{ path, want string }{
		{write("good.json", 0o600, configFile(key, "", "17")), ""},
		{write("text.json", 0o600, []byte("canary")), "text.json is not JSON"},
		{write("empty.json", 0o600, []byte("{}")), "empty.json: the field boxAppSettings.clientID: expected a text that is not empty"},
		{write("number.json", 0o600, change(`"app"`, "7")), "number.json: the field boxAppSettings.clientID: expected a text"},
		{write("nokid.json", 0o600, change(`"k1"`, `""`)), "nokid.json: the field boxAppSettings.appAuth.publicKeyID: expected a text that is not empty"},
		{write("id.json", 0o600, change(`"17"`, `17`)), "id.json: the field enterpriseID: expected a text"},
		{filepath.Join(dir, "none.json"), "none.json"},
	}
	if runtime.GOOS != "windows" {
		tests = append(tests, struct{ path, want string }{open, open + " holds a secret and others can read or change it (mode 0644): run chmod 600 " + open})
	}
	for _, tc := range tests {
		c, err := box.ReadConfig(tc.path)
		switch {
		case tc.want == "" && (err != nil || c.ClientID != "app" || c.Subject.EnterpriseID != "17"):
			t.Errorf("%s: got %v, %v", tc.path, c, err)
		case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "canary")):
			t.Errorf("got %v, want %s", err, tc.want)
		}
	}
}

// A file without a needed field, and data that is no file, are errors of their own.
func TestParseConfigErrors(t *testing.T) {
	_, key := newKey(t)
	for want, data := range map[string]string{
		"box.json is not JSON":          "canary",
		"box.json is not a JSON object": `["canary"]`,
		"box.json: the field boxAppSettings.clientID: expected a text that is not empty":            `"app"`,
		"box.json: the field boxAppSettings.clientSecret: expected a text that is not empty":        `"canary-secret"`,
		"box.json: the field boxAppSettings.appAuth.publicKeyID: expected a text that is not empty": `"k1"`,
	} {
		if whole := string(configFile(key, "", "17")); strings.Contains(want, "field") {
			data = strings.Replace(whole, data, `""`, 1)
		}
		if c, err := box.ParseConfig("box.json", []byte(data)); fmt.Sprint(err) != want || c.ClientID != "" {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A key whose lines were escaped twice is read, and one in the older encryption of OpenSSL is an
// error that names the readable ones.
func TestConfigKeys(t *testing.T) {
	_, key := newKey(t)
	if c, err := box.ParseConfig("box.json", configFile(strings.ReplaceAll(key, "\n", `\n`), "", "17")); err != nil || c.ClientID != "app" {
		t.Errorf("escaped lines: got %v, %v", c, err)
	}
	older := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nY2FuYXJ5\n-----END RSA PRIVATE KEY-----\n"
	want := "box.json: the field boxAppSettings.appAuth.privateKey: expected a key encrypted by PBES2 with PBKDF2 and AES or Triple-DES in CBC mode"
	if c, err := box.ParseConfig("box.json", configFile(older, "canary-passphrase", "17")); fmt.Sprint(err) != want || c.ClientID != "" {
		t.Errorf("an older encryption: got %v, %v", c, err)
	}
}

// An app outside of an enterprise has no subject by its file.
func TestConfigWithoutEnterprise(t *testing.T) {
	_, key := newKey(t)
	c, err := box.ParseConfig("box.json", configFile(key, "", "0"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.TokenSource(); fmt.Sprint(err) != "box: a subject has the id of an enterprise or of a user" {
		t.Errorf("got %v", err)
	}
	if _, err := (box.AppConfig{Subject: box.Subject{UserID: "1"}}).TokenSource(); fmt.Sprint(err) != "box: the app has no key: ReadConfig returns one" {
		t.Errorf("got %v", err)
	}
}

func FuzzParseConfig(f *testing.F) {
	_, key := newKey(f)
	encrypted, err := os.ReadFile(filepath.Join("testdata", "des3-sha1.pem"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(configFile(key, "", "17"))
	f.Add(configFile(string(encrypted), "passphrase", "0"))
	for _, seed := range []string{
		"", "null", "[]", "{}", `{"boxAppSettings":null}`, `{"boxAppSettings":{"appAuth":[]}}`, `{"boxAppSettings":{"clientID":7}}`,
		`{"boxAppSettings.clientID":"a"}`, `{"boxAppSettings":{"clientID":"a","clientSecret":"b","appAuth":{"publicKeyID":"c","privateKey":"-----BEGIN ENCRYPTED PRIVATE KEY-----"}}}`,
		"\ufeff{}", `{"enterpriseID":"0","enterpriseID":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Add(configFile(key, "", "17")[:200])
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := box.ParseConfig("box.json", data)
		if err != nil && (!strings.HasPrefix(err.Error(), "box.json") || len(err.Error()) > 200) {
			t.Errorf("got %v", err)
		}
		if err == nil && c.ClientID == "" {
			t.Error("an app without an id")
		}
	})
}
