package methods

import (
	"errors"
	"path/filepath"
	"slices"

	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/providers"
)

// redirectURL is the key of the setting of an app that has registered another address than
// Method.Redirect.
const redirectURL = "redirect_url"

// registered is the Redirect of apps that register one.
const registered = "http://127.0.0.1:8765/callback"

// redirect is the setting with the key redirectURL.
var redirect = providers.Setting{Key: redirectURL, Text: "the redirect URL that the app has registered, of the form http://127.0.0.1:PORT/PATH; " + registered + " by default"}

// setting returns a setting of package providers.
func setting(provider, key string) providers.Setting {
	all, err := providers.Settings(provider)
	i := slices.IndexFunc(all, func(s providers.Setting) bool { return s.Key == key })
	if err != nil || i < 0 {
		return providers.Setting{Key: key}
	}
	return all[i]
}

func settings(provider string, keys ...string) []providers.Setting {
	out := make([]providers.Setting, len(keys))
	for i, key := range keys {
		out[i] = setting(provider, key)
	}
	return out
}

// secret returns the value of a secret setting, or an error that does not quote it.
func (r Request) secret(provider, key string) (string, error) {
	if fault := config.SecretFault(r.Values[key]); fault != "" {
		return "", errors.New(provider + ": " + key + " " + fault)
	}
	return r.Values[key], nil
}

// kept returns the values of a request for a credential, without empty ones. The path of a file
// is absolute: another directory has no part in it.
func (r Request) kept(files ...string) (map[string]string, error) {
	out := map[string]string{}
	for key, value := range r.Values {
		if value == "" {
			continue
		}
		if slices.Contains(files, key) {
			path, err := filepath.Abs(value)
			if err != nil {
				return nil, err
			}
			value = path
		}
		out[key] = value
	}
	return out, nil
}
