// Package clerk has the credential of an instance of Clerk: its secret key.
//
//	credential, err := clerk.SecretKey(os.Getenv("CLERK_SECRET_KEY"))
//	...
//	client, err := clerk.New(option.WithToken(credential.AccessToken))
package clerk

import (
	"errors"
	"strings"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/internal/config"
)

// MethodSecretKey is the method of credentials.
const MethodSecretKey = "secret key"

const provider = "clerk"

// SecretKey returns the credential of a secret key, whose account is that of Environment and
// which has no end. It sends nothing.
func SecretKey(key string) (*auth.Credential, error) {
	environment, err := Environment(key)
	if err != nil {
		return nil, err
	}
	return &auth.Credential{Provider: provider, Method: MethodSecretKey, Account: environment + " instance", AccessToken: key}, nil
}

// Environment returns the kind of instance that a secret key belongs to, such as "test" or
// "live". The error for a text that is no secret key quotes nothing of it. It sends nothing.
func Environment(key string) (string, error) {
	if fault := config.SecretFault(key); fault != "" {
		return "", errors.New("clerk: the secret key " + fault)
	}
	switch {
	case strings.HasPrefix(key, "pk_"):
		return "", errors.New("clerk: this is a publishable key; the secret key begins with sk_")
	case strings.HasPrefix(key, "whsec_"):
		return "", errors.New("clerk: this is the signing secret of a webhook; the secret key begins with sk_")
	}
	rest, ok := strings.CutPrefix(key, "sk_")
	environment, value, separated := strings.Cut(rest, "_")
	letters := strings.ContainsFunc(environment, func(r rune) bool { return r < 'a' || r > 'z' })
	if !ok || !separated || environment == "" || letters || len(environment) > 20 || value == "" || strings.ContainsFunc(value, other) {
		return "", errors.New("clerk: the secret key is not of the form sk_live_... or sk_test_...")
	}
	return environment, nil
}

// other reports whether no key has a character.
func other(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_-+/=.", r)
}
