package providers

import (
	"fmt"
	"strings"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships"
	signin "github.com/memberships-go/memberships/auth/googlechat"
	"github.com/memberships-go/memberships/internal/delivery"
	"github.com/memberships-go/memberships/internal/emulated"
	"github.com/memberships-go/memberships/internal/pattern"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

var googleChatSettings = []Setting{
	{Key: "credentials_file", Env: "GOOGLE_APPLICATION_CREDENTIALS", Method: "credentials file", Text: "the path of a JSON file with the key of a service account, or with the credentials of a user (authorized_user)"},
	{Key: "subject", Env: "GOOGLE_SUBJECT", Caller: true, Text: "the e-mail address of the user on whose behalf the service account acts; without it, the account acts as the app"},
	{Key: "scopes", Env: "GOOGLE_CHAT_SCOPES", Text: "the scopes of a service account in place of the default ones, separated by commas"},
	{Key: "access_token", Env: "GOOGLE_CHAT_ACCESS_TOKEN", Method: "access token", Secret: true, Text: "an access token, in place of a file"},
	{Key: "app_auth", Env: "GOOGLE_CHAT_APP_AUTH", Text: "true if the access token belongs to an app"},
	{Key: "push_audience", Env: "GOOGLE_CHAT_PUSH_AUDIENCE", Webhook: true, Text: "the audience of the Pub/Sub subscription that pushes events, by default the URL that it pushes to"},
	{Key: "push_service_account", Env: "GOOGLE_CHAT_PUSH_SERVICE_ACCOUNT", Webhook: true, Text: "the address of the service account that it pushes as"},
	{Key: "app_audience", Env: "GOOGLE_CHAT_APP_AUDIENCE", Webhook: true, Text: "the authentication audience of a Chat app whose requests arrive: the number of its project, or a URL"},
	{Key: "keys_url", Env: "GOOGLE_CHAT_KEYS_URL", Webhook: true, Text: "the URL of other public keys than Google's, such as those of the emulator"},
	baseURL(""),
}

var googleChatDeclaration = declaration{
	name: "googlechat",
	open: func(opts ...option.Option) (memberships.Provider, error) {
		return provider(googlechat.New(opts...))
	},
	settings: googleChatSettings,
	tokens:   tokenEndpoint{"/v1", "googleapis.com"},
	options:  googleChatOptions,
	webhooks: [][]string{{"push_audience", "push_service_account"}, {"app_audience"}},
	deliveries: func(v map[string]string) memberships.Deliveries {
		if delivery.GoogleChat == nil {
			return nil
		}
		return delivery.GoogleChat(v["push_audience"], v["push_service_account"], v["app_audience"], v["keys_url"])
	},
	redelivery: "Google Pub/Sub sends a request again until it is acknowledged, or until its retention ends",
	emulator:   emulated.Settings("googlechat"),
	groups: &groupSyntax{
		id:    pattern.New(`^(spaces/.*|AA[A-Za-z0-9_-]{8,}|[A-Za-z0-9_-]{4,}AAAA[A-Z])$`),
		maybe: wordID, build: itself, hosts: []string{"chat.google.com", "mail.google.com"}, prefix: "spaces/",
		url: []*pattern.Pattern{
			pattern.New(`^chat\.google\.com/(?:u/\d+/)?(?:room|dm|space|app/chat)/([A-Za-z0-9_-]+)(?:[/#].*)?$`),
			pattern.New(`^(?:chat|mail)\.google\.com/[^#]*#chat/(?:space|dm|room)/([A-Za-z0-9_-]+)(?:/.*)?$`),
		},
	},
}

// googleChatOptions returns options with the given token, or with tokens from a file of
// credentials. App authentication lists fewer spaces than a user's.
func googleChatOptions(v map[string]string, at tokenServer) ([]option.Option, error) {
	app := false
	switch v["app_auth"] {
	case "", "false":
	case "true":
		app = true
	default:
		return nil, settingError(googleChatSettings, "app_auth", fmt.Errorf("the value must be true or false, not %q", v["app_auth"]))
	}
	var opts []option.Option
	if t := v["access_token"]; t != "" {
		opts = append(opts, option.WithToken(t))
	} else {
		source, err := googleChatTokens(v, at)
		if err != nil {
			return nil, settingError(googleChatSettings, "credentials_file", err)
		}
		app = source.app
		opts = append(opts, option.WithTokenSource(source))
	}
	if app {
		opts = append(opts, googlechat.WithAppAuth())
	}
	return opts, nil
}

// googleTokens are the tokens of a file of credentials.
type googleTokens struct {
	oauth2.TokenSource
	app bool // they belong to the app and not to a person
}

// googleChatTokens returns the tokens of the file of credentials. A service account has the
// scopes for managing memberships unless the settings name others; a user has those of the
// file's sign-in.
func googleChatTokens(v map[string]string, at tokenServer) (*googleTokens, error) {
	path, subject := v["credentials_file"], v["subject"]
	c, err := signin.ReadCredentials(path)
	switch {
	case err != nil:
		return nil, err
	case c.User != nil && subject != "":
		return nil, fmt.Errorf("%s belongs to a user; only a service account can act for %s", path, subject)
	}
	if c.User != nil {
		if at.origin != "" {
			c.User.Origin = at.origin
		}
		return &googleTokens{TokenSource: signin.UserTokens(c.User, at.client)}, nil
	}
	account, caller := *c.Account, signin.AsApp
	if subject != "" {
		account.Subject, caller = subject, signin.AsUser
	}
	if at.origin != "" {
		account.Origin = at.origin
	}
	account.HTTPClient = at.client
	account.Scopes = strings.FieldsFunc(v["scopes"], func(r rune) bool { return r == ' ' || r == ',' })
	if len(account.Scopes) == 0 {
		if account.Scopes, err = signin.Scopes(caller, signin.Manage); err != nil {
			return nil, err
		}
	}
	source, err := account.TokenSource()
	return &googleTokens{source, subject == ""}, err
}
