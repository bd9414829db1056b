package providers

import (
	"encoding/base64"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/emulated"
	"github.com/memberships-go/memberships/internal/pattern"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

const uuidPattern = `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`

var webexDeclaration = declaration{
	name: "webex",
	open: func(opts ...option.Option) (memberships.Provider, error) { return provider(webex.New(opts...)) },
	settings: []Setting{
		{Key: "access_token", Env: "WEBEX_ACCESS_TOKEN", Method: "access token", Secret: true, Text: "an access token of a user, a bot or an integration"},
		{Key: "webhook_secret", Env: "WEBEX_WEBHOOK_SECRET", Secret: true, Webhook: true, Text: "the secret of the webhooks"},
		baseURL(""),
	},
	tokens:     tokenEndpoint{"/v1", "webexapis.com"},
	deliveries: func(v map[string]string) memberships.Deliveries { return webex.Deliveries(v["webhook_secret"]) },
	redelivery: "Webex does not document that it sends a request again",
	options:    token("access_token"),
	emulator:   emulated.Settings("webex"),
	groups: &groupSyntax{
		id: pattern.New(`^Y2lz[A-Za-z0-9+/_=-]*$`), maybe: longID, hosts: []string{"im", "webex.com"},
		url: []*pattern.Pattern{
			pattern.New(`^im/?\?(?:[^#]*&)?space=(` + uuidPattern + `)(?:[&#].*)?$`),
			pattern.New(`^(?:web|teams)\.webex\.com/(?:[^#?]*/)?(?:spaces|rooms)/(` + uuidPattern + `)(?:[/#?].*)?$`),
		},
		// A URL does not tell the cluster; a room of another one than us is not found then.
		build: func(uuid string) string {
			return "room:" + base64.RawStdEncoding.EncodeToString([]byte("ciscospark://us/ROOM/"+strings.ToLower(uuid)))
		},
	},
}
