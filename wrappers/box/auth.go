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

// asUser is the header that names the user a call is made for.
const asUser = "As-User"

// WithAsUser makes calls for another user, seeing and doing what that user may. The app
// needs the setting for it and the token must be an administrator's.
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

// WithClientCredentials authenticates as the app itself: for an enterprise as the
// app's service account, or for one of its users. The client gets an access token
// with its first call and a new one shortly before that expires, from the base URL
// and through the http.Client of its other calls. Where no token can be had, calls
// fail with what Tokens.Create says. Given to a single call instead of New, it gets a
// token for that call alone.
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
			return fmt.Errorf("WithClientCredentials: subjectType is not %s or %s", SubjectEnterprise, SubjectUser)
		}
		c.Tokens = config.NewTokens(&clientCredentials{
			id: clientID, secret: config.Secret(clientSecret), subjectType: subjectType, subjectID: subjectID,
		})
		return nil
	})
}

// configure gives the credentials of WithClientCredentials, which other options may
// follow, the whole configuration. Calls with options of their own come by here again
// and find the client's source, with the token it keeps.
func configure(c *config.Config) error {
	if s, ok := c.Tokens.Source().(*clientCredentials); ok && s.cfg == nil {
		bound := *s
		bound.cfg = c.Clone()
		c.Tokens = config.NewTokens(&bound)
	}
	return nil
}

// expiryMargin is how long before its end a token is replaced: longer than a call
// lasts.
const expiryMargin = time.Minute

// clientCredentials gets a new token each time it is asked, by one caller at a time.
type clientCredentials struct {
	id          string
	secret      config.Secret
	subjectType SubjectType
	subjectID   string
	cfg         *config.Config
	// client is nil before the first token. It is one for all of them, so that its
	// budget bounds what is sent while none can be had.
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
		return nil, noToken(err)
	}
	if !config.ValidHeaderValue(t.AccessToken) {
		return nil, errors.New("the token holds a control character")
	}
	// A token that does not say how long it lives counts as expired after one use.
	return &oauth2.Token{AccessToken: t.AccessToken, Expiry: asked.Add(time.Duration(t.ExpiresIn)*time.Second - expiryMargin)}, nil
}

// noToken says what a failed token call means to the call that needs the token: it is
// unauthenticated, unless the answer blames nobody's credentials.
func noToken(err error) error {
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

// withoutUser takes As-User from a call: a token call is made for nobody.
func withoutUser(c *config.Config) error {
	c.Header.Del(asUser)
	return nil
}
