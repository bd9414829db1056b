package oauth

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// Beginnings of the credentials that are issued here. One that is not known is refused, also
// where any credential is accepted: it has ended, or belongs to another provider or state.
const (
	codePrefix    = "emulator-code-"
	accessPrefix  = "emulator-access-"
	refreshPrefix = "emulator-refresh-"
)

// ours reports whether a credential has the form of the issued ones.
func ours(value string) bool {
	return strings.HasPrefix(value, codePrefix) || strings.HasPrefix(value, accessPrefix) || strings.HasPrefix(value, refreshPrefix)
}

// Grant is what a person or an app was given.
type Grant struct {
	Client string
	// Email is the person's address, "" for the first person.
	Email  string
	App    bool
	Scopes []string // none means all
	// Unapproved are the scopes among Scopes that no administrator has approved.
	Unapproved []string
	// Offline asks for a refresh token.
	Offline bool
	// ID is the same for all tokens of a grant.
	ID int64
}

func (g *Grant) caller(token string) *httpapi.Caller {
	return &httpapi.Caller{Token: token, Email: g.Email, App: g.App, Scopes: g.Scopes, Unapproved: g.Unapproved}
}

// code is an authorization code.
type code struct {
	grant             Grant
	redirect          string
	challenge, method string
	ends              time.Time
	used              bool
}

// issued is a token.
type issued struct {
	value string
	kind  string
	grant Grant
	ends  time.Time // zero for none
	order int64
}

func (t *issued) over(now time.Time) bool { return !t.ends.IsZero() && !now.Before(t.ends) }

type consent struct{ client, email string }

// Redeem returns the grant of a code. It works once: a second use revokes the tokens of the
// first, because the code has been stolen by one of the two.
func (s *Server) Redeem(c *seed.Client, value, redirect, verifier string) (*Grant, *Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.codes[value]
	switch {
	case value == "":
		return nil, InvalidRequest("The code is missing.")
	case k == nil:
		return nil, InvalidGrant("The code is not valid.")
	case k.used:
		s.revoke(k.grant.ID)
		return nil, InvalidGrant("The code has been used, and the tokens that it gave are revoked.")
	case k.grant.Client != c.ID:
		return nil, InvalidGrant("The code belongs to another client.")
	case !s.seed.Now().Before(k.ends):
		return nil, InvalidGrant("The code has expired.")
	case redirect != "" && redirect != k.redirect:
		return nil, refuse("redirect_uri_mismatch", "The redirect_uri is not that of the authorization.")
	}
	if err := k.verify(verifier); err != nil {
		return nil, err
	}
	k.used = true
	g := k.grant
	return &g, nil
}

// Code reports whether a code was issued here.
func (s *Server) Code(value string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.codes[value] != nil || ours(value)
}

// NewGrant gives a grant its number.
func (s *Server) NewGrant(g Grant) *Grant {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grants++
	g.ID = s.grants
	return &g
}

// Access issues an access token, and Refresh a refresh token.
func (s *Server) Access(g *Grant) string {
	return s.issue(g, seed.KindAccess, accessPrefix, s.rules.AccessLife)
}

// Refresh issues a refresh token.
func (s *Server) Refresh(g *Grant) string {
	return s.issue(g, seed.KindRefresh, refreshPrefix, s.rules.RefreshLife)
}

func (s *Server) issue(g *Grant, kind, prefix string, life time.Duration) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.seed.Now()
	if len(s.tokens) >= s.sweepAt {
		maps.DeleteFunc(s.tokens, func(_ string, t *issued) bool { return t.over(now) })
		s.sweepAt = 2*len(s.tokens) + 1000
	}
	s.order++
	t := &issued{value: prefix + rand.Text(), kind: kind, grant: *g, order: s.order}
	if life > 0 {
		t.ends = now.Add(life)
	}
	if !s.revoked[g.ID] { // since the code or the refresh token was accepted
		s.tokens[t.value] = t
	}
	return t.value
}

// Renew returns the grant of a refresh token of a client. rotate ends the token; otherwise
// its life begins again. A token that was not issued here has the grant madeUp if it is not
// nil.
func (s *Server) Renew(c *seed.Client, value string, rotate bool, madeUp *Grant) (*Grant, *Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.seed.Now()
	t := s.tokens[value]
	switch {
	case value == "":
		return nil, InvalidRequest("The refresh_token is missing.")
	case t == nil && madeUp != nil && !ours(value) && !s.spent[digest(value)]:
		s.grants++
		s.order++
		g := *madeUp
		g.ID, g.Client = s.grants, c.ID
		t = &issued{value: value, kind: seed.KindRefresh, grant: g, order: s.order}
		s.tokens[value] = t
	}
	switch {
	case t == nil || t.kind != seed.KindRefresh:
		return nil, InvalidGrant("The refresh token is not valid, or has been used or revoked.")
	case t.over(now):
		delete(s.tokens, value)
		return nil, InvalidGrant("The refresh token has expired.")
	case t.grant.Client != "" && t.grant.Client != c.ID:
		return nil, InvalidGrant("The refresh token belongs to another client.")
	case rotate:
		delete(s.tokens, value)
		if !ours(value) {
			s.spent[digest(value)] = true
		}
	case s.rules.RefreshLife > 0:
		t.ends = now.Add(s.rules.RefreshLife)
	}
	g := t.grant
	if g.ID == 0 { // of the state file
		s.grants++
		g.ID = s.grants
		t.grant.ID = g.ID
	}
	return &g, nil
}

// MadeUp returns the grant of a refresh token that was not issued here, nil if the state
// names the valid credentials.
func (s *Server) MadeUp() *Grant {
	if s.Named() || len(s.seed.Credentials[s.rules.Provider]) > 0 {
		return nil
	}
	return &Grant{}
}

// Spend marks a made-up code or another credential as used. It reports whether it was not
// used before.
func (s *Server) Spend(value string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := digest(value)
	if s.spent[key] {
		return false
	}
	s.spent[key] = true
	return true
}

// Revoke ends the tokens of the grant that a token belongs to, and the consent. It reports
// whether the token was valid. client is nil for any client.
func (s *Server) Revoke(c *seed.Client, value string) (bool, *Error) {
	made := s.seed.Caller(s.rules.Provider, value) != nil
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tokens[value]
	switch {
	case value == "":
		return false, InvalidRequest("The token is missing.")
	case t != nil && c != nil && t.grant.Client != "" && t.grant.Client != c.ID:
		return false, InvalidGrant("The token belongs to another client.")
	case t != nil:
		valid := !t.over(s.seed.Now())
		delete(s.tokens, value)
		s.revoke(t.grant.ID)
		delete(s.consents, consent{t.grant.Client, t.grant.Email})
		if !ours(value) {
			s.spent[digest(value)] = true
		}
		return valid, nil
	case ours(value) || s.spent[digest(value)] || !made:
		return false, nil
	}
	s.spent[digest(value)] = true
	return true, nil
}

// revoke ends the tokens of a grant.
func (s *Server) revoke(grant int64) {
	if grant != 0 {
		s.revoked[grant] = true
		maps.DeleteFunc(s.tokens, func(_ string, t *issued) bool { return t.grant.ID == grant })
	}
}

// Caller returns the caller of an access token that was issued here or that the state
// accepts, nil for any other.
func (s *Server) Caller(token string) *httpapi.Caller {
	s.mu.Lock()
	t, spent := s.tokens[token], len(s.spent) > 0 && s.spent[digest(token)]
	s.mu.Unlock()
	switch {
	case t != nil && (t.kind != seed.KindAccess || t.over(s.seed.Now())), t == nil && (ours(token) || spent):
		return nil
	case t != nil:
		return t.grant.caller(token)
	}
	return s.seed.Caller(s.rules.Provider, token)
}

// Ended reports whether a token was issued here and has ended.
func (s *Server) Ended(token string) bool { return ours(token) && s.Caller(token) == nil }

// Describe returns the grant and the end of an access token, and whether it is valid. The
// end is zero for a token without one.
func (s *Server) Describe(token string) (g Grant, ends time.Time, ok bool) {
	c := s.Caller(token)
	if c == nil {
		return Grant{}, time.Time{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tokens[token]; t != nil {
		return t.grant, t.ends, true
	}
	return Grant{Email: c.Email, App: c.App, Scopes: c.Scopes}, time.Time{}, true
}

// First reports whether an assertion with this id comes for the first time before its end.
func (s *Server) First(id string, ends time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.seed.Now()
	maps.DeleteFunc(s.seen, func(_ string, end time.Time) bool { return !now.Before(end) })
	if _, again := s.seen[id]; again {
		return false
	}
	s.seen[id] = ends
	return true
}

func digest(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}

// maxDumped is the number of tokens that a state file holds.
const maxDumped = 20_000

// load adds the tokens and consents of the state file.
func (s *Server) load() {
	for _, t := range s.own.Tokens {
		s.order++
		s.grants = max(s.grants, t.Grant)
		s.tokens[t.Token] = &issued{value: t.Token, kind: t.Kind, ends: t.Ends, order: s.order, grant: Grant{
			Client: t.Client, Email: t.Email, App: t.App, Scopes: t.Scopes, Unapproved: t.Unapproved, ID: t.Grant,
		}}
	}
	for _, c := range s.own.Consents {
		s.consents[consent{c.Client, c.Email}] = c.Scopes
	}
	for _, d := range s.own.Spent {
		s.spent[d] = true
	}
}

// Dump returns the state of the server. Sign-ins that wait, codes and the ids of assertions
// are not part of it: they end within minutes.
func (s *Server) Dump() (seed.OAuth, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.seed.Now()
	out := s.own
	out.Tokens, out.Consents = nil, nil
	for _, t := range slices.SortedFunc(maps.Values(s.tokens), func(a, b *issued) int { return cmp.Compare(a.order, b.order) }) {
		if t.over(now) {
			continue
		}
		out.Tokens = append(out.Tokens, seed.Token{
			Token: t.value, Kind: t.kind, Client: t.grant.Client, Email: t.grant.Email, App: t.grant.App,
			Scopes: t.grant.Scopes, Unapproved: t.grant.Unapproved, Ends: t.ends, Grant: t.grant.ID,
		})
	}
	for k, scopes := range s.consents {
		out.Consents = append(out.Consents, seed.Consent{Client: k.client, Email: k.email, Scopes: scopes})
	}
	slices.SortFunc(out.Consents, func(a, b seed.Consent) int {
		return cmp.Or(strings.Compare(a.Client, b.Client), strings.Compare(a.Email, b.Email))
	})
	out.Spent = slices.Sorted(maps.Keys(s.spent))
	if len(out.Tokens)+len(out.Spent) > maxDumped {
		return out, errors.New("there are more tokens of " + s.rules.Provider + " than a state file holds; reset the emulator, or load a state")
	}
	return out, nil
}
