package emulator_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator"
)

const day = 24 * time.Hour

// The answers of the token endpoints have the fields and the lives of the providers.
func TestTokenAnswers(t *testing.T) {
	s := beginSignIn(t, "authorize: auto\n")
	want := map[string]map[string]any{
		"box":        {"expires_in": 3600.0, "token_type": "bearer", "restricted_to": []any{}},
		"googlechat": {"expires_in": 3599.0, "token_type": "Bearer", "scope": servers[1].scope},
		"webex":      {"expires_in": 1209600.0, "token_type": "Bearer", "scope": servers[2].scope, "refresh_token_expires_in": 7776000.0},
	}
	for _, p := range servers {
		r := s.tokens(&p)
		for _, name := range []string{"access_token", "refresh_token"} {
			if r.str(name) == "" {
				t.Errorf("%s: no %s", p.provider, name)
			}
			delete(r.body, name)
		}
		if diff := cmp.Diff(want[p.provider], r.body); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.provider, diff)
		}
		if r.header.Get("Cache-Control") != "no-store" && p.provider != "box" {
			t.Errorf("%s: Cache-Control %q", p.provider, r.header.Get("Cache-Control"))
		}
	}
}

// Access tokens and refresh tokens end by the emulator's clock. Refreshing renews a refresh
// token of Webex, replaces one of Box, and one of Google has no end.
func TestLives(t *testing.T) {
	const access = "access_token"
	lives := map[string]struct{ access, refresh time.Duration }{"box": {time.Hour, 60 * day}, "googlechat": {time.Hour, 0}, "webex": {14 * day, 90 * day}}
	for _, p := range servers {
		t.Run(p.provider, func(t *testing.T) {
			s, life := beginSignIn(t, "authorize: auto\n"), lives[p.provider]
			first := s.tokens(&p, "login_hint", "ada@example.com")
			refresh := first.str("refresh_token")
			s.now = s.now.Add(life.access - time.Second)
			if got := s.as(first.str(access), p.me); got != 200 {
				t.Errorf("%d before the end", got)
			}
			if status, body := steer(s, "POST", "/_emulator/clock", `{"advance":"1s"}`); status != 200 {
				t.Fatal(body)
			}
			if got := s.as(first.str(access), p.me); got != 401 {
				t.Errorf("%d at the end", got)
			}
			if got := s.as(refresh, p.me); got != 401 {
				t.Errorf("a refresh token is an access token: %d", got)
			}
			for range 3 { // three quarters of its life each
				s.now = s.now.Add(life.refresh * 3 / 4)
				r := s.send("POST", p.token, p.refresh(refresh))
				if r.status != 200 || s.as(r.str(access), p.me) != 200 {
					t.Fatalf("refreshed: %d %s", r.status, r.text)
				}
				switch p.provider {
				case "box":
					if again := s.send("POST", p.token, p.refresh(refresh)); p.refusal(again) != "invalid_grant" || r.str("refresh_token") == refresh {
						t.Errorf("a refresh token works twice: %s", again.text)
					}
					refresh = r.str("refresh_token")
				case "googlechat":
					if r.str("refresh_token") != "" {
						t.Errorf("another refresh token: %s", r.text)
					}
				case "webex":
					if r.str("refresh_token") != refresh || r.body["refresh_token_expires_in"] != 7776000.0 {
						t.Errorf("refreshed to %s", r.text)
					}
				}
			}
			s.now = s.now.Add(life.refresh)
			r := s.send("POST", p.token, p.refresh(refresh))
			if life.refresh == 0 && r.status != 200 || life.refresh != 0 && p.refusal(r) != "invalid_grant" {
				t.Errorf("after its end: %d %s", r.status, r.text)
			}
		})
	}
}

// A refresh token is its client's.
func TestRefreshRefusals(t *testing.T) {
	for _, p := range servers {
		s := beginSignIn(t, signInClients)
		refresh := s.tokens(&p, "access_type", "offline").str("refresh_token")
		for name, tt := range map[string]struct {
			changes []string
			code    string
		}{
			"another client": {[]string{"client_id", "other", "client_secret", "secret2"}, "invalid_grant"},
			"wrong secret":   {[]string{"client_secret", "x"}, "invalid_client"},
			"no client":      {[]string{"client_id", ""}, "invalid_client"},
			"none":           {[]string{"refresh_token", ""}, "invalid_request"},
			"made up":        {[]string{"refresh_token", "x"}, "invalid_grant"},
		} {
			if r := s.send("POST", p.token, p.refresh(refresh, tt.changes...)); p.refusal(r) != tt.code {
				t.Errorf("%s, %s: %d %s", p.provider, name, r.status, r.text)
			}
		}
		if r := s.send("POST", p.token, p.refresh(refresh)); r.status != 200 {
			t.Errorf("%s: %d %s", p.provider, r.status, r.text)
		}
	}
}

// A token has exactly the granted scopes, in every operation.
func TestGrantedScopes(t *testing.T) {
	google := func(names ...string) string {
		return "https://www.googleapis.com/auth/" + strings.Join(names, " https://www.googleapis.com/auth/")
	}
	s := beginSignIn(t, "authorize: auto\n")
	const space = "/v1/spaces/AAAA0000001"
	tests := []struct {
		provider, scope string
		allowed, denied []string
	}{
		{"box", "manage_groups", []string{"GET /2.0/groups"}, []string{"POST /2.0/users", "GET /2.0/events?stream_type=admin_logs"}},
		{"box", "manage_managed_users", []string{"GET /2.0/users/me"}, []string{"GET /2.0/groups"}},
		{"webex", "spark:rooms_read spark:people_read", []string{"GET /v1/rooms", "GET /v1/people/me"}, []string{"POST /v1/rooms", "GET /v1/teams", "GET /v1/memberships"}},
		{"webex", "spark:memberships_read", []string{"GET /v1/memberships"}, []string{"POST /v1/memberships", "GET /v1/rooms", "GET /v1/people/me"}},
		{"webex", "spark:all", []string{"GET /v1/memberships", "GET /v1/rooms", "GET /v1/teams"}, nil},
		{"webex", "spark-compliance:teams_read spark-compliance:memberships_write", []string{"GET /v1/teams"}, []string{"GET /v1/rooms", "GET /v1/memberships"}},
		{"webex", "spark-compliance:teams_write spark-compliance:people_read", nil, []string{"POST /v1/teams", "GET /v1/people/me"}},
		{"googlechat", google("chat.spaces.readonly"), []string{"GET /v1/spaces", "GET " + space}, []string{"GET " + space + "/members", "POST /v1/spaces"}},
		{"googlechat", google("chat.memberships.readonly"), []string{"GET " + space + "/members"}, []string{"GET /v1/spaces", "POST " + space + "/members", "DELETE " + space + "/members/1"}},
		{"googlechat", google("chat.admin.memberships.readonly"), []string{"GET " + space + "/members?useAdminAccess=true&filter=" + url.QueryEscape(`member.type = "HUMAN"`)}, []string{"GET " + space + "/members"}},
		{"googlechat", "openid email", nil, []string{"GET /v1/spaces", "GET " + space + "/members"}},
	}
	bodies := map[string]string{
		"POST /2.0/users": `{"name":"U","login":"u@example.com"}`, "POST /v1/rooms": `{"title":"R"}`, "POST /v1/teams": `{"name":"T"}`, "POST /v1/spaces": `{"spaceType":"SPACE","displayName":"S"}`,
		"POST /v1/memberships": `{"roomId":"x","personEmail":"bob@example.com"}`, "POST " + space + "/members": `{"member":{"name":"users/bob@example.com","type":"HUMAN"}}`,
	}
	for _, tt := range tests {
		i := map[string]int{"box": 0, "googlechat": 1, "webex": 2}[tt.provider]
		token := s.tokens(&servers[i], "scope", tt.scope).str("access_token")
		call := func(operation string) (int, string) {
			method, path, _ := strings.Cut(operation, " ")
			return as(s, token, method, path, bodies[operation])
		}
		for _, operation := range tt.allowed {
			if status, body := call(operation); status == 401 || status == 403 {
				t.Errorf("%s: %s: %d %s", tt.scope, operation, status, body)
			}
		}
		for _, operation := range tt.denied {
			if status, body := call(operation); status != 403 {
				t.Errorf("%s: %s: %d %s, want 403", tt.scope, operation, status, body)
			}
		}
	}
}

// Revocation ends the tokens of the grant, and no others.
func TestRevocation(t *testing.T) {
	s := beginSignIn(t, signInClients)
	box, google := &servers[0], &servers[1]
	for _, kind := range []string{"access_token", "refresh_token"} {
		ours, other := s.tokens(box), s.tokens(box)
		form := url.Values{"client_id": {"app"}, "client_secret": {"secret"}, "token": {ours.str(kind)}}
		for name, changes := range map[string][]string{"wrong secret": {"client_secret", "x"}, "another client": {"client_id", "other", "client_secret", "secret2"}, "no token": {"token", ""}} {
			if r := s.send("POST", "/oauth2/revoke", changed(form, changes...)); r.status != 400 || box.refusal(r) == "" {
				t.Errorf("%s: %d %s", name, r.status, r.text)
			}
		}
		if r := s.send("POST", "/oauth2/revoke", form); r.status != 200 || r.text != "" {
			t.Errorf("%d %q", r.status, r.text)
		}
		if r := s.send("POST", "/oauth2/revoke", form); r.status != 200 {
			t.Errorf("again: %d %q", r.status, r.text)
		}
		if got := s.as(ours.str("access_token"), box.me); got != 401 {
			t.Errorf("%s: %d", kind, got)
		}
		if r := s.send("POST", box.token, box.refresh(ours.str("refresh_token"))); box.refusal(r) != "invalid_grant" {
			t.Errorf("%s: %d %s", kind, r.status, r.text)
		}
		if got := s.as(other.str("access_token"), box.me); got != 200 {
			t.Errorf("the other token: %d", got)
		}
	}
	for _, kind := range []string{"access_token", "refresh_token"} {
		r := s.tokens(google, "access_type", "offline", "prompt", "consent")
		other := s.tokens(google).str("access_token")
		if got := s.send("POST", "/revoke", url.Values{"token": {r.str(kind)}}); got.status != 200 {
			t.Errorf("%d %s", got.status, got.text)
		}
		if got := s.send("POST", "/revoke?token="+r.str(kind), nil); google.refusal(got) != "invalid_token" || got.status != 400 {
			t.Errorf("again: %d %s", got.status, got.text)
		}
		if got := s.as(r.str("access_token"), google.me); got != 401 {
			t.Errorf("%s: %d", kind, got)
		}
		if got := s.send("POST", google.token, google.refresh(r.str("refresh_token"))); google.refusal(got) != "invalid_grant" {
			t.Errorf("%s: %s", kind, got.text)
		}
		if got := s.as(other, google.me); got != 200 {
			t.Errorf("the other token: %d", got)
		}
	}
	// A credential that was not issued here ends, too.
	if got := s.send("POST", "/revoke", url.Values{"token": {"made-up"}}); got.status != 200 || s.as("made-up", google.me) != 401 {
		t.Errorf("%d %s", got.status, got.text)
	}
}

// The introspection of Google has the scopes, the client and the end of a token, which comes
// in the query, the form or the header.
func TestTokenInfo(t *testing.T) {
	s, google := beginSignIn(t, "authorize: auto\n"), &servers[1]
	scope := google.scope + " email"
	token := s.tokens(google, "scope", scope, "login_hint", "bob@example.com", "access_type", "offline").str("access_token")
	s.now = s.now.Add(10 * time.Minute)
	want := map[string]any{
		"azp": "app", "aud": "app", "scope": scope, "exp": "1777640400", "expires_in": "3000", "access_type": "offline",
		"email": "bob@example.com", "email_verified": "true", "sub": "100000000000000000002",
	}
	for name, r := range map[string]*response{
		"query":  s.send("GET", "/oauth2/v3/tokeninfo?access_token="+token, nil),
		"form":   s.send("POST", "/tokeninfo", url.Values{"access_token": {token}}),
		"header": s.send("POST", "/tokeninfo", url.Values{}, "Authorization", "Bearer "+token),
	} {
		if diff := cmp.Diff(want, r.body); diff != "" || r.status != 200 {
			t.Errorf("%s: %d (-want +got):\n%s", name, r.status, diff)
		}
	}
	s.now = s.now.Add(50 * time.Minute)
	for _, bad := range []string{token, "", "emulator-access-x"} {
		if r := s.send("GET", "/oauth2/v3/tokeninfo?access_token="+bad, nil); r.status != 400 || r.str("error") != "invalid_token" {
			t.Errorf("%q: %d %s", bad, r.status, r.text)
		}
	}
	if r := s.send("GET", "/tokeninfo?access_token=made-up", nil); r.status != 200 || !strings.Contains(r.str("scope"), "auth/chat.admin.memberships ") || r.str("email") != "" {
		t.Errorf("%d %s", r.status, r.text)
	}
	if r := s.send("GET", "/v1/spaces", nil, "Authorization", "Bearer "+token); r.status != 401 || !strings.Contains(r.text, "ACCESS_TOKEN_EXPIRED") {
		t.Errorf("%d %s", r.status, r.text)
	}
}

// A client of Google that runs on a server gets a refresh token with offline access, at the
// first consent or if it asks for another. An app on the person's machine always gets one.
func TestGoogleConsent(t *testing.T) {
	s, google := beginSignIn(t, strings.Replace(signInClients, "authorize: auto", "authorize: page", 1)), &servers[1]
	approve := func(changes ...string) url.Values {
		t.Helper()
		value, _ := s.page(google, changes...)
		return s.send("POST", google.authorize, url.Values{"request": {value}, "decision": {"approve"}, "person": {"bob@example.com"}}).location(t)
	}
	redeem := func(q url.Values, changes ...string) *response {
		t.Helper()
		r := s.send("POST", google.token, google.exchange(q.Get("code"), changes...))
		if r.status != 200 {
			t.Fatalf("%d %s", r.status, r.text)
		}
		return r
	}
	for i, tt := range []struct {
		changes []string
		refresh bool
	}{
		{[]string{"access_type", "offline"}, true},
		{[]string{"access_type", "offline"}, false},
		{[]string{"access_type", "offline", "prompt", "consent"}, true},
		{[]string{"prompt", "consent"}, false},
	} {
		if r := redeem(approve(tt.changes...)); (r.str("refresh_token") != "") != tt.refresh {
			t.Errorf("%d: %s", i, r.text)
		}
	}
	desktop := []string{"client_id", "desktop", "redirect_uri", "http://127.0.0.1:5/"}
	for range 2 {
		if r := redeem(approve(append(desktop, "scope", google.scope)...), desktop...); r.str("refresh_token") == "" {
			t.Errorf("%s", r.text)
		}
	}
	// Earlier scopes come along if the client asks for them, and a request without a page
	// needs a consent to all of its scopes.
	const more = "https://www.googleapis.com/auth/chat.memberships"
	q := approve(append(desktop, "scope", more, "include_granted_scopes", "true")...)
	if r := redeem(q, desktop...); r.str("scope") != google.scope+" "+more || q.Get("scope") != r.str("scope") {
		t.Errorf("scopes %q and %q", q.Get("scope"), r.str("scope"))
	}
	silent := func(scope string) url.Values {
		changes := []string{"scope", scope, "prompt", "none", "login_hint", "bob@example.com"}
		return s.send("GET", google.authorize+"?"+google.request(slices.Concat(desktop, changes)...).Encode(), nil).location(t)
	}
	if q := silent(more); q.Get("code") == "" {
		t.Errorf("%v", q)
	}
	if q := silent("openid"); q.Get("error") != "interaction_required" {
		t.Errorf("%v", q)
	}
}

// A refresh of Google may narrow the scopes and not widen them.
func TestGoogleNarrowedRefresh(t *testing.T) {
	s, google := beginSignIn(t, "authorize: auto\n"), &servers[1]
	refresh := s.tokens(google, "scope", google.scope+" openid").str("refresh_token")
	if r := s.send("POST", google.token, google.refresh(refresh, "scope", "openid")); r.str("scope") != "openid" || s.as(r.str("access_token"), google.me) != 403 {
		t.Errorf("%d %s", r.status, r.text)
	}
	if r := s.send("POST", google.token, google.refresh(refresh, "scope", google.scope+" email")); google.refusal(r) != "invalid_scope" {
		t.Errorf("%d %s", r.status, r.text)
	}
	if r := s.send("POST", google.token, google.refresh(refresh)); r.str("scope") != google.scope+" openid" {
		t.Errorf("%d %s", r.status, r.text)
	}
}

// Tokens, consents and revocations survive a dump and a load; a reset returns to the state
// of the start.
func TestSignInSurvivesADump(t *testing.T) {
	for _, media := range []string{"application/json", "application/yaml"} {
		s := beginSignIn(t, signInClients)
		first := map[string]*response{}
		for _, p := range servers {
			first[p.provider] = s.tokens(&p, "access_type", "offline", "login_hint", "bob@example.com")
		}
		revoked := s.tokens(&servers[1]).str("access_token")
		for _, token := range []string{revoked, "made-up"} {
			if r := s.send("POST", "/revoke", url.Values{"token": {token}}); r.status != 200 {
				t.Fatal(r.text)
			}
		}
		code := s.code(&servers[0])
		status, dump := steer(s, "GET", "/_emulator/state", "", "Accept", media)
		if status != 200 || strings.Contains(dump, code) {
			t.Fatalf("%d %s", status, dump)
		}
		other := &signIn{T: t, now: s.now}
		other.Emulator = create(t, emulator.WithState("dump", []byte(dump)), emulator.WithClock(func() time.Time { return other.now }))
		if _, again := steer(other, "GET", "/_emulator/state", "", "Accept", media); again != dump {
			t.Errorf("the dump of the loaded state differs:\n%s", cmp.Diff(dump, again))
		}
		for _, p := range servers {
			r := first[p.provider]
			if got, want := other.as(r.str("access_token"), p.me), s.as(r.str("access_token"), p.me); got != want || got == 401 {
				t.Errorf("%s: %d, and %d before", p.provider, got, want)
			}
			got := other.send("POST", p.token, p.refresh(r.str("refresh_token")))
			if got.status != 200 {
				t.Fatalf("%s: %d %s", p.provider, got.status, got.text)
			}
			other.as(got.str("access_token"), p.me)
			if all := other.Requests(); all[len(all)-1].Caller != "bob@example.com" {
				t.Errorf("%s: the refreshed token is of %q", p.provider, all[len(all)-1].Caller)
			}
		}
		for _, token := range []string{revoked, "made-up"} {
			if got := other.as(token, servers[1].me); got != 401 {
				t.Errorf("a revoked token: %d", got)
			}
		}
		if r := other.tokens(&servers[1], "access_type", "offline", "login_hint", "bob@example.com"); r.str("refresh_token") != "" {
			t.Errorf("the consent is forgotten: %s", r.text)
		}
		later := other.tokens(&servers[2]).str("access_token")
		other.Reset()
		if got := other.as(later, servers[2].me); got != 401 {
			t.Errorf("after a reset: %d", got)
		}
		if got := other.as(first["webex"].str("access_token"), servers[2].me); got == 401 {
			t.Error("a token of the state file ends with a reset")
		}
	}
}

// More tokens than a state file holds have no dump until they end.
func TestTooManyTokens(t *testing.T) {
	s := beginSignIn(t, "")
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"x"}, "client_secret": {"x"}, "box_subject_type": {"enterprise"}, "box_subject_id": {"1"}}
	for range 20_001 {
		if r := s.send("POST", "/oauth2/token", form); r.status != 200 {
			t.Fatal(r.text)
		}
	}
	if status, body := steer(s, "GET", "/_emulator/state", ""); status != 409 || !strings.Contains(body, "tokens of box") {
		t.Errorf("%d %.200s", status, body)
	}
	s.now = s.now.Add(time.Hour)
	if status, body := steer(s, "GET", "/_emulator/state", ""); status != 200 || strings.Contains(body, "emulator-access") {
		t.Errorf("%d %.200s", status, body)
	}
}

// Tokens of the state file work like issued ones.
func TestTokensOfTheState(t *testing.T) {
	s := beginSignIn(t, `
oauth:
  webex:
    clients: [{id: app, secret: secret}]
    tokens:
      - {token: R1, kind: refresh, client: app, email: bob@example.com, scopes: ["spark:rooms_read"], until: 2026-06-01T00:00:00Z}
      - {token: A1, kind: access, email: bob@example.com, scopes: ["spark:people_read"]}
  box:
    clients: [{id: app, secret: secret}]
    tokens: [{token: R2, kind: refresh, email: ada@example.com}]
`)
	box, webex := &servers[0], &servers[2]
	r := s.send("POST", webex.token, webex.refresh("R1"))
	if r.str("refresh_token") != "R1" || r.str("scope") != "spark:rooms_read" || s.as(r.str("access_token"), "/v1/rooms") != 200 || s.as(r.str("access_token"), "/v1/teams") != 403 {
		t.Errorf("%d %s", r.status, r.text)
	}
	if s.as("A1", "/v1/people/me") != 200 || s.as("A1", "/v1/rooms") != 403 || s.as("R1", "/v1/rooms") != 401 {
		t.Error("the access token of the state does not work")
	}
	s.now = s.now.Add(40 * day)
	if r := s.send("POST", webex.token, webex.refresh("R1")); r.status != 200 {
		t.Errorf("its life was renewed: %d %s", r.status, r.text)
	}
	for i, want := range []int{200, 400} {
		if r := s.send("POST", box.token, box.refresh("R2")); r.status != want {
			t.Errorf("%d: %d %s", i, r.status, r.text)
		}
	}
}

// The log of requests shows no code, token, secret, state or verifier of a sign-in.
func TestSignInLog(t *testing.T) {
	s := beginSignIn(t, signInClients)
	for _, p := range servers {
		changes := []string{"state", "canary-state", "access_type", "offline"}
		code := s.code(&p, changes...)
		r := s.send("POST", p.token, p.exchange(code))
		form := p.exchange("canary-code", "client_secret", "canary-secret", "code_verifier", "canary-verifier-canary-verifier-canary-verifier")
		s.send("POST", p.token+"?code=canary-query&assertion=canary-query", form)
		s.send("POST", p.token, url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "client_id": {"app"}, "client_secret": {"secret"}, "assertion": {"canary.assertion.x"}})
		s.send("POST", p.token, p.refresh("canary-refresh"))
		s.send("POST", "/revoke?token=canary-token", nil)
		s.send("GET", "/oauth2/v3/tokeninfo?access_token=canary-token", nil)
		s.send("POST", p.authorize, url.Values{"request": {"canary-request"}})
		_, log := steer(s, "GET", "/_emulator/requests", "")
		for _, secret := range []string{"canary", code, r.str("access_token"), r.str("refresh_token"), challenge, proof} {
			if secret != "" && strings.Contains(log, secret) {
				t.Errorf("%s: %q is in %s", p.provider, secret, log)
			}
		}
		for _, want := range []string{"invalid_client", `"path":"` + p.authorize + `?`, "state=redacted", "token=redacted", `"caller":"ada@example.com"`} {
			if !strings.Contains(log, want) {
				t.Errorf("%s: %s is not in the log", p.provider, want)
			}
		}
	}
}

// A fault reaches the paths of the authorization servers, in the provider's format.
func TestSignInFaults(t *testing.T) {
	for _, p := range servers {
		s := beginSignIn(t, "authorize: auto\n", emulator.WithFaults(emulator.Fault{Provider: p.provider, Path: p.token, Status: 503, RetryAfter: 2, Times: 1}))
		code := s.code(&p)
		r := s.send("POST", p.token, p.exchange(code))
		if r.status != 503 || r.header.Get("Retry-After") != "2" || r.body["error"] == nil && r.body["errors"] == nil {
			t.Errorf("%s: %d %s", p.provider, r.status, r.text)
		}
		if r := s.send("POST", p.token, p.exchange(code)); r.status != 200 {
			t.Errorf("%s: %d %s", p.provider, r.status, r.text)
		}
	}
}
