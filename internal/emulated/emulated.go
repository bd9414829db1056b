// Package emulated has the invented credentials with which clients call an emulator. It
// accepts any, unless its state names others.
package emulated

import "maps"

var settings = map[string]map[string]string{
	"box":        {"developer_token": token},
	"clerk":      {"secret_key": token},
	"googlechat": {"access_token": token},
	"pubnub":     {"subscribe_key": "sub-c-emulated", "publish_key": "pub-c-emulated", "user_id": token, "auth_token": token},
	"webex":      {"access_token": token},
}

const token = "emulated"

// Token is the token of every provider.
const Token = token

// Settings returns the settings of a provider by key, as package providers names them. It
// returns nil for an unknown provider.
func Settings(provider string) map[string]string { return maps.Clone(settings[provider]) }

// Keyset is the key of the settings of PubNub in a client's config, where they replace
// missing keys.
type Keyset struct{}
