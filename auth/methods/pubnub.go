package methods

import (
	"context"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/pubnub"
)

func pubNubMethods() []Method {
	return []Method{{
		Provider: "pubnub", Name: pubnub.MethodKeyset, Title: "the keys of a keyset, with its secret key or a token if it has Access Manager",
		Needed:   settings("pubnub", "subscribe_key", "user_id"),
		Optional: settings("pubnub", "publish_key", "secret_key", "auth_token", "role_in"),
		grants: func(c *auth.Credential) []string {
			t, _ := pubnub.ParseToken(c.Settings["auth_token"])
			return t.Grants()
		},
		login: func(_ context.Context, r Request) (*auth.Credential, error) {
			v := r.Values
			keys := pubnub.Keyset{SubscribeKey: v["subscribe_key"], PublishKey: v["publish_key"], SecretKey: v["secret_key"], UserID: v["user_id"], Token: v["auth_token"]}
			c, err := keys.Credential()
			if err != nil {
				return nil, err
			}
			if v["role_in"] != "" {
				c.Settings["role_in"] = v["role_in"]
			}
			c.Origin, err = r.origin("pubnub")
			return c, err
		},
	}}
}
