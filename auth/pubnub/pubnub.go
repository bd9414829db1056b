// Package pubnub has the credentials of a keyset of PubNub: its keys, and the tokens of its
// Access Manager. The wrapper signs requests with the secret key.
//
//	credential, err := pubnub.Keyset{SubscribeKey: sub, UserID: "admin", Token: token}.Credential()
//	...
//	client, err := pubnub.New(pubnub.WithKeys(sub, ""), pubnub.WithUserID("admin"), option.WithToken(token))
package pubnub

import (
	"errors"
	"strings"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/internal/config"
)

// MethodKeyset is the method of credentials.
const MethodKeyset = "keyset"

const provider = "pubnub"

// Keyset is a set of keys and the caller. The keys of a demo keyset may be "demo".
type Keyset struct {
	SubscribeKey string
	// PublishKey is part of the signatures by SecretKey. Each may be empty.
	PublishKey, SecretKey string
	// UserID is the id of the caller.
	UserID string
	// Token is a token of the Access Manager, in place of the secret key. It may be empty.
	Token string
}

// Check returns an error for a key at the place of another one, and for a missing one. The
// error quotes no key. It sends nothing.
func (k Keyset) Check() error {
	for _, key := range []struct{ name, value, prefix string }{
		{"the subscribe key", k.SubscribeKey, "sub-"}, {"the publish key", k.PublishKey, "pub-"}, {"the secret key", k.SecretKey, "sec-"},
	} {
		if err := check(key.name, key.value, key.prefix); err != nil {
			return err
		}
	}
	switch {
	case k.SubscribeKey == "":
		return errors.New("pubnub: the subscribe key is empty")
	case strings.TrimSpace(k.UserID) == "":
		return errors.New("pubnub: the id of the calling user is empty")
	case k.Token != "" && config.SecretFault(k.Token) != "":
		return errors.New("pubnub: the token " + config.SecretFault(k.Token))
	}
	return nil
}

// kinds are the names of keys by their prefixes.
var kinds = map[string]string{"sub-": "a subscribe key", "pub-": "a publish key", "sec-": "a secret key"}

// check returns an error for a key of another kind than that of a prefix.
func check(name, key, prefix string) error {
	if key == "" {
		return nil
	}
	if fault := config.SecretFault(key); fault != "" {
		return errors.New("pubnub: " + name + " " + fault)
	}
	for other, kind := range kinds {
		if other != prefix && strings.HasPrefix(key, other) {
			return errors.New("pubnub: " + name + " is " + kind)
		}
	}
	for _, r := range key {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '=' {
			return errors.New("pubnub: " + name + " holds a character that keys do not have")
		}
	}
	return nil
}

// Credential returns the credential of a keyset that Check accepts. Its settings open the
// provider. It ends with the token, as far as that is readable.
func (k Keyset) Credential() (*auth.Credential, error) {
	if err := k.Check(); err != nil {
		return nil, err
	}
	c := &auth.Credential{Provider: provider, Method: MethodKeyset, Account: k.UserID, Settings: map[string]string{}}
	for key, value := range map[string]string{
		"subscribe_key": k.SubscribeKey, "publish_key": k.PublishKey, "secret_key": k.SecretKey, "user_id": k.UserID, "auth_token": k.Token,
	} {
		if value != "" {
			c.Settings[key] = value
		}
	}
	if t, ok := ParseToken(k.Token); ok {
		c.Expiry = t.Expiry
	}
	return c, nil
}
