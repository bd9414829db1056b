package box

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// asUser is the header with the id of the user of a call.
const asUser = "As-User"

// WithAsUser makes calls as another user, with the permissions of that user. It requires
// an administrator's token and an app with the setting for it.
func WithAsUser(userID string) option.Option {
	return config.ProviderOption(api.Name, func(c *config.Config) error {
		if err := transport.CheckID("userID", userID); err != nil {
			return fmt.Errorf("WithAsUser: %w", err)
		}
		if strings.ContainsFunc(userID, unicode.IsSpace) {
			return errors.New("WithAsUser: userID holds white space") // at its ends HTTP would drop it
		}
		return c.Apply(api.Name, []option.Option{option.WithHeader(asUser, userID)})
	})
}

// WithClientCredentials authenticates as the app itself: as its service account in an
// enterprise, or as one of its users. The client gets an access token with its first call
// and a new one shortly before the expiry, from its base URL and through its http.Client.
// If Tokens.Create fails, the call fails with that error. As an option of a single call,
// it gets a token for that call only.
func WithClientCredentials(clientID, clientSecret string, subjectType SubjectType, subjectID string) option.Option {
	return config.ProviderOption(api.Name, func(c *config.Config) error {
		for _, arg := range [][2]string{{"clientID", clientID}, {"clientSecret", clientSecret}, {"subjectID", subjectID}} {
			if err := transport.CheckID(arg[0], arg[1]); err != nil {
				return fmt.Errorf("WithClientCredentials: %w", err)
			}
		}
		if fault := config.SecretFault(clientSecret); fault != "" {
			return errors.New("WithClientCredentials: clientSecret " + fault)
		}
		if !subjectType.Valid() {
			return fmt.Errorf("WithClientCredentials: subjectType is neither %s nor %s", SubjectEnterprise, SubjectUser)
		}
		c.Tokens = config.NewTokens(&clientCredentials{
			id: clientID, secret: config.Secret(clientSecret), subjectType: subjectType, subjectID: subjectID,
		})
		return nil
	})
}

// configure gives the credentials of WithClientCredentials the whole configuration, which
// later options may change. A call with its own options keeps the client's source and its
// token.
func configure(c *config.Config) error {
	if s, ok := c.Tokens.Source().(*clientCredentials); ok && s.cfg == nil {
		bound := *s
		bound.cfg = c.Clone()
		c.Tokens = config.NewTokens(&bound)
	}
	return nil
}

// expiryMargin is the time between the renewal of a token and its expiry. It is longer
// than a call.
const expiryMargin = time.Minute

// clientCredentials gets a new token with each call of Token. It is not safe for
// concurrent use.
type clientCredentials struct {
	id          string
	secret      config.Secret
	subjectType SubjectType
	subjectID   string
	cfg         *config.Config
	// client is nil before the first token. All tokens share it, so its budget bounds the
	// failed requests.
	client *client.Client
}

func (s *clientCredentials) Token() (*oauth2.Token, error) {
	if s.client == nil {
		c, err := client.New(api, []option.Option{config.Option(func(c *config.Config) error {
			*c = *s.cfg.Clone()
			c.Tokens = nil // getting a token needs none
			return nil
		})})
		if err != nil {
			return nil, err
		}
		s.client = c
	}
	asked := time.Now()
	tokens := TokensService{s.client}
	t, err := tokens.Create(context.Background(), CreateTokenRequest{
		GrantType: GrantClientCredentials,
		ClientID:  s.id, ClientSecret: string(s.secret),
		BoxSubjectType: s.subjectType, BoxSubjectID: s.subjectID,
	})
	if err != nil {
		return nil, tokenError(err)
	}
	if !config.ValidHeaderValue(t.AccessToken) {
		return nil, errors.New("the token holds a control character")
	}
	// A token without a lifetime counts as expired after one use.
	return &oauth2.Token{AccessToken: t.AccessToken, Expiry: asked.Add(time.Duration(t.ExpiresIn)*time.Second - expiryMargin)}, nil
}

// tokenError returns the error of a call whose token call failed with err. Its kind is
// ErrUnauthenticated, unless Box is unavailable or limits the rate.
func tokenError(err error) error {
	var e *memberships.Error
	if !errors.As(err, &e) {
		return err
	}
	kind := memberships.ErrUnauthenticated
	for _, other := range []error{memberships.ErrUnavailable, memberships.ErrRateLimited} {
		if errors.Is(e, other) {
			kind = other
		}
	}
	e.Kind = kind
	return err
}

// withoutUser removes As-User from a token call, which has no user.
func withoutUser(c *config.Config) error {
	c.Header.Del(asUser)
	return nil
}
