package box

import (
	"context"
	"errors"
	"slices"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/option"
)

// AccessToken is a token and how long it lives.
// Its fields are in [github.com/memberships-go/memberships/generated/box.AccessToken].
type AccessToken = gen.AccessToken

// CreateTokenRequest is one way to ask for a token; GrantType says which other fields
// count.
// Its fields are in [github.com/memberships-go/memberships/generated/box.CreateTokenRequest].
type CreateTokenRequest = gen.CreateTokenRequest

// The ways to ask for a token.
const (
	GrantAuthorizationCode = gen.GrantTypeAuthorizationCode
	GrantRefreshToken      = gen.GrantTypeRefreshToken
	GrantClientCredentials = gen.GrantTypeClientCredentials
	GrantJWTBearer         = gen.GrantTypeJWTBearer
	GrantTokenExchange     = gen.GrantTypeTokenExchange
)

// SubjectType is whom an app's own credentials speak for.
// Its values are in [github.com/memberships-go/memberships/generated/box.CreateTokenRequestBoxSubjectType].
type SubjectType = gen.CreateTokenRequestBoxSubjectType

// The subjects of WithClientCredentials.
const (
	SubjectEnterprise = gen.CreateTokenRequestBoxSubjectTypeEnterprise
	SubjectUser       = gen.CreateTokenRequestBoxSubjectTypeUser
)

// TokensService gets access tokens.
type TokensService struct{ c *client.Client }

func tokenKey(t *AccessToken) string { return t.AccessToken }

// Create returns a new access token; the client's own credentials are not sent. A
// code, a refresh token and an assertion are spent by their use, whatever comes of the
// call: where that stays open, it is memberships.ErrOutcomeUnknown. The other grants
// are sent again. A grant or an app that is not accepted is memberships.ErrUnauthenticated, with the OAuth error as its
// code. Errors hold neither the answer's body nor a secret of r. Box: POST /oauth2/token.
func (s *TokensService) Create(ctx context.Context, r CreateTokenRequest, opts ...option.Option) (*AccessToken, error) {
	again := client.Harms // a code or a refresh token can be used once
	if r.GrantType == GrantClientCredentials || r.GrantType == GrantTokenExchange {
		again = client.Merged
	}
	t, err := client.One(ctx, s.c, client.Call{
		Name: "Tokens.Create",
		Check: func() error {
			if r.GrantType == "" {
				return errors.New("GrantType is empty")
			}
			return nil
		},
		Endpoint:  gen.CreateToken(r),
		Opts:      append(slices.Clip(opts), config.Option(withoutUser)),
		Anonymous: true,
		Secrets:   []string{r.ClientSecret, r.Code, r.RefreshToken, r.Assertion, r.SubjectToken, r.ActorToken},
		Duplicate: again,
	}, tokenKey)
	var e *memberships.Error
	if errors.As(err, &e) {
		e.Body = nil // a body that cannot be read may give away a token
	}
	return t, err
}
