package googlechat

import (
	"crypto/rsa"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/oauth"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// Bounds of an assertion: its life, and the distance of clocks that Google tolerates, which
// it does not publish.
const (
	assertionLife = time.Hour
	clockSkew     = 5 * time.Minute
)

// googleAudience is the audience of assertions besides the URL of the emulator's own token
// endpoint.
const googleAudience = "https://oauth2.googleapis.com/token"

// assert returns the grant of a service account's assertion. Its subject is a person of the
// domain, with domain-wide delegation; without one it is the app.
func (s *server) assert(r *http.Request, text string) (*oauth.Grant, *oauth.Error) {
	if text == "" {
		return nil, oauth.InvalidRequest("The assertion is missing.")
	}
	a, ok := oauth.ParseAssertion(text)
	if !ok {
		return nil, oauth.InvalidGrant("The assertion is not a signed JWT.")
	}
	account, err := s.account(a)
	if err != nil {
		return nil, err
	}
	if err := s.timely(a); err != nil {
		return nil, err
	}
	if aud := string(a.Claims.Audience); aud != googleAudience && aud != oauth.Own(r, oauth.GoogleToken) {
		return nil, oauth.InvalidGrant("The claim aud must be the URL of the token endpoint.")
	}
	scopes := strings.Fields(a.Claims.Scope)
	if len(scopes) == 0 {
		return nil, oauth.InvalidScope("The claim scope is missing.")
	}
	for _, scope := range scopes {
		if !strings.HasPrefix(scope, scopePrefix) && !grantable(scope) {
			return nil, oauth.InvalidScope("There is no scope " + scope + ".")
		}
	}
	grant := oauth.Grant{Client: a.Claims.Issuer, Scopes: scopes}
	if sub := a.Claims.Subject; sub != "" && sub != a.Claims.Issuer {
		grant.Email, err = s.delegated(account, sub, scopes)
	} else {
		grant.App, grant.Unapproved = true, unapproved(account, scopes)
	}
	if err != nil {
		return nil, err
	}
	return s.auth.NewGrant(grant), nil
}

// account returns the service account that has signed an assertion. Without accounts in the
// state it is any, and the signature is not verified.
func (s *server) account(a *oauth.Assertion) (*seed.ServiceAccount, *oauth.Error) {
	known := s.auth.ServiceAccounts()
	if len(known) == 0 {
		if !strings.Contains(a.Claims.Issuer, "@") {
			return nil, oauth.InvalidGrant("The claim iss must be the address of a service account.")
		}
		if !a.Signed(nil, "RS256") {
			return nil, oauth.InvalidGrant("The algorithm of the assertion must be RS256.")
		}
		return &seed.ServiceAccount{Email: a.Claims.Issuer, Delegation: &seed.Delegation{}}, nil
	}
	i := slices.IndexFunc(known, func(k seed.ServiceAccount) bool { return k.Email == a.Claims.Issuer })
	if i < 0 {
		return nil, oauth.InvalidGrant("There is no service account with the address in the claim iss.")
	}
	account := &known[i]
	if len(account.Keys) == 0 {
		if !a.Signed(nil, "RS256") {
			return nil, oauth.InvalidGrant("The algorithm of the assertion must be RS256.")
		}
		return account, nil
	}
	var keys []*rsa.PublicKey
	for _, k := range account.Keys {
		if a.KeyID == "" || a.KeyID == k.ID {
			keys = append(keys, k.RSA)
		}
	}
	if !slices.ContainsFunc(keys, func(k *rsa.PublicKey) bool { return a.Signed(k, "RS256") }) {
		return nil, oauth.InvalidGrant("Invalid JWT Signature.")
	}
	return account, nil
}

// timely checks the times of an assertion.
func (s *server) timely(a *oauth.Assertion) *oauth.Error {
	now, c := s.seed.Now(), a.Claims
	switch {
	case c.Expires == nil || c.Issued == nil:
		return oauth.InvalidGrant("The assertion needs the claims iat and exp.")
	case c.Expires.Sub(c.Issued.Time) > assertionLife:
		return oauth.InvalidGrant("The claim exp must be at most one hour after iat.")
	case !now.Before(c.Expires.Time):
		return oauth.InvalidGrant("The assertion has expired: the time is after the claim exp.")
	case c.Issued.After(now.Add(clockSkew)):
		return oauth.InvalidGrant("The claim iat is in the future.")
	}
	return nil
}

// delegated returns the address of the person that a service account acts as.
func (s *server) delegated(account *seed.ServiceAccount, subject string, scopes []string) (string, *oauth.Error) {
	denied := &oauth.Error{Status: http.StatusUnauthorized, Code: "unauthorized_client", Description: "The service account has no domain-wide delegation for these scopes."}
	d := account.Delegation
	if d == nil {
		return "", denied
	}
	allowed := short(d.Scopes)
	for _, scope := range short(scopes) {
		if !grantable(scopePrefix+scope) || d.Scopes != nil && !slices.Contains(allowed, scope) {
			return "", denied
		}
	}
	p, ok := s.personByMail(subject)
	if !ok {
		return "", oauth.InvalidGrant("There is no person with the address in the claim sub.")
	}
	if len(d.Subjects) > 0 && !slices.ContainsFunc(d.Subjects, func(m string) bool { return strings.EqualFold(m, p.Mail) }) {
		return "", denied
	}
	return p.Mail, nil
}

// unapproved returns the scopes that need an administrator's approval and do not have it.
// The token is issued all the same, and methods refuse it.
func unapproved(account *seed.ServiceAccount, scopes []string) []string {
	if account.Approved == nil {
		return nil
	}
	var out []string
	approved := short(account.Approved)
	for i, scope := range short(scopes) {
		if strings.HasPrefix(scope, "chat.app.") && !slices.Contains(approved, scope) {
			out = append(out, scopes[i])
		}
	}
	return out
}
