package providers

import (
	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/emulated"
	"github.com/memberships-go/memberships/internal/pattern"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

var boxDeclaration = declaration{
	name: "box",
	open: func(opts ...option.Option) (memberships.Provider, error) { return provider(box.New(opts...)) },
	settings: []Setting{
		{Key: "developer_token", Env: "BOX_DEVELOPER_TOKEN", Method: "developer token", Secret: true, Text: "a developer token of an app, which is good for an hour"},
		{Key: "client_id", Env: "BOX_CLIENT_ID", Method: "client credentials", Text: "the client ID of an app with client credentials"},
		{Key: "client_secret", Env: "BOX_CLIENT_SECRET", Method: "client credentials", Secret: true, Text: "the client secret of that app"},
		{Key: "enterprise_id", Env: "BOX_ENTERPRISE_ID", Method: "client credentials", Text: "the id of the enterprise that the app acts for"},
		{Key: "webhook_primary", Env: "BOX_WEBHOOK_PRIMARY_KEY", Secret: true, Webhook: true, Text: "the primary signature key of the app's webhooks"},
		{Key: "webhook_secondary", Env: "BOX_WEBHOOK_SECONDARY_KEY", Secret: true, Webhook: true, Text: "the secondary signature key of the app's webhooks"},
		baseURL(""),
	},
	deliveries: func(v map[string]string) memberships.Deliveries {
		return box.Deliveries(v["webhook_primary"], v["webhook_secondary"])
	},
	unsupported: []Setting{{Key: "config_file", Env: "BOX_CONFIG_FILE", Text: "holds a key for signing JWTs, which is not supported here"}},
	options: func(v map[string]string) ([]option.Option, error) {
		if token := v["developer_token"]; token != "" {
			return []option.Option{option.WithToken(token)}, nil
		}
		return []option.Option{box.WithClientCredentials(v["client_id"], v["client_secret"], box.SubjectEnterprise, v["enterprise_id"])}, nil
	},
	emulator: emulated.Settings("box"),
	groups: &groupSyntax{
		id: digitID, maybe: digitID, build: itself, hosts: []string{"box.com"},
		url: []*pattern.Pattern{pattern.New(`^(?:[a-z0-9-]+\.)*box\.com/(?:[^#?]*/)?groups/([0-9]+)(?:[/#].*)?$`)},
	},
}
