package methods

import (
	"context"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/clerk"
)

func clerkMethods() []Method {
	return []Method{{
		Provider: "clerk", Name: clerk.MethodSecretKey, Title: "the secret key of an instance",
		Needed: settings("clerk", "secret_key"),
		login: func(_ context.Context, r Request) (*auth.Credential, error) {
			c, err := clerk.SecretKey(r.Values["secret_key"])
			if err != nil {
				return nil, err
			}
			c.Origin, err = r.origin("clerk")
			return c, err
		},
	}}
}
