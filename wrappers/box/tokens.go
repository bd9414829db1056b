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

// AccessToken is a token with its lifetime in seconds.
// Its fields are in [github.com/memberships-go/memberships/generated/box.AccessToken].
type AccessToken = gen.AccessToken

// CreateTokenRequest is a grant for a token; the GrantType determines the other fields.
// Its fields are in [github.com/memberships-go/memberships/generated/box.CreateTokenRequest].
type CreateTokenRequest = gen.CreateTokenRequest

// The grant types.
const (
	GrantAuthorizationCode = gen.GrantTypeAuthorizationCode
	GrantRefreshToken      = gen.GrantTypeRefreshToken
	GrantClientCredentials = gen.GrantTypeClientCredentials
	GrantJWTBearer         = gen.GrantTypeJWTBearer
	GrantTokenExchange     = gen.GrantTypeTokenExchange
)

// SubjectType is the kind of account that an app's own credentials act as.
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

// Create returns a new access token. It does not send the client's own credentials. A code,
// a refresh token and an assertion are valid for one use: if the response is lost, Create
// fails with memberships.ErrOutcomeUnknown. Other grants are retried. A refused grant or
// app is memberships.ErrUnauthenticated with the OAuth error as its code. Errors have
// neither the response's body nor a secret of r. Box: POST /oauth2/token.
func (s *TokensService) Create(ctx context.Context, r CreateTokenRequest, opts ...option.Option) (*AccessToken, error) {
	again := client.Harms // codes and refresh tokens are valid for one use
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
		e.Body = nil // an invalid body may have a token
	}
	return t, err
}
