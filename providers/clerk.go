package providers

import (
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/emulated"
	"github.com/memberships-go/memberships/internal/pattern"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

var clerkDeclaration = declaration{
	name: "clerk",
	open: func(opts ...option.Option) (memberships.Provider, error) { return provider(clerk.New(opts...)) },
	settings: []Setting{
		{Key: "secret_key", Env: "CLERK_SECRET_KEY", Method: "secret key", Secret: true, Text: "the secret key of an instance, which begins with sk_live_ or sk_test_"},
		{Key: "webhook_secret", Env: "CLERK_WEBHOOK_SIGNING_SECRET", Secret: true, Webhook: true, Text: "the signing secret of the webhook endpoint, which begins with whsec_; two with a comma between while it is replaced"},
		baseURL("CLERK_API_URL"),
	},
	deliveries: func(v map[string]string) memberships.Deliveries {
		return clerk.Deliveries(strings.Split(v["webhook_secret"], ",")...)
	},
	redelivery: "Clerk sends a request again for about 28 hours",
	options:    token("secret_key"),
	emulator:   emulated.Settings("clerk"),
	groups: &groupSyntax{
		id: pattern.New(`^org_[A-Za-z0-9_]+$`), maybe: wordID, build: itself, hosts: []string{"clerk.com"},
		url: []*pattern.Pattern{pattern.New(`^dashboard\.clerk\.com/(?:[^#?]*/)?organizations/(org_[A-Za-z0-9_]+)(?:[/#].*)?$`)},
	},
}

// token returns options that authenticate with the setting key.
func token(key string) func(map[string]string, tokenServer) ([]option.Option, error) {
	return func(v map[string]string, _ tokenServer) ([]option.Option, error) {
		return []option.Option{option.WithToken(v[key])}, nil
	}
}
