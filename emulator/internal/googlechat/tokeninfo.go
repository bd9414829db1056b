package googlechat

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/oauth"
)

// tokenInfo serves what a token may do and until when. The token stands in the query, in the
// form or in the header.
func (s *server) tokenInfo(w http.ResponseWriter, r *http.Request) {
	now := s.seed.Now()
	oauth.Date(w, now)
	if oauth.NotAllowed(w, r, http.MethodGet, http.MethodPost) {
		refuse(w, r, &oauth.Error{Status: http.StatusMethodNotAllowed, Code: "invalid_request", Description: "The method must be GET."})
		return
	}
	token := oauth.Parameter(w, r, "access_token")
	if token == "" {
		token, _ = httpapi.Bearer(r)
	}
	g, ends, ok := s.auth.Describe(token)
	if !ok {
		refuse(w, r, &oauth.Error{Status: http.StatusBadRequest, Code: "invalid_token", Description: "The token is not valid."})
		return
	}
	if ends.IsZero() { // a token of the state file, which has no end
		ends = now.Add(accessLife)
	}
	scopes := g.Scopes
	switch {
	case len(scopes) > 0:
		scopes = slices.Clone(scopes)
		for i, scope := range scopes { // a state file may omit the prefix
			if strings.HasPrefix(scope, "chat.") {
				scopes[i] = scopePrefix + scope
			}
		}
	case g.App:
		for _, scope := range appScopes {
			scopes = append(scopes, scopePrefix+scope)
		}
	default:
		scopes = allScopes()
	}
	client := cmp.Or(g.Client, "emulator")
	info := map[string]string{
		"azp": client, "aud": client, "scope": strings.Join(scopes, " "), "access_type": "online",
		"exp": strconv.FormatInt(ends.Unix(), 10), "expires_in": strconv.FormatInt(int64(ends.Sub(now)/time.Second), 10),
	}
	if g.Offline {
		info["access_type"] = "offline"
	}
	if slices.Contains(scopes, "email") || slices.Contains(scopes, scopePrefix+"userinfo.email") {
		s.identify(info, &g)
	}
	httpapi.WriteJSON(w, http.StatusOK, info)
}

// identify adds the account of a token. It needs the scope of the address.
func (s *server) identify(info map[string]string, g *oauth.Grant) {
	mail := g.Client // of a service account
	if !g.App {
		mail = cmp.Or(g.Email, s.seed.People[0].Mail)
		if p, ok := s.personByMail(mail); ok {
			info["sub"] = userID(p.N)
		}
	}
	info["email"], info["email_verified"] = mail, "true"
}
