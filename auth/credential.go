package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"golang.org/x/oauth2"
)

// Credential is the result of a sign-in: tokens, their lifetimes, and the app that they belong
// to. No formatting verb and no logger prints a secret of it; Marshal returns all of it.
type Credential struct {
	// Provider is the provider's name, such as "webex".
	Provider string
	// Method is the way of the sign-in, such as "integration".
	Method string
	// Account names the person or the app, such as an e-mail address. It may be empty.
	Account string
	// ClientID and ClientSecret are those of the app. A public app has no secret.
	ClientID, ClientSecret string
	// AccessToken is valid until Expiry. The zero time is no end.
	AccessToken string
	Expiry      time.Time
	// RefreshToken gets new tokens until RefreshExpiry. The zero time is unknown.
	RefreshToken  string
	RefreshExpiry time.Time
	// Scopes are the granted scopes, as far as the provider returns them.
	Scopes []string
	// Origin is the base URL of the provider's token endpoint, if it is another one than the
	// provider's own.
	Origin string
	// Settings are those of package providers that open the provider, by their keys. A
	// method without a token of its own, such as a key in a file, has nothing else.
	Settings map[string]string
}

// Clone returns a copy of c.
func (c *Credential) Clone() *Credential {
	d := *c
	d.Scopes, d.Settings = slices.Clone(c.Scopes), maps.Clone(c.Settings)
	return &d
}

// String returns the provider, the method and the account.
func (c Credential) String() string {
	return fmt.Sprintf("%s %s of %q", c.Provider, c.Method, c.Account)
}

// Format prints String for every verb.
func (c Credential) Format(s fmt.State, _ rune) { _, _ = fmt.Fprint(s, c.String()) }

// LogValue hides the secrets from log/slog.
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalJSON fails: a credential is JSON by Marshal alone, which a store calls.
func (c Credential) MarshalJSON() ([]byte, error) {
	return nil, errors.New("auth: a Credential is no JSON; Marshal returns it with its secrets")
}

// content is the JSON of a credential.
type content struct {
	Format        string    `json:"format"`
	Provider      string    `json:"provider"`
	Method        string    `json:"method"`
	Account       string    `json:"account,omitempty"`
	ClientID      string    `json:"client_id,omitempty"`
	ClientSecret  string    `json:"client_secret,omitempty"`
	AccessToken   string    `json:"access_token,omitempty"`
	Expiry        time.Time `json:"expiry,omitzero"`
	RefreshToken  string    `json:"refresh_token,omitempty"`
	RefreshExpiry time.Time `json:"refresh_expiry,omitzero"`
	Scopes        []string  `json:"scopes,omitempty"`
	Origin        string    `json:"origin,omitempty"`

	Settings map[string]string `json:"settings,omitempty"`
}

const format = "memberships credential 1"

// Marshal returns the credential with its secrets, for a store.
func (c *Credential) Marshal() ([]byte, error) {
	return json.Marshal(content{
		format, c.Provider, c.Method, c.Account, c.ClientID, c.ClientSecret, c.AccessToken, c.Expiry.UTC(),
		c.RefreshToken, c.RefreshExpiry.UTC(), c.Scopes, c.Origin, c.Settings,
	})
}

// Unmarshal returns the credential of Marshal. The error quotes nothing of data.
func Unmarshal(data []byte) (*Credential, error) {
	var v content
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, errors.New("the stored credential is damaged")
	}
	if v.Format != format || v.Provider == "" || v.AccessToken == "" && v.RefreshToken == "" && len(v.Settings) == 0 {
		return nil, errors.New("the stored credential is of an unknown format, or lacks its provider or tokens")
	}
	return &Credential{
		v.Provider, v.Method, v.Account, v.ClientID, v.ClientSecret, v.AccessToken, v.Expiry,
		v.RefreshToken, v.RefreshExpiry, v.Scopes, v.Origin, v.Settings,
	}, nil
}

// expiryMargin is the time between the renewal of an access token and its expiry. It is longer
// than most calls.
const expiryMargin = time.Minute

// fresh reports whether the access token has not expired.
func (c *Credential) fresh() bool {
	return c.AccessToken != "" && (c.Expiry.IsZero() || time.Until(c.Expiry) > expiryMargin)
}

// token returns the access token.
func (c *Credential) token() *oauth2.Token {
	t := &oauth2.Token{AccessToken: c.AccessToken, TokenType: "Bearer"}
	if !c.Expiry.IsZero() {
		t.Expiry = c.Expiry.Add(-expiryMargin)
	}
	return t
}
