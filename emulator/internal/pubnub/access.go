package pubnub

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	"github.com/memberships-go/memberships/internal/pattern"
)

const (
	secretPrefix      = "sec-"
	clockSkew         = 60 // seconds
	subscribeKeyParam = "subscribeKey"
)

// subscribeKeys matches every possible subscribe key; each key has a keyset.
var subscribeKeys = pattern.New(`^[A-Za-z0-9_-]+$`)

// subscribeKey returns the subscribe key in a path, "" if the path has none.
func subscribeKey(r *http.Request) string {
	if segments := strings.Split(r.URL.Path, "/"); len(segments) > 3 {
		return segments[3]
	}
	return ""
}

// authenticate implements Access Manager, which is off unless the state names
// credentials: secret keys for signatures, and tokens.
func (s *server) authenticate(r *http.Request) (*httpapi.Caller, *httpapi.Problem) {
	if !subscribeKeys.MatchString(subscribeKey(r)) {
		return nil, invalid("path", subscribeKeyParam, "Invalid Subscribe Key")
	}
	q := r.URL.Query()
	caller := &httpapi.Caller{Token: q.Get("auth")}
	if accepted := s.seed.Credentials["pubnub"]; len(accepted) > 0 {
		c, problem := s.credential(r, q, accepted)
		if problem != nil {
			return nil, problem
		}
		caller.Email, caller.Scopes = c.Mail, c.Scopes
	}
	if len(caller.Scopes) > 0 && !slices.Contains(caller.Scopes, permission(r)) {
		return nil, &httpapi.Problem{Status: http.StatusForbidden}
	}
	if q.Get("uuid") == "" {
		return nil, &httpapi.Problem{Status: http.StatusBadRequest, Detail: "No UUID specified"}
	}
	return caller, nil
}

// credential returns the credential of a request. A signature overrides a token.
func (s *server) credential(r *http.Request, q url.Values, accepted []seed.Credential) (*seed.Credential, *httpapi.Problem) {
	var secrets, tokens []seed.Credential
	for _, c := range accepted {
		if strings.HasPrefix(c.Token, secretPrefix) {
			secrets = append(secrets, c)
		} else {
			tokens = append(tokens, c)
		}
	}
	if q.Has("signature") && len(secrets) > 0 {
		return s.signer(r, q, secrets)
	}
	i := slices.IndexFunc(tokens, func(c seed.Credential) bool { return c.Token == q.Get("auth") })
	if i < 0 {
		return nil, &httpapi.Problem{Status: http.StatusForbidden}
	}
	return &tokens[i], nil
}

// signer returns the secret key of a signature. The signed text contains the publish key,
// which the request does not. The emulator tries three: the name of the secret or
// subscribe key with "pub" ("pub-c-x" for "sec-c-x" or "sub-c-x"), the subscribe key, and
// an empty one.
func (s *server) signer(r *http.Request, q url.Values, secrets []seed.Credential) (*seed.Credential, *httpapi.Problem) {
	stamp, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	if off := s.seed.Now().Unix() - stamp; err != nil || off > clockSkew || off < -clockSkew {
		return nil, &httpapi.Problem{Status: http.StatusForbidden, Detail: "Invalid Timestamp"}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, &httpapi.Problem{Status: http.StatusBadRequest, In: "body", Detail: "the body cannot be read"}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	key, sent := subscribeKey(r), httpapi.SentURL(r)
	for i := range secrets {
		secret := secrets[i].Token
		for _, publishKey := range []string{
			"pub-" + strings.TrimPrefix(secret, secretPrefix), "pub-" + strings.TrimPrefix(key, "sub-"), key, "",
		} {
			for _, path := range []string{sent.EscapedPath(), sent.Path} { // some SDKs sign the path before they escape it
				if hmac.Equal([]byte(q.Get("signature")), []byte(signature(secret, publishKey, r.Method, path, q, body))) {
					return &secrets[i], nil
				}
			}
		}
	}
	return nil, &httpapi.Problem{Status: http.StatusForbidden, Detail: "Signature does not match"}
}

func signature(secret, publishKey, method, path string, q url.Values, body []byte) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(q)) {
		for _, v := range q[name] {
			if name != "signature" {
				pairs = append(pairs, name+"="+percent(v))
			}
		}
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(strings.Join([]string{method, publishKey, path, strings.Join(pairs, "&"), string(body)}, "\n")))
	return "v2." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// percent escapes all characters but letters, digits, "-", "_" and ".".
func percent(s string) string {
	return strings.NewReplacer("+", "%20", "~", "%7E").Replace(url.QueryEscape(s))
}

// permission returns the Access Manager permission that a request needs, as the state's
// scopes spell it.
func permission(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, subscribePath) {
		return "read"
	}
	switch r.Method {
	case http.MethodGet:
		return "get"
	case http.MethodDelete:
		return "delete"
	}
	switch segments := strings.Split(r.URL.Path, "/"); {
	case len(segments) == 7 && segments[6] == "uuids":
		return "manage"
	case len(segments) == 7:
		return "join"
	}
	return "update"
}
