package providers

import (
	"fmt"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/emulated"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

var pubNubSettings = []Setting{
	{Key: "subscribe_key", Env: "PUBNUB_SUBSCRIBE_KEY", Method: "keyset", Text: "the subscribe key of a keyset"},
	{Key: "publish_key", Env: "PUBNUB_PUBLISH_KEY", Text: "the publish key of that keyset"},
	{Key: "user_id", Env: "PUBNUB_USER_ID", Method: "keyset", Text: "the id of the calling user"},
	{Key: "secret_key", Env: "PUBNUB_SECRET_KEY", Secret: true, Text: "the secret key of a keyset with Access Manager, which signs every request"},
	{Key: "auth_token", Env: "PUBNUB_AUTH_TOKEN", Secret: true, Text: "an Access Manager token or auth key, in place of the secret key"},
	{Key: "role_in", Text: "the field of a membership with its role: custom.NAME or type; custom.role by default"},
	baseURL(""),
}

var pubNubDeclaration = declaration{
	name:     "pubnub",
	open:     func(opts ...option.Option) (memberships.Provider, error) { return provider(pubnub.New(opts...)) },
	settings: pubNubSettings,
	options:  pubNubOptions,
	emulator: emulated.Settings("pubnub"),
}

func pubNubOptions(v map[string]string, _ tokenServer) ([]option.Option, error) {
	opts := []option.Option{pubnub.WithKeys(v["subscribe_key"], v["publish_key"]), pubnub.WithUserID(v["user_id"])}
	if v["secret_key"] != "" {
		opts = append(opts, pubnub.WithSecretKey(v["secret_key"]))
	}
	if v["auth_token"] != "" {
		opts = append(opts, option.WithToken(v["auth_token"]))
	}
	custom, ok := strings.CutPrefix(v["role_in"], "custom.")
	switch {
	case v["role_in"] == "":
	case v["role_in"] == "type":
		opts = append(opts, pubnub.WithRoleInType())
	case ok:
		opts = append(opts, pubnub.WithRoleInCustom(custom))
	default:
		return nil, settingError(pubNubSettings, "role_in", fmt.Errorf("the value must be type or custom.NAME, not %q", v["role_in"]))
	}
	return opts, nil
}
