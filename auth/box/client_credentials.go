package box

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/memberships-go/memberships/auth"
)

// ClientCredentials are those of an app with server authentication by a client secret.
type ClientCredentials struct {
	ClientID, ClientSecret string
	Subject                Subject
	// Origin is the base URL of another server than Box, such as the emulator.
	Origin string
	// HTTPClient sends the requests to the token endpoint. It may be nil.
	HTTPClient *http.Client
}

// TokenSource returns the tokens of the subject, for option.WithTokenSource. A token is valid
// for about an hour. The wrapper's WithClientCredentials has the same tokens, and counts its
// requests in the client's budget. Box: POST /oauth2/token.
func (c ClientCredentials) TokenSource() (auth.TokenFunc, error) {
	kind, id, err := c.Subject.kind()
	switch {
	case err != nil:
		return nil, err
	case c.ClientID == "" || c.ClientSecret == "":
		return nil, errors.New("box: an app has a client id and a client secret")
	}
	config := clientcredentials.Config{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret, TokenURL: endpoint(c.Origin).TokenURL, AuthStyle: oauth2.AuthStyleInParams,
		EndpointParams: url.Values{"box_subject_type": {kind}, "box_subject_id": {id}},
	}
	return auth.TokenFunc(func(ctx context.Context) (*oauth2.Token, error) {
		t, err := config.Token(auth.HTTPContext(ctx, c.HTTPClient))
		if err != nil {
			return nil, named(auth.GrantError(provider, err, c.ClientSecret))
		}
		return auth.Early(t), nil
	}), nil
}
