package box

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/internal/assertion"
	"github.com/memberships-go/memberships/auth/internal/keyfile"
)

// AppConfig is the config file of an app with server authentication by JWT. No formatting
// verb prints the key.
type AppConfig struct {
	ClientID string
	// Subject is the enterprise of the file. Another one, such as a user, may replace it.
	Subject Subject
	// Origin is the base URL of another server than Box, such as the emulator.
	Origin string
	// HTTPClient sends the requests to the token endpoint. It may be nil.
	HTTPClient *http.Client

	app *appSecrets
}

// appSecrets hides the secrets of a file from formatting verbs.
type appSecrets struct {
	clientSecret, keyID string
	key                 *rsa.PrivateKey
}

func (appSecrets) String() string   { return "[redacted]" }
func (appSecrets) GoString() string { return "[redacted]" }

// ReadConfig reads the JSON file that the developer console makes with the key of an app. The
// error names the file and the field, and quotes no content. A file that other users of the
// machine can read is an error.
func ReadConfig(path string) (AppConfig, error) {
	f, err := keyfile.Read(path)
	if err != nil {
		return AppConfig{}, err
	}
	c, err := config(f)
	if err == nil {
		err = f.Private()
	}
	if err != nil {
		return AppConfig{}, err
	}
	return c, nil
}

// ParseConfig is ReadConfig for the content of a file. name stands for it in errors.
func ParseConfig(name string, data []byte) (AppConfig, error) {
	f, err := keyfile.Parse(name, data)
	if err != nil {
		return AppConfig{}, err
	}
	return config(f)
}

func config(f *keyfile.File) (AppConfig, error) {
	var c AppConfig
	var app appSecrets
	var key, passphrase string
	const settings = "boxAppSettings."
	for _, field := range []struct {
		name string
		to   *string
		need bool
	}{
		{settings + "clientID", &c.ClientID, true},
		{settings + "clientSecret", &app.clientSecret, true},
		{settings + "appAuth.publicKeyID", &app.keyID, true},
		{settings + "appAuth.privateKey", &key, true},
		{settings + "appAuth.passphrase", &passphrase, false},
		{"enterpriseID", &c.Subject.EnterpriseID, false},
	} {
		read := f.Text
		if field.need {
			read = f.Need
		}
		var err error
		if *field.to, err = read(field.name); err != nil {
			return AppConfig{}, err
		}
	}
	if c.Subject.EnterpriseID == "0" { // an app outside of an enterprise
		c.Subject.EnterpriseID = ""
	}
	var err error
	if app.key, err = parseKey(key, passphrase); err != nil {
		field := settings + "appAuth.privateKey"
		if errors.Is(err, errPassphrase) {
			field = settings + "appAuth.passphrase"
		}
		return AppConfig{}, f.Wrong(field, err.Error())
	}
	c.app = &app
	return c, nil
}

// TokenSource returns the tokens of the subject, for option.WithTokenSource. A token is valid
// for about an hour. If Box refuses an assertion and its clock is another one, the source
// tries once more by the clock of Box, and keeps to it. Box: POST /oauth2/token.
func (c AppConfig) TokenSource() (auth.TokenFunc, error) {
	kind, id, err := c.Subject.kind()
	switch {
	case c.app == nil:
		return nil, errors.New("box: the app has no key: ReadConfig returns one")
	case err != nil:
		return nil, err
	}
	s := &keySource{AppConfig: c, kind: kind, id: id}
	return auth.TokenFunc(s.token), nil
}

// keySource gets tokens with assertions.
type keySource struct {
	AppConfig
	kind, id string
	// skew is the time by which the clock of Box is ahead, in nanoseconds.
	skew atomic.Int64
}

// assertionLife is the time that an assertion is valid for; Box accepts a minute.
const assertionLife = 30 * time.Second

// minSkew is the least difference of clocks that explains a refusal. The Date header counts
// seconds.
const minSkew = 2 * time.Second

func (s *keySource) token(ctx context.Context) (*oauth2.Token, error) {
	signed, t, err := s.exchange(ctx)
	if skew, ok := s.explained(err); ok {
		s.skew.Store(int64(skew))
		signed, t, err = s.exchange(ctx)
	}
	if err != nil {
		return nil, named(auth.GrantError(provider, err, s.app.clientSecret, signed))
	}
	return auth.Early(t), nil
}

// explained reports whether another clock of Box explains the refusal of an assertion, and by
// how much it is ahead.
func (s *keySource) explained(err error) (time.Duration, bool) {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) || refused.ErrorCode != "invalid_grant" {
		return 0, false
	}
	date, wrong := http.ParseTime(refused.Response.Header.Get("Date"))
	if wrong != nil {
		return 0, false
	}
	skew := time.Until(date)
	return skew, (skew - time.Duration(s.skew.Load())).Abs() >= minSkew
}

// claims are those of an assertion.
type claims struct {
	Issuer      string `json:"iss"`
	Subject     string `json:"sub"`
	SubjectType string `json:"box_sub_type"`
	Audience    string `json:"aud"`
	ID          string `json:"jti"`
	Expires     int64  `json:"exp"`
}

// exchange signs an assertion and sends it. The id of an assertion works once.
func (s *keySource) exchange(ctx context.Context) (signed string, t *oauth2.Token, err error) {
	id := make([]byte, 32)
	_, _ = rand.Read(id) // never fails
	now := time.Now().Add(time.Duration(s.skew.Load()))
	signed, err = assertion.Sign(s.app.key, s.app.keyID, claims{
		s.ClientID, s.id, s.kind, origin + "/oauth2/token", hex.EncodeToString(id), now.Add(assertionLife).Unix(),
	})
	if err != nil {
		return "", nil, err
	}
	config := clientcredentials.Config{
		ClientID: s.ClientID, ClientSecret: s.app.clientSecret, TokenURL: endpoint(s.Origin).TokenURL, AuthStyle: oauth2.AuthStyleInParams,
		EndpointParams: url.Values{"grant_type": {assertion.GrantType}, "assertion": {signed}},
	}
	t, err = config.Token(auth.HTTPContext(ctx, s.HTTPClient))
	return signed, t, err
}
