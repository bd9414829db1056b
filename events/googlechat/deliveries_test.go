package googlechat

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/deliverytest"
	chat "github.com/memberships-go/memberships/wrappers/googlechat"
)

const (
	testAudience = "https://hooks.example.com/googlechat"
	testAccount  = "push@example.iam.gserviceaccount.com"
	testProject  = "1234567890"
)

var arrival = time.Unix(1772000000, 0)

// The signers are made once and at their first use, because that takes long, above all while
// fuzzing.
var signer, stranger = sync.OnceValue(newSigner), sync.OnceValue(newSigner)

func newSigner() *Signer {
	s, err := NewSigner()
	if err != nil {
		panic(err)
	}
	return s
}

// pushBody is the body of a push request with a new membership.
var pushBody = func() []byte {
	data := `{"membership":{"name":"spaces/A/members/1","state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/1","type":"HUMAN"}}}`
	body, err := json.Marshal(map[string]any{
		"subscription": "projects/p/subscriptions/s",
		"message": map[string]any{"messageId": "1", "data": []byte(data), "attributes": map[string]string{
			"ce-id": "spaces/A/spaceEvents/E", "ce-type": chat.TypeMembershipCreated, "ce-source": "//workspaceevents.googleapis.com/subscriptions/S",
		}},
	})
	if err != nil {
		panic(err)
	}
	return body
}()

const appBody = `{"type":"ADDED_TO_SPACE","eventTime":"2026-01-02T03:04:05Z","space":{"name":"spaces/A"}}`

func signed(testing.TB) deliverytest.Signed {
	s := signer()
	headers := s.SignPush(testAudience, testAccount, arrival)
	return deliverytest.Signed{
		Deliveries: Deliveries(testAudience, testAccount, WithHTTPClient(s.Client())), Headers: headers, Body: pushBody, Now: arrival, Unsigned: true,
		Equal: func(name, value string) bool { // the scheme has no case
			const scheme = len("Bearer ")
			return len(value) > scheme && strings.EqualFold(value[:scheme], "Bearer ") && value[scheme:] == headers[name][0][scheme:]
		},
	}
}

func TestDeliveries(t *testing.T) { signed(t).Test(t) }

func FuzzDeliveries(f *testing.F) { deliverytest.FuzzVerify(f, signed(f)) }

func FuzzDelivery(f *testing.F) {
	s := signed(f)
	sign := func(testing.TB, []byte) map[string][]string { return s.Headers }
	push := func(typ, data string) []byte {
		body, err := json.Marshal(map[string]any{"message": map[string]any{
			"data": []byte(data), "attributes": map[string]string{"ce-id": "1", "ce-type": typ, "ce-source": "//workspaceevents.googleapis.com/subscriptions/S", "ce-time": "2026-01-02T03:04:05Z"},
		}})
		if err != nil {
			f.Fatal(err)
		}
		return body
	}
	f.Add(push(chat.TypeMembershipUpdated, `{"membership":{"name":"spaces/A/members/1"}}`))
	f.Add(push(chat.TypeMembershipDeleted, `{"membership":{"name":"spaces/A/members/1","state":"NOT_A_MEMBER","deleteTime":"2026-01-02T03:04:05Z"}}`))
	f.Add(push(chat.TypeMembershipBatchCreated, `{"memberships":[{"membership":{"name":"spaces/A/members/1","createTime":"2026-01-02T03:04:05Z"}},{"membership":null},{}]}`))
	f.Add(push(chat.TypeMembershipBatchDeleted, `{"memberships":[]}`))
	f.Add(push(chat.TypeSubscriptionExpirationReminder, `{"subscription":{"name":"subscriptions/S","expire_time":"2026-01-02T03:04:05Z"}}`))
	f.Add(push(chat.TypeSubscriptionSuspended, `{"subscription":{"name":"subscriptions/S","state":"SUSPENDED","suspension_reason":"RESOURCE_DELETED","eventTypes":["x"]}}`))
	f.Add(push("google.workspace.chat.message.v1.created", `{"message":{}}`))
	deliverytest.FuzzRead(f, s.Deliveries, sign, arrival, pushBody, []byte(`{"message":{"data":"`+base64.StdEncoding.EncodeToString([]byte(appBody))+`"}}`))
}

func FuzzInteraction(f *testing.F) {
	s := signer()
	sign := func(testing.TB, []byte) map[string][]string { return s.SignApp(testProject, arrival) }
	deliverytest.FuzzRead(f, Deliveries("", "", WithApp(testProject), WithHTTPClient(s.Client())), sign, arrival, []byte(appBody),
		[]byte(`{"chat":{"eventTime":"2026-01-02T03:04:05Z","removedFromSpacePayload":{"space":{"name":"spaces/A"}}}}`))
}

func bearer(token string) map[string][]string {
	return map[string][]string{"Authorization": {"Bearer " + token}}
}

// with returns a copy of claims with changes; a nil value deletes a claim.
func with(claims map[string]any, changes map[string]any) map[string]any {
	out := maps.Clone(claims)
	for k, v := range changes {
		if out[k] = v; v == nil {
			delete(out, k)
		}
	}
	return out
}

var pushClaims = map[string]any{
	"iss": googleIssuer, "aud": testAudience, "email": testAccount, "email_verified": true, "sub": "1", "azp": "1",
	"iat": arrival.Unix(), "exp": arrival.Unix() + 3600,
}

// TestTokens is the table of tokens that are accepted or refused.
func TestTokens(t *testing.T) {
	s, stranger := signer(), stranger()
	header := map[string]any{"alg": "RS256", "kid": s.id, "typ": "JWT"}
	claim := func(name string, value any) string {
		return s.sign(header, with(pushClaims, map[string]any{name: value}))
	}
	head := func(name string, value any) string {
		return s.sign(with(header, map[string]any{name: value}), pushClaims)
	}
	good := s.sign(header, pushClaims)
	parts := strings.Split(good, ".")
	hs256 := func(key []byte) string {
		text := encode(map[string]any{"alg": "HS256", "kid": s.id}) + "." + parts[1]
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(text))
		return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	public, err := x509.MarshalPKIXPublicKey(&s.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	at := arrival.Unix()
	for _, tt := range []struct {
		name    string
		headers map[string][]string
		ok      bool
	}{
		{"good", bearer(good), true},
		{"issuer without a scheme", bearer(claim("iss", "accounts.google.com")), true},
		{"audience as a list", bearer(claim("aud", []string{testAudience})), true},
		{"lower-case bearer", map[string][]string{"authorization": {"bearer " + good}}, true},
		{"further claims and headers", bearer(s.sign(with(header, map[string]any{"x": 1}), with(pushClaims, map[string]any{"x": []int{1}}))), true},
		{"expired within the tolerance", bearer(claim("exp", at-29)), true},
		{"issued within the tolerance", bearer(claim("iat", at+30)), true},
		{"not before, within the tolerance", bearer(claim("nbf", at+30)), true},

		{"no header", nil, false},
		{"two headers", map[string][]string{"Authorization": {"Bearer " + good, "Bearer " + good}}, false},
		{"two spellings", map[string][]string{"Authorization": {"Bearer " + good}, "authorization": {"Bearer " + good}}, false},
		{"another scheme", map[string][]string{"Authorization": {"Basic " + good}}, false},
		{"no scheme", map[string][]string{"Authorization": {good}}, false},
		{"no token", bearer(""), false},
		{"alg none", bearer(encode(map[string]any{"alg": "none", "kid": s.id}) + "." + parts[1] + "."), false},
		{"alg none, with a signature", bearer(encode(map[string]any{"alg": "none", "kid": s.id}) + "." + parts[1] + "." + parts[2]), false},
		{"HS256 with the public key", bearer(hs256(publicPEM)), false},
		{"HS256 with the public key in DER", bearer(hs256(public)), false},
		{"HS256 with the modulus", bearer(hs256(s.key.N.Bytes())), false},
		{"RS384 by name", bearer(head("alg", "RS384")), false},
		{"PS256 by name", bearer(head("alg", "PS256")), false},
		{"no alg", bearer(head("alg", nil)), false},
		{"unknown critical header", bearer(s.sign(with(header, map[string]any{"crit": []string{"x"}, "x": 1}), pushClaims)), false},
		{"no key id", bearer(head("kid", nil)), false},
		{"unknown key id", bearer(head("kid", "other")), false},
		{"another key under the same id", bearer(stranger.sign(header, pushClaims)), false},
		{"another key in the header", bearer(stranger.sign(with(header, map[string]any{"kid": stranger.id, "jwk": json.RawMessage(stranger.Keys())}), pushClaims)), false},
		{"another payload", bearer(parts[0] + "." + encode(with(pushClaims, map[string]any{"sub": "2"})) + "." + parts[2]), false},
		{"wrong audience", bearer(claim("aud", "https://hooks.example.com/other")), false},
		{"audience in another case", bearer(claim("aud", strings.ToUpper(testAudience))), false},
		{"several audiences", bearer(claim("aud", []string{testAudience, "https://other.example.com"})), false},
		{"no audience", bearer(claim("aud", nil)), false},
		{"wrong issuer", bearer(claim("iss", "https://accounts.example.com")), false},
		{"issuer with http", bearer(claim("iss", "http://accounts.google.com")), false},
		{"no issuer", bearer(claim("iss", nil)), false},
		{"issuer of a Chat app", bearer(claim("iss", ChatAccount)), false},
		{"wrong account", bearer(claim("email", "other@example.com")), false},
		{"no account", bearer(claim("email", nil)), false},
		{"account not verified", bearer(claim("email_verified", false)), false},
		{"verification missing", bearer(claim("email_verified", nil)), false},
		{"verification as a text", bearer(claim("email_verified", "true")), false},
		{"expired", bearer(claim("exp", at-30)), false},
		{"long expired", bearer(claim("exp", 0)), false},
		{"no expiry", bearer(claim("exp", nil)), false},
		{"expiry as a text", bearer(claim("exp", fmt.Sprint(at+3600))), false},
		{"issued later", bearer(claim("iat", at+31)), false},
		{"no time of issue", bearer(claim("iat", nil)), false},
		{"not yet valid", bearer(claim("nbf", at+31)), false},
		{"two parts", bearer(parts[0] + "." + parts[1]), false},
		{"four parts", bearer(good + "." + parts[2]), false},
		{"JSON form", bearer(`{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`), false},
		{"padded", bearer(good + "=="), false},
		{"a line break inside", bearer(parts[0] + "." + parts[1] + "\n." + parts[2]), false},
		{"another spelling of the signature", bearer(good[:len(good)-1] + string(sibling(good[len(good)-1]))), false},
		{"huge", bearer(s.sign(header, with(pushClaims, map[string]any{"x": strings.Repeat("x", 8<<10)}))), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := Deliveries(testAudience, testAccount, WithHTTPClient(s.Client())).Open(t.Context(), tt.headers, pushBody, arrival)
			if tt.ok && (err != nil || len(d.Events) != 1 || d.ID != "spaces/A/spaceEvents/E") || !tt.ok && !errors.Is(err, memberships.ErrUnauthenticated) {
				t.Errorf("got %+v, %v, want accepted %v", d, err, tt.ok)
			}
			if err != nil {
				for _, secret := range append(parts, "other@example.com", "hooks.example.com", s.id) {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("the error quotes %q: %v", secret, err)
					}
				}
			}
		})
	}
}

// sibling returns the digit of base64 that differs in the last bit, which the last digit of
// a signature does not use.
func sibling(c byte) byte {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return digits[strings.IndexByte(digits, c)^1]
}

// The requests of Google Chat have tokens of their own, and each token is for its own kind of
// body.
func TestApp(t *testing.T) {
	s, now := signer(), arrival
	const endpoint = "https://app.example.com/chat"
	client := WithHTTPClient(s.Client())
	both, url := Deliveries(testAudience, testAccount, WithApp(testProject), client), Deliveries("", "", WithApp(endpoint), client)
	push, app, link := s.SignPush(testAudience, testAccount, now), s.SignApp(testProject, now), s.SignPush(endpoint, ChatAccount, now)
	id := func(changes map[string]any) map[string][]string {
		claims := map[string]any{"iss": ChatAccount, "aud": testProject, "iat": now.Unix(), "exp": now.Unix() + 3600}
		return s.headers(with(claims, changes))
	}
	for _, tt := range []struct {
		name    string
		d       memberships.Deliveries
		headers map[string][]string
		body    string
		want    error
	}{
		{"push", both, push, string(pushBody), nil}, {"app", both, app, appBody, nil}, {"app by URL", url, link, appBody, nil},
		{"an app's body with a push token", both, push, appBody, memberships.ErrMalformed},
		{"a push body with an app's token", both, app, string(pushBody), memberships.ErrMalformed},
		{"another project", both, s.SignApp("999", now), appBody, memberships.ErrUnauthenticated},
		{"the project as the audience of a service account", both, s.SignPush(testProject, testAccount, now), appBody, memberships.ErrUnauthenticated},
		{"Google's issuer", both, id(map[string]any{"iss": googleIssuer}), appBody, memberships.ErrUnauthenticated},
		{"expired", both, id(map[string]any{"exp": now.Unix() - 31}), appBody, memberships.ErrUnauthenticated},
		{"another account at the URL", url, s.SignPush(endpoint, testAccount, now), appBody, memberships.ErrUnauthenticated},
		{"another URL", url, s.SignPush(endpoint+"/", ChatAccount, now), appBody, memberships.ErrUnauthenticated},
		{"push without its audience", url, push, string(pushBody), memberships.ErrUnauthenticated},
		{"a project's token at the URL", url, app, appBody, memberships.ErrUnauthenticated},
	} {
		if _, err := tt.d.Open(t.Context(), tt.headers, []byte(tt.body), now); !errors.Is(err, tt.want) || tt.want == nil && err != nil {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestCheck(t *testing.T) {
	client := WithHTTPClient(signer().Client())
	for _, tt := range []struct {
		name string
		d    memberships.Deliveries
		want string
	}{
		{"good", Deliveries(testAudience, testAccount), ""},
		{"app alone", Deliveries("", "", WithApp(testProject)), ""},
		{"app by URL", Deliveries("", "", WithApp("https://x.example.com"), WithKeysURL("http://127.0.0.1:1/keys"), client), ""},
		{"nothing", Deliveries("", ""), "the audience is empty"},
		{"no audience", Deliveries("", testAccount, WithApp(testProject)), "the audience is empty"},
		{"no account", Deliveries(testAudience, ""), "the service account is empty"},
		{"no account beside an app", Deliveries(testAudience, "", WithApp(testProject)), "the service account is empty"},
		{"keys over another protocol", Deliveries(testAudience, testAccount, WithKeysURL("ftp://example.com/keys")), "WithKeysURL: not an http or https URL"},
		{"no address", Deliveries(testAudience, "push"), "the service account is not an address"},
		{"empty option", Deliveries(testAudience, testAccount, Option{}), "an option is empty"},
		{"app without an audience", Deliveries(testAudience, testAccount, WithApp("")), "WithApp: the audience is neither"},
		{"app of another form", Deliveries(testAudience, testAccount, WithApp("project")), "WithApp: the audience is neither"},
		{"keys elsewhere", Deliveries(testAudience, testAccount, WithKeysURL("file:///etc/keys")), "WithKeysURL: not an http or https URL"},
		{"keys with a password", Deliveries(testAudience, testAccount, WithKeysURL("https://u:p@example.com")), "WithKeysURL: not an http or https URL"},
		{"no client", Deliveries(testAudience, testAccount, WithHTTPClient(nil)), "WithHTTPClient: the client is nil"},
	} {
		err := tt.d.Check()
		_, opened := tt.d.Open(t.Context(), nil, nil, arrival)
		switch {
		case tt.want == "" && err == nil && errors.Is(opened, memberships.ErrUnauthenticated):
		case tt.want != "" && errors.Is(err, memberships.ErrInvalidArgument) && strings.Contains(err.Error(), tt.want) && opened.Error() == err.Error():
		default:
			t.Errorf("%s: got %v and %v, want %q", tt.name, err, opened, tt.want)
		}
		if tt.d.Provider() != "googlechat" {
			t.Errorf("%s: the provider is %q", tt.name, tt.d.Provider())
		}
	}
}

// sender is a function that sends requests.
type sender func(*http.Request) (*http.Response, error)

func (f sender) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestKeyAddresses holds the addresses of Google's keys, each for its own tokens.
func TestKeyAddresses(t *testing.T) {
	s := signer()
	const chatKeys = "https://www.googleapis.com/service_accounts/v1/metadata/x509/chat@system.gserviceaccount.com"
	for want, headers := range map[string]map[string][]string{
		"https://www.googleapis.com/oauth2/v3/certs": s.SignPush(testAudience, testAccount, arrival), chatKeys: s.SignApp(testProject, arrival),
	} {
		var asked []string
		client := &http.Client{Transport: sender(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.URL.String())
			return local{s}.RoundTrip(r)
		})}
		_, err := Deliveries(testAudience, testAccount, WithApp(testProject), WithHTTPClient(client)).Open(t.Context(), headers, []byte(appBody), arrival)
		if errors.Is(err, memberships.ErrUnauthenticated) || errors.Is(err, memberships.ErrUnavailable) || len(asked) != 1 || asked[0] != want {
			t.Errorf("got %v from %q, want the keys of %s", err, asked, want)
		}
	}
}

// Without a client of the caller, the keys are fetched all the same.
func TestKeysWithoutAClient(t *testing.T) {
	s := signer()
	srv := httptest.NewServer(s)
	defer srv.Close()
	_, err := Deliveries(testAudience, testAccount, WithKeysURL(srv.URL)).Open(t.Context(), s.SignPush(testAudience, testAccount, arrival), pushBody, arrival)
	if err != nil {
		t.Error(err)
	}
}

// keyServer is a transport with keys. Its fields may change between requests.
type keyServer struct {
	mu      sync.Mutex
	keys    []byte
	cache   string
	status  int
	err     error
	gate    chan struct{} // if not nil, requests wait for it
	fetches int
}

func (k *keyServer) RoundTrip(r *http.Request) (*http.Response, error) {
	k.mu.Lock()
	k.fetches++
	gate := k.gate
	k.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err != nil {
		return nil, k.err
	}
	h := http.Header{"Cache-Control": {k.cache}}
	if k.status >= 300 && k.status < 400 {
		h.Set("Location", "https://elsewhere.example.com/keys")
	}
	return &http.Response{StatusCode: k.status, Header: h, Request: r, Body: io.NopCloser(bytes.NewReader(k.keys))}, nil
}

func (k *keyServer) set(change func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change()
}

func (k *keyServer) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.fetches
}

// newKeyServer returns a server with the keys of signers, and deliveries with these keys.
func newKeyServer(signers ...*Signer) (*keyServer, memberships.Deliveries) {
	k := &keyServer{status: 200, cache: "public, max-age=7200", keys: keysOf(signers...)}
	return k, Deliveries(testAudience, testAccount, WithHTTPClient(&http.Client{Transport: k}))
}

func keysOf(signers ...*Signer) []byte {
	var all []json.RawMessage
	for _, s := range signers {
		var set struct{ Keys []json.RawMessage }
		if err := json.Unmarshal(s.Keys(), &set); err != nil {
			panic(err)
		}
		all = append(all, set.Keys...)
	}
	b, err := json.Marshal(map[string]any{"keys": all})
	if err != nil {
		panic(err)
	}
	return b
}

func openPush(d memberships.Deliveries, s *Signer) error {
	now := time.Now()
	_, err := d.Open(context.Background(), s.SignPush(testAudience, testAccount, now), pushBody, now)
	return err
}

// certificate returns the key of a signer as Google serves that of Google Chat.
func certificate(t *testing.T, s *Signer) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}, NotBefore: arrival, NotAfter: arrival.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &s.key.PublicKey, s.key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// Answers that are no usable key set are unavailable keys, and the error has nothing of them.
func TestKeyAnswers(t *testing.T) {
	s := signer()
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	weakKeys := (&Signer{key: weak, id: s.id}).Keys()
	edit := func(name, value string) string {
		var set map[string][]map[string]string
		if err := json.Unmarshal(s.Keys(), &set); err != nil {
			t.Fatal(err)
		}
		set["keys"][0][name] = value
		b, err := json.Marshal(set)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	certificates := func(text string) string {
		b, err := json.Marshal(map[string]string{s.id: text})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for _, tt := range []struct {
		name, keys string
		status     int
		err        error
		want       error // nil: the token is accepted
	}{
		{"key set", string(s.Keys()), 200, nil, nil},
		{"certificates", certificates(certificate(t, s)), 200, nil, nil},
		{"without a purpose", edit("use", ""), 200, nil, nil},
		{"a server that is down", "", 0, errors.New("canary"), memberships.ErrUnavailable},
		{"status 500", string(s.Keys()), 500, nil, memberships.ErrUnavailable},
		{"status 204", "", 204, nil, memberships.ErrUnavailable},
		{"redirect", string(s.Keys()), 302, nil, memberships.ErrUnavailable},
		{"redirect with the keys", string(s.Keys()), 307, nil, memberships.ErrUnavailable},
		{"HTML", "<html>canary</html>", 200, nil, memberships.ErrUnavailable},
		{"no keys", `{"keys":[]}`, 200, nil, memberships.ErrUnavailable},
		{"empty object", `{}`, 200, nil, memberships.ErrUnavailable},
		{"null", `null`, 200, nil, memberships.ErrUnavailable},
		{"cut", string(s.Keys()[:50]), 200, nil, memberships.ErrUnavailable},
		{"too large", string(s.Keys()) + strings.Repeat(" ", maxKeysBody), 200, nil, memberships.ErrUnavailable},
		{"a weak key", string(weakKeys), 200, nil, memberships.ErrUnavailable},
		{"two keys with one id", string(keysOf(s, s)), 200, nil, memberships.ErrUnavailable},
		{"for encryption", edit("use", "enc"), 200, nil, memberships.ErrUnavailable},
		{"for another algorithm", edit("alg", "RS512"), 200, nil, memberships.ErrUnavailable},
		{"another type of key", edit("kty", "EC"), 200, nil, memberships.ErrUnavailable},
		{"no modulus", edit("n", ""), 200, nil, memberships.ErrUnavailable},
		{"a modulus that is no base64", edit("n", "%canary"), 200, nil, memberships.ErrUnavailable},
		{"an even exponent", edit("e", "Ag"), 200, nil, memberships.ErrUnavailable},
		{"a huge exponent", edit("e", "AQAAAAAAAAAA"), 200, nil, memberships.ErrUnavailable},
		{"no certificate", certificates("canary"), 200, nil, memberships.ErrUnavailable},
		{"a broken certificate", certificates("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 200, nil, memberships.ErrUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k, d := newKeyServer()
			k.keys, k.status, k.err = []byte(tt.keys), tt.status, tt.err
			err := openPush(d, s)
			if !errors.Is(err, tt.want) || tt.want == nil && err != nil {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if err != nil && (strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "googleapis.com/")) {
				t.Errorf("the error quotes the answer or the address: %v", err)
			}
			if k.count() != 1 {
				t.Errorf("%d requests", k.count())
			}
		})
	}
}

// A token that does not fit makes no request for keys.
func TestNoRequestForOthers(t *testing.T) {
	s := signer()
	k, d := newKeyServer(s)
	for _, headers := range []map[string][]string{
		nil, bearer("x"), s.SignPush("other", testAccount, arrival), s.SignPush(testAudience, "other@example.com", arrival),
		s.SignPush(testAudience, testAccount, arrival.Add(-2*time.Hour)), s.SignApp(testAudience, arrival),
	} {
		if _, err := d.Open(t.Context(), headers, pushBody, arrival); !errors.Is(err, memberships.ErrUnauthenticated) {
			t.Errorf("got %v", err)
		}
	}
	if k.count() != 0 {
		t.Errorf("%d requests", k.count())
	}
}
