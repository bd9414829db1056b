package methods_test

import (
	"strings"
	"testing"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/methods"
)

// A credential without tokens and settings opens nothing: the error names what is missing.
func TestOpenNothing(t *testing.T) {
	for provider, want := range map[string]string{"pubnub": "subscribe_key", "box": "config_file", "googlechat": "credentials_file"} {
		c := &auth.Credential{Provider: provider, Method: "m", Origin: "http://127.0.0.1:1"}
		if p, err := methods.Open(c, nil); p != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v, want %s", provider, p, err, want)
		}
	}
}
