package pubnub

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/emulated"
	"github.com/memberships-go/memberships/option"
)

// identity is the keyset and the caller, which go with every call.
type identity struct {
	subscribeKey, publishKey string
	userID                   string
	SecretKey                config.Secret // exported, so that printing an identity hides it
	now                      func() time.Time
}

type identityKey struct{}

func identityOf(c *config.Config) identity {
	id, _ := c.Values[identityKey{}].(identity)
	return id
}

// withIdentity returns an option that changes the identity.
func withIdentity(change func(*identity) error) option.Option {
	return config.ProviderOption(api.Name, func(c *config.Config) error {
		id := identityOf(c)
		if err := change(&id); err != nil {
			return err
		}
		c.Set(identityKey{}, id)
		return nil
	})
}

// WithKeys names the keyset. The publish key may be "": only signatures need it.
func WithKeys(subscribeKey, publishKey string) option.Option {
	return withIdentity(func(id *identity) error {
		switch {
		case subscribeKey == "":
			return errors.New("WithKeys: the subscribe key is empty")
		case strings.HasPrefix(subscribeKey, "pub-"):
			return errors.New("WithKeys: the subscribe key comes first, then the publish key")
		case strings.HasPrefix(subscribeKey, "sec-") || strings.HasPrefix(publishKey, "sec-"):
			return errors.New("WithKeys: a secret key belongs in WithSecretKey") // keys are sent, secrets are not
		case escape(subscribeKey+publishKey) != subscribeKey+publishKey:
			return errors.New("WithKeys: a key holds a character that keys do not have")
		}
		id.subscribeKey, id.publishKey = subscribeKey, publishKey
		return nil
	})
}

// WithUserID sets the id of the caller (the client's UUID in older SDKs). It goes with
// every call, and an empty user id means it.
func WithUserID(userID string) option.Option {
	return withIdentity(func(id *identity) error {
		if err := checkID("the user id", userID); err != nil {
			return fmt.Errorf("WithUserID: %w", err)
		}
		id.userID = userID
		return nil
	})
}

// WithSecretKey signs every request. The key permits everything in its keyset, so it
// belongs on servers. PubNub accepts a signature for 60 seconds: the clock must be right.
func WithSecretKey(secretKey string) option.Option {
	return withIdentity(func(id *identity) error {
		if fault := config.SecretFault(secretKey); fault != "" {
			return errors.New("WithSecretKey: the key " + fault)
		}
		id.SecretKey = config.Secret(secretKey)
		return nil
	})
}

func withClock(now func() time.Time) option.Option {
	return withIdentity(func(id *identity) error {
		id.now = now
		return nil
	})
}

func configure(c *config.Config) error {
	id := identityOf(c)
	if v, ok := c.Values[emulated.Keyset{}].(map[string]string); ok && id.subscribeKey == "" {
		id.subscribeKey, id.publishKey = v["subscribe_key"], v["publish_key"]
		id.userID = cmp.Or(id.userID, v["user_id"])
		c.Set(identityKey{}, id)
	}
	switch {
	case id.subscribeKey == "":
		return errors.New("WithKeys is missing")
	case id.userID == "":
		return errors.New("WithUserID is missing: PubNub requires the id of the caller")
	}
	return nil
}

// scope returns the identity that a call with opts has. Invalid options give the zero
// identity; the call itself reports them.
func scope(c *client.Client, opts []option.Option) identity {
	cfg, err := c.Config(opts)
	if err != nil {
		return identity{}
	}
	return identityOf(cfg)
}

// secrets returns the credentials that are not tokens.
func secrets(c *config.Config) []string { return []string{string(identityOf(c).SecretKey)} }

// authorize completes one attempt with the caller, the user agent and the credentials. It
// is the last change of the request.
func authorize(ctx context.Context, cfg *config.Config, req *http.Request) (token string, err error) {
	id := identityOf(cfg)
	own := make([]parameter, 0, 4)
	if cfg.Tokens != nil {
		if token, err = client.Token(ctx, cfg); err != nil {
			return "", err
		}
		own = append(own, parameter{"auth", token})
	}
	return token, id.seal(req, append(own, parameter{"pnsdk", cfg.UserAgent}, parameter{"uuid", id.userID}))
}

// parameter is a query parameter.
type parameter struct{ name, value string }

// seal gives req its final path and query, with the parameters own, and a signature
// (version 2) over them if there is a secret key.
func (id identity) seal(req *http.Request, own []parameter) error {
	if id.SecretKey != "" {
		now := time.Now
		if id.now != nil {
			now = id.now
		}
		own = append(own, parameter{"timestamp", strconv.FormatInt(now().Unix(), 10)})
	}
	req.URL.RawPath = canonicalPath(req.URL)
	req.URL.RawQuery = canonicalQuery(req.URL.RawQuery, own)
	if id.SecretKey == "" {
		return nil
	}
	body, err := bodyOf(req)
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, []byte(id.SecretKey))
	fmt.Fprintf(mac, "%s\n%s\n%s\n%s\n%s", req.Method, id.publishKey, req.URL.EscapedPath(), req.URL.RawQuery, body)
	req.URL.RawQuery += "&signature=v2." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	return nil
}

func bodyOf(req *http.Request) ([]byte, error) {
	if req.GetBody == nil {
		return nil, nil
	}
	r, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// canonicalQuery returns a query with the parameters own in the form that signatures cover.
// It is sorted, and escaped unlike url.Values.Encode, which has "+" for a space and keeps
// "~". A parameter of own replaces that of the query. The query is one of package url's, so
// it is not parsed and built anew.
func canonicalQuery(query string, own []parameter) string {
	all := make([]parameter, 0, 12)
	size := 0
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		name, value, _ := strings.Cut(pair, "=")
		if !slices.ContainsFunc(own, func(p parameter) bool { return p.name == name }) {
			all = append(all, parameter{name, value})
			size += len(pair) + 16
		}
	}
	for _, p := range own {
		all = append(all, parameter{p.name, escape(p.value)})
		size += len(p.name) + 3*len(p.value) + 2
	}
	slices.SortStableFunc(all, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	b := make([]byte, 0, size)
	for i, p := range all {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(append(b, p.name...), '=')
		b = appendCanonical(b, p.value)
	}
	return string(b)
}

// appendCanonical appends an escaped value in the form that signatures cover.
func appendCanonical(b []byte, value string) []byte {
	for i := range len(value) {
		switch c := value[i]; c {
		case '+':
			b = append(b, "%20"...)
		case '~':
			b = append(b, "%7E"...)
		default:
			b = append(b, c)
		}
	}
	return b
}

// canonicalPath escapes every segment of a path in the same way, and every item of a list
// by itself.
func canonicalPath(u *url.URL) string {
	path := u.EscapedPath()
	if !strings.ContainsFunc(path, func(r rune) bool { return !separates(r) && (r >= utf8.RuneSelf || !unreserved(byte(r))) }) {
		return path
	}
	b := make([]byte, 0, 3*len(path))
	for len(path) > 0 {
		n := strings.IndexFunc(path, separates)
		if n < 0 {
			n = len(path)
		}
		if raw, err := url.PathUnescape(path[:n]); err == nil {
			b = appendEscaped(b, raw)
		} else {
			b = append(b, path[:n]...)
		}
		if path = path[n:]; path != "" {
			b, path = append(b, path[0]), path[1:]
		}
	}
	return string(b)
}

// separates reports whether r separates the segments of a path or the items of a list. An
// id has neither unescaped.
func separates(r rune) bool { return r == '/' || r == ',' }

func escape(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf || !unreserved(byte(r)) }) {
		return s
	}
	return string(appendEscaped(nil, s))
}

func appendEscaped(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		if c := s[i]; unreserved(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return b
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
}
