package emulator_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// keys are a registered key and a foreign one.
var keys = sync.OnceValue(func() (out [2]*rsa.PrivateKey) {
	for i := range out {
		var err error
		if out[i], err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			panic(err)
		}
	}
	return out
})

func publicPEM(key *rsa.PrivateKey) string {
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// sign returns a JWT. The algorithm "none" has no signature.
func sign(key *rsa.PrivateKey, header, claims map[string]any) string {
	encode := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := encode(header) + "." + encode(claims)
	hash := map[any]crypto.Hash{"RS384": crypto.SHA384, "RS512": crypto.SHA512}[header["alg"]]
	if hash == 0 {
		hash = crypto.SHA256
	}
	if header["alg"] == "none" {
		return text + "."
	}
	h := hash.New()
	h.Write([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, hash, h.Sum(nil))
	if err != nil {
		panic(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// merged returns base with changes; nil removes an entry.
func merged(base map[string]any, changes map[string]any) map[string]any {
	out := maps.Clone(base)
	maps.Copy(out, changes)
	maps.DeleteFunc(out, func(_ string, v any) bool { return v == nil })
	return out
}

// assertion is one assertion and its outcome.
type assertion struct {
	name    string
	header  map[string]any
	claims  map[string]any
	foreign bool   // signed with another key
	code    string // of the error, "" for none
	says    string // in the description
	lax     bool   // accepted if the state names no keys
}

func TestBoxAssertions(t *testing.T) {
	key, _ := json.Marshal(publicPEM(keys()[0]))
	state := fmt.Sprintf(`
oauth:
  box:
    clients:
      - {id: app, secret: secret, scopes: [manage_groups], enterprise: "77", subjects: [bob@example.com], keys: [{id: k1, public_key: %s}]}
`, key)
	const bob, eve = "11000000002", "11000000003"
	skew := "Current date time must be before the expiration date time listed in the 'exp' claim."
	s := beginSignIn(t, "")
	seconds := func(n float64) any { return float64(s.now.Unix()) + n }
	tests := []assertion{
		{name: "good"},
		{name: "RS384", header: map[string]any{"alg": "RS384"}},
		{name: "RS512", header: map[string]any{"alg": "RS512"}},
		{name: "HS256", header: map[string]any{"alg": "HS256"}, code: "invalid_grant", says: "signature"},
		{name: "none", header: map[string]any{"alg": "none"}, code: "invalid_grant", says: "JWT"},
		{name: "another hash", header: map[string]any{"alg": "PS256"}, code: "invalid_grant", says: "signature"},
		{name: "foreign key", foreign: true, code: "invalid_grant", says: "signature", lax: true},
		{name: "no kid", header: map[string]any{"kid": nil}},
		{name: "no kid and a foreign key", header: map[string]any{"kid": nil}, foreign: true, code: "invalid_grant", says: "signature", lax: true},
		{name: "another kid", header: map[string]any{"kid": "k2"}, code: "invalid_grant", says: "kid", lax: true},
		{name: "another app", claims: map[string]any{"iss": "other"}, code: "invalid_grant", says: "'iss'"},
		{name: "audience", claims: map[string]any{"aud": "https://example.com/"}, code: "invalid_grant", says: "'aud'"},
		{name: "own audience", claims: map[string]any{"aud": "http://127.0.0.1:8787/oauth2/token"}},
		{name: "listed audience", claims: map[string]any{"aud": []string{"https://api.box.com/oauth2/token"}}},
		{name: "no exp", claims: map[string]any{"exp": nil}, code: "invalid_grant", says: "'exp'"},
		{name: "60 seconds", claims: map[string]any{"exp": seconds(60)}},
		{name: "61 seconds", claims: map[string]any{"exp": seconds(61)}, code: "invalid_grant", says: "'exp'"},
		{name: "now", claims: map[string]any{"exp": seconds(0)}, code: "invalid_grant", says: skew},
		{name: "nbf", claims: map[string]any{"nbf": seconds(1)}, code: "invalid_grant", says: "'nbf'"},
		{name: "jti of 15", claims: map[string]any{"jti": strings.Repeat("j", 15)}, code: "invalid_grant", says: "'jti'"},
		{name: "jti of 16", claims: map[string]any{"jti": strings.Repeat("j", 16)}},
		{name: "jti of 128", claims: map[string]any{"jti": strings.Repeat("j", 128)}},
		{name: "jti of 129", claims: map[string]any{"jti": strings.Repeat("j", 129)}, code: "invalid_grant", says: "'jti'"},
		{name: "no jti", claims: map[string]any{"jti": nil}, code: "invalid_grant", says: "'jti'"},
		{name: "jti again", claims: map[string]any{"jti": strings.Repeat("j", 16)}, code: "invalid_grant", says: "'jti'"},
		{name: "user", claims: map[string]any{"sub": bob, "box_sub_type": "user"}},
		{name: "foreign user", claims: map[string]any{"sub": eve, "box_sub_type": "user"}, code: "invalid_grant", says: "Grant credentials are invalid", lax: true},
		{name: "no user", claims: map[string]any{"sub": "5", "box_sub_type": "user"}, code: "invalid_grant", says: "Grant credentials are invalid"},
		{name: "foreign enterprise", claims: map[string]any{"sub": "78"}, code: "invalid_grant", says: "Grant credentials are invalid", lax: true},
		{name: "no type", claims: map[string]any{"box_sub_type": nil}, code: "invalid_grant", says: "Grant credentials are invalid"},
	}
	for where, s := range map[string]*signIn{"named": beginSignIn(t, state), "unnamed": s} {
		for i, tt := range tests {
			t.Run(where+" "+tt.name, func(t *testing.T) {
				claims := merged(map[string]any{
					"iss": "app", "sub": "77", "box_sub_type": "enterprise", "aud": "https://api.box.com/oauth2/token",
					"jti": fmt.Sprintf("%s-%024d", where, i), "exp": s.now.Unix() + 30,
				}, tt.claims)
				key := keys()[0]
				if tt.foreign {
					key = keys()[1]
				}
				text := sign(key, merged(map[string]any{"alg": "RS256", "kid": "k1", "typ": "JWT"}, tt.header), claims)
				form := url.Values{"grant_type": {jwtBearer}, "client_id": {"app"}, "client_secret": {"secret"}, "assertion": {text}}
				r := s.send("POST", "/oauth2/token", form)
				if r.header.Get("Date") != s.now.Format("Mon, 02 Jan 2006 15:04:05 GMT") {
					t.Errorf("the header Date is %q", r.header.Get("Date"))
				}
				if tt.code == "" || tt.lax && where == "unnamed" {
					if r.status != 200 || r.str("refresh_token") != "" || s.as(r.str("access_token"), "/2.0/users/me") != 200 {
						t.Errorf("%d %s", r.status, r.text)
					}
					if again := s.send("POST", "/oauth2/token", form); again.status != 400 || !strings.Contains(again.str("error_description"), "'jti'") {
						t.Errorf("again: %d %s", again.status, again.text)
					}
					return
				}
				if r.status != 400 || r.str("error") != tt.code || !strings.Contains(r.str("error_description"), tt.says) {
					t.Errorf("%d %s, want %s with %q", r.status, r.text, tt.code, tt.says)
				}
			})
		}
	}
	// The time of the answer corrects a wrong clock, and a token has the app's scopes.
	s = beginSignIn(t, state)
	if status, body := steer(s, "POST", "/_emulator/clock", `{"advance":"1h"}`); status != 200 {
		t.Fatal(body)
	}
	ask := func(at time.Time) *response {
		text := sign(keys()[0], map[string]any{"alg": "RS256", "kid": "k1"}, map[string]any{
			"iss": "app", "sub": bob, "box_sub_type": "user", "aud": "https://api.box.com/oauth2/token", "jti": rand.Text(), "exp": at.Unix() + 30,
		})
		return s.send("POST", "/oauth2/token", url.Values{"grant_type": {jwtBearer}, "client_id": {"app"}, "client_secret": {"secret"}, "assertion": {text}})
	}
	r := ask(s.now)
	if r.str("error_description") != skew {
		t.Errorf("%d %s", r.status, r.text)
	}
	at, err := time.Parse(time.RFC1123, r.header.Get("Date"))
	if err != nil {
		t.Fatal(err)
	}
	if r = ask(at); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.text)
	}
	if status, body := as(s, r.str("access_token"), "POST", "/2.0/users", `{"name":"U","login":"u@example.com"}`); status != 403 || !strings.Contains(body, "insufficient_scope") {
		t.Errorf("%d %s", status, body)
	}
}

func TestGoogleAssertions(t *testing.T) {
	key, _ := json.Marshal(publicPEM(keys()[0]))
	const account = "bot@project.iam.gserviceaccount.com"
	state := fmt.Sprintf(`
oauth:
  googlechat:
    service_accounts:
      - email: %s
        keys: [{id: k1, public_key: %s}]
        approved: [chat.app.spaces]
        delegation: {scopes: ["https://www.googleapis.com/auth/chat.spaces", "chat.memberships"], subjects: [bob@example.com]}
      - {email: plain@project.iam.gserviceaccount.com, keys: [{id: k1, public_key: %s}]}
`, account, key, key)
	const prefix = "https://www.googleapis.com/auth/"
	s := beginSignIn(t, "")
	ago := func(seconds int64) any { return s.now.Unix() - seconds }
	tests := []assertion{
		{name: "good"},
		{name: "no kid", header: map[string]any{"kid": nil}},
		{name: "another kid", header: map[string]any{"kid": "k2"}, code: "invalid_grant", says: "Signature", lax: true},
		{name: "foreign key", foreign: true, code: "invalid_grant", says: "Signature", lax: true},
		{name: "RS512", header: map[string]any{"alg": "RS512"}, code: "invalid_grant"},
		{name: "none", header: map[string]any{"alg": "none"}, code: "invalid_grant"},
		{name: "critical", header: map[string]any{"crit": []string{"x"}}, code: "invalid_grant"},
		{name: "no issuer", claims: map[string]any{"iss": nil}, code: "invalid_grant", says: "iss"},
		{name: "another issuer", claims: map[string]any{"iss": "x@example.com"}, code: "invalid_grant", says: "iss", lax: true},
		{name: "own audience", claims: map[string]any{"aud": "http://127.0.0.1:8787/token"}},
		{name: "audience of an API", claims: map[string]any{"aud": "https://chat.googleapis.com/"}, code: "invalid_grant", says: "aud"},
		{name: "no audience", claims: map[string]any{"aud": nil}, code: "invalid_grant", says: "aud"},
		{name: "an hour", claims: map[string]any{"iat": ago(0), "exp": ago(-3600)}},
		{name: "more than an hour", claims: map[string]any{"iat": ago(0), "exp": ago(-3601)}, code: "invalid_grant", says: "exp"},
		{name: "expired", claims: map[string]any{"iat": ago(3600), "exp": ago(0)}, code: "invalid_grant", says: "expired"},
		{name: "from the future", claims: map[string]any{"iat": ago(-301), "exp": ago(-400)}, code: "invalid_grant", says: "future"},
		{name: "a little early", claims: map[string]any{"iat": ago(-300), "exp": ago(-400)}},
		{name: "no exp", claims: map[string]any{"exp": nil}, code: "invalid_grant", says: "exp"},
		{name: "no iat", claims: map[string]any{"iat": nil}, code: "invalid_grant", says: "iat"},
		{name: "no scope", claims: map[string]any{"scope": ""}, code: "invalid_scope"},
		{name: "no such scope", claims: map[string]any{"scope": "chat.bot"}, code: "invalid_scope"},
		{name: "delegated", claims: map[string]any{"sub": "BOB@example.com", "scope": prefix + "chat.spaces " + prefix + "chat.memberships"}},
		{name: "itself", claims: map[string]any{"sub": account}},
		{name: "foreign person", claims: map[string]any{"sub": "ada@example.com", "scope": prefix + "chat.spaces"}, code: "unauthorized_client", lax: true},
		{name: "foreign scope", claims: map[string]any{"sub": "bob@example.com", "scope": prefix + "chat.delete"}, code: "unauthorized_client", lax: true},
		{name: "app's scope for a person", claims: map[string]any{"sub": "bob@example.com", "scope": prefix + "chat.bot"}, code: "unauthorized_client"},
		{name: "unknown person", claims: map[string]any{"sub": "who@example.com", "scope": prefix + "chat.spaces"}, code: "invalid_grant", says: "sub"},
		{name: "without delegation", claims: map[string]any{"iss": "plain@project.iam.gserviceaccount.com", "sub": "bob@example.com", "scope": prefix + "chat.spaces"}, code: "unauthorized_client", lax: true},
	}
	request := func(s *signIn, tt *assertion) *response {
		claims := merged(map[string]any{"iss": account, "scope": prefix + "chat.bot", "aud": "https://oauth2.googleapis.com/token", "iat": ago(10), "exp": ago(-3590)}, tt.claims)
		key := keys()[0]
		if tt.foreign {
			key = keys()[1]
		}
		text := sign(key, merged(map[string]any{"alg": "RS256", "kid": "k1", "typ": "JWT"}, tt.header), claims)
		return s.send("POST", "/token", url.Values{"grant_type": {jwtBearer}, "assertion": {text}})
	}
	for where, s := range map[string]*signIn{"named": beginSignIn(t, state), "unnamed": s} {
		for _, tt := range tests {
			t.Run(where+" "+tt.name, func(t *testing.T) {
				r := request(s, &tt)
				if tt.code == "" || tt.lax && where == "unnamed" {
					if r.status != 200 || r.body["expires_in"] != 3599.0 || r.str("token_type") != "Bearer" || len(r.body) != 3 || s.as(r.str("access_token"), "/v1/spaces") == 401 {
						t.Errorf("%d %s", r.status, r.text)
					}
					want := "app"
					if sub, _ := tt.claims["sub"].(string); sub != "" && sub != account {
						want = strings.ToLower(sub)
					}
					if all := s.Requests(); all[len(all)-1].Caller != want {
						t.Errorf("the token is of %q, want %q", all[len(all)-1].Caller, want)
					}
					return
				}
				status := 400
				if tt.code == "unauthorized_client" {
					status = 401
				}
				if r.status != status || r.str("error") != tt.code || !strings.Contains(r.str("error_description"), tt.says) {
					t.Errorf("%d %s, want %s with %q", r.status, r.text, tt.code, tt.says)
				}
			})
		}
	}
	// A scope that no administrator has approved gives a token that methods refuse, also
	// beside an approved one and after a dump.
	s = beginSignIn(t, state)
	token := request(s, &assertion{claims: map[string]any{"scope": prefix + "chat.app.memberships " + prefix + "chat.app.spaces"}}).str("access_token")
	const member = `{"member":{"name":"users/bob@example.com","type":"HUMAN"}}`
	check := func(s *signIn) {
		t.Helper()
		status, body := as(s, token, "POST", "/v1/spaces/AAAA0000001/members", member)
		if status != 403 || !strings.Contains(body, "The administrator must grant the app the required OAuth authorization scope for this action.") {
			t.Errorf("%d %s", status, body)
		}
		if status, body := as(s, token, "POST", "/v1/spaces", `{"spaceType":"SPACE","displayName":"S","customer":"customers/my_customer"}`); status == 401 || strings.Contains(body, "scope") {
			t.Errorf("%d %s", status, body)
		}
		if status, body := as(s, token, "GET", "/v1/spaces", ""); status != 403 || !strings.Contains(body, "ACCESS_TOKEN_SCOPE_INSUFFICIENT") {
			t.Errorf("%d %s", status, body)
		}
	}
	check(s)
	_, dump := steer(s, "GET", "/_emulator/state", "")
	if status, body := steer(s, "PUT", "/_emulator/state", dump); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	check(s)
	// An app is no administrator.
	s = beginSignIn(t, "")
	token = request(s, &assertion{claims: map[string]any{"scope": prefix + "chat.admin.memberships"}}).str("access_token")
	if got := s.as(token, "/v1/spaces/AAAA0000001/members?useAdminAccess=true&filter="+url.QueryEscape(`member.type = "HUMAN"`)); got != 403 {
		t.Errorf("an app with useAdminAccess: %d", got)
	}
}
