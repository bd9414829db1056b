package providers

import (
	"fmt"

	"github.com/memberships-go/memberships"
	signin "github.com/memberships-go/memberships/auth/box"
	"github.com/memberships-go/memberships/internal/emulated"
	"github.com/memberships-go/memberships/internal/pattern"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

var boxSettings = []Setting{
	{Key: "developer_token", Env: "BOX_DEVELOPER_TOKEN", Method: "developer token", Secret: true, Text: "a developer token of an app, which is good for an hour"},
	{Key: "client_id", Env: "BOX_CLIENT_ID", Method: "client credentials", Text: "the client ID of an app with client credentials"},
	{Key: "client_secret", Env: "BOX_CLIENT_SECRET", Method: "client credentials", Secret: true, Text: "the client secret of that app"},
	{Key: "enterprise_id", Env: "BOX_ENTERPRISE_ID", Method: "client credentials", Or: "user_id", Text: "the id of the enterprise that the app acts for, needless with a user_id"},
	{Key: "config_file", Env: "BOX_CONFIG_FILE", Method: "app config", Text: "the path of the JSON file with the key of an app, which the developer console makes"},
	{Key: "user_id", Env: "BOX_USER_ID", Text: "the id of the user that an app acts as, in place of its enterprise"},
	{Key: "webhook_primary", Env: "BOX_WEBHOOK_PRIMARY_KEY", Secret: true, Webhook: true, Text: "the primary signature key of the app's webhooks"},
	{Key: "webhook_secondary", Env: "BOX_WEBHOOK_SECONDARY_KEY", Secret: true, Webhook: true, Text: "the secondary signature key of the app's webhooks"},
	baseURL(""),
}

var boxDeclaration = declaration{
	name:     "box",
	open:     func(opts ...option.Option) (memberships.Provider, error) { return provider(box.New(opts...)) },
	settings: boxSettings,
	tokens:   tokenEndpoint{"/2.0", "box.com"},
	deliveries: func(v map[string]string) memberships.Deliveries {
		return box.Deliveries(v["webhook_primary"], v["webhook_secondary"])
	},
	redelivery: "Box sends a request again, and does not document for how long",
	options:    boxOptions,
	emulator:   emulated.Settings("box"),
	groups: &groupSyntax{
		id: digitID, maybe: digitID, build: itself, hosts: []string{"box.com"},
		url: []*pattern.Pattern{pattern.New(`^(?:[a-z0-9-]+\.)*box\.com/(?:[^#?]*/)?groups/([0-9]+)(?:[/#].*)?$`)},
	},
}

// boxOptions returns options with the first complete method: a developer token, client
// credentials, or a config file.
func boxOptions(v map[string]string, at tokenServer) ([]option.Option, error) {
	id, secret, enterprise, user := v["client_id"], v["client_secret"], v["enterprise_id"], v["user_id"]
	switch token := v["developer_token"]; {
	case token != "":
		return []option.Option{option.WithToken(token)}, nil
	case id != "" && secret != "" && user != "":
		return []option.Option{box.WithClientCredentials(id, secret, box.SubjectUser, user)}, nil
	case id != "" && secret != "" && enterprise != "":
		return []option.Option{box.WithClientCredentials(id, secret, box.SubjectEnterprise, enterprise)}, nil
	}
	app, err := signin.ReadConfig(v["config_file"])
	if err != nil {
		return nil, settingError(boxSettings, "config_file", err)
	}
	app.Origin, app.HTTPClient = at.origin, at.client
	if user != "" {
		app.Subject = signin.Subject{UserID: user}
	}
	if app.Subject == (signin.Subject{}) {
		return nil, settingError(boxSettings, "user_id", fmt.Errorf("%s names no enterprise, and this setting no user", v["config_file"]))
	}
	source, err := app.TokenSource()
	if err != nil {
		return nil, settingError(boxSettings, "config_file", err)
	}
	return []option.Option{option.WithTokenSource(source)}, nil
}
