package cli

import (
	"slices"
	"strings"

	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// vendor is where a provider's credentials come from.
type vendor struct {
	name     string
	settings []setting
	// ways are the sets of settings that suffice, by key.
	ways [][]string
	// options makes a client's options of settings that hold one of the ways.
	options func(values) ([]option.Option, error)
	// madeUp are options for the emulator, which takes any credential.
	madeUp []option.Option
}

// setting is one value that a user gives, in a variable or in a profile.
type setting struct {
	key string
	env string // "" where no variable is known for it
}

// secretKeys are the keys of the settings that go into a header or a signature as they
// are. The others are names, files and switches.
var secretKeys = []string{"access_token", "auth_token", "client_secret", "developer_token", "secret_key"}

// values are settings by key.
type values map[string]string

// baseURL is the key that every provider has. It is no credential.
const baseURL = "base_url"

var madeUpToken = option.WithToken("emulated")

// vendors lists the providers with the names that their users know.
func vendors() []vendor {
	return []vendor{
		{
			name: "box",
			settings: []setting{
				{"developer_token", "BOX_DEVELOPER_TOKEN"},
				{"client_id", "BOX_CLIENT_ID"},
				{"client_secret", "BOX_CLIENT_SECRET"},
				{"enterprise_id", "BOX_ENTERPRISE_ID"},
				{baseURL, ""},
			},
			ways: [][]string{{"developer_token"}, {"client_id", "client_secret", "enterprise_id"}},
			options: func(v values) ([]option.Option, error) {
				if token := v["developer_token"]; token != "" {
					return []option.Option{option.WithToken(token)}, nil
				}
				return []option.Option{box.WithClientCredentials(v["client_id"], v["client_secret"], box.SubjectEnterprise, v["enterprise_id"])}, nil
			},
			madeUp: []option.Option{madeUpToken},
		},
		{
			name:     "clerk",
			settings: []setting{{"secret_key", "CLERK_SECRET_KEY"}, {baseURL, "CLERK_API_URL"}},
			ways:     [][]string{{"secret_key"}},
			options:  token("secret_key"),
			madeUp:   []option.Option{madeUpToken},
		},
		{
			name: "googlechat",
			settings: []setting{
				{"credentials_file", "GOOGLE_APPLICATION_CREDENTIALS"},
				{"subject", "GOOGLE_SUBJECT"},
				{"scopes", "GOOGLE_CHAT_SCOPES"},
				{"access_token", "GOOGLE_CHAT_ACCESS_TOKEN"},
				{"app_auth", "GOOGLE_CHAT_APP_AUTH"},
				{baseURL, ""},
			},
			ways:    [][]string{{"credentials_file"}, {"access_token"}},
			options: googleOptions,
			madeUp:  []option.Option{madeUpToken},
		},
		{
			name: "pubnub",
			settings: []setting{
				{"subscribe_key", "PUBNUB_SUBSCRIBE_KEY"},
				{"publish_key", "PUBNUB_PUBLISH_KEY"},
				{"user_id", "PUBNUB_USER_ID"},
				{"secret_key", "PUBNUB_SECRET_KEY"},
				{"auth_token", "PUBNUB_AUTH_TOKEN"},
				{"role_in", ""},
				{baseURL, ""},
			},
			ways:    [][]string{{"subscribe_key", "user_id"}},
			options: pubnubOptions,
			madeUp:  []option.Option{madeUpToken, pubnub.WithKeys("sub-c-emulated", "pub-c-emulated"), pubnub.WithUserID("emulated")},
		},
		{
			name:     "webex",
			settings: []setting{{"access_token", "WEBEX_ACCESS_TOKEN"}, {baseURL, ""}},
			ways:     [][]string{{"access_token"}},
			options:  token("access_token"),
			madeUp:   []option.Option{madeUpToken},
		},
	}
}

func vendorOf(name string) (vendor, bool) {
	for _, v := range vendors() {
		if v.name == name {
			return v, true
		}
	}
	return vendor{}, false
}

// token authenticates with the setting of that key.
func token(key string) func(values) ([]option.Option, error) {
	return func(v values) ([]option.Option, error) {
		return []option.Option{option.WithToken(v[key])}, nil
	}
}

func pubnubOptions(v values) ([]option.Option, error) {
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
		return nil, wrong("role_in", " is type or custom.NAME, and not %q", v["role_in"])
	}
	return opts, nil
}

// keys are the names of v's settings in a profile.
func (v vendor) keys() []string {
	keys := make([]string, len(v.settings))
	for i, s := range v.settings {
		keys[i] = s.key
	}
	return keys
}

// has reports whether got has a credential of v, a part of one included.
func (v vendor) has(got values) bool {
	return slices.ContainsFunc(slices.Concat(v.ways...), func(key string) bool { return got[key] != "" })
}

// lacks returns what is missing in got: nothing if one of the ways is complete, else the
// rest of the ways that have begun.
func (v vendor) lacks(got values) (ways [][]string) {
	for _, way := range v.ways {
		rest := slices.DeleteFunc(slices.Clone(way), func(key string) bool { return got[key] != "" })
		if len(rest) == 0 {
			return nil
		}
		if len(rest) < len(way) {
			ways = append(ways, rest)
		}
	}
	if len(ways) == 0 {
		return v.ways
	}
	return ways
}

// names tells ways as a sentence does, by the keys of a profile or by variables:
// "BOX_DEVELOPER_TOKEN, or BOX_CLIENT_ID and BOX_CLIENT_SECRET".
func (v vendor) names(ways [][]string, profile bool) string {
	texts := make([]string, len(ways))
	for i, way := range ways {
		names := slices.Clone(way)
		for j, key := range way {
			for _, s := range v.settings {
				if s.key == key && !profile {
					names[j] = s.env
				}
			}
		}
		texts[i] = and(names)
	}
	return strings.Join(texts, ", or ")
}
