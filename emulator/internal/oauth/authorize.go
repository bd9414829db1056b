package oauth

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// Limits of the sign-ins that wait for an answer, and the time that used codes are kept: a
// replay within it revokes their tokens.
const (
	maxAsked  = 1000
	askedLife = 10 * time.Minute
	codeKept  = 24 * time.Hour
)

// asked is a sign-in that waits for an answer. value binds the form of the page to it, and
// works once.
type asked struct {
	value    string
	request  authorization
	redirect *url.URL
	ends     time.Time
}

// authorization is a request that the server has accepted, without its answer.
type authorization struct {
	client            *seed.Client
	state             string
	scopes            []string
	challenge, method string
	person            string // the address that the request names
	offline           bool
	prompt            []string
	included          bool // earlier scopes come along
}

// single are the parameters that a request may have once.
var single = []string{
	"client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method",
	"login_hint", "prompt", "access_type", "include_granted_scopes",
}

// Authorize serves the authorization endpoint: GET shows the page or, with automatic
// approval, redirects at once; POST is the answer of the page's form.
func (s *Server) Authorize(w http.ResponseWriter, r *http.Request) {
	Date(w, s.seed.Now())
	if NotAllowed(w, r, http.MethodGet, http.MethodPost) {
		s.mistake(w, r, &Error{Status: http.StatusMethodNotAllowed, Code: "invalid_request", Description: "The method must be GET."})
		return
	}
	if r.Method == http.MethodPost {
		s.answer(w, r)
		return
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		s.mistake(w, r, InvalidRequest("The query cannot be read."))
		return
	}
	for _, name := range single {
		if len(q[name]) > 1 {
			s.mistake(w, r, InvalidRequest("A parameter is there twice: "+name+"."))
			return
		}
	}
	client, refused := s.known(q.Get("client_id"))
	if refused != nil {
		s.mistake(w, r, refused)
		return
	}
	redirect, refused := s.redirect(client, q.Get("redirect_uri"))
	if refused != nil {
		s.mistake(w, r, refused)
		return
	}
	a, refused := s.accept(client, q)
	if refused != nil && s.rules.OnPage {
		s.mistake(w, r, refused)
		return
	}
	if refused != nil {
		s.sendBack(w, r, redirect, refused, q.Get("state"))
		return
	}
	s.ask(w, r, a, redirect)
}

// accept checks the parameters of an authorization behind its client and redirect URI.
func (s *Server) accept(c *seed.Client, q url.Values) (*authorization, *Error) {
	if q.Get("response_type") != "code" {
		if q.Get("response_type") == "" {
			return nil, InvalidRequest("The response_type is missing.")
		}
		return nil, refuse("unsupported_response_type", "The response_type must be code.")
	}
	a := &authorization{
		client: c, state: q.Get("state"), challenge: q.Get("code_challenge"), person: q.Get("login_hint"),
		offline: q.Get("access_type") == "offline", included: q.Get("include_granted_scopes") == "true",
	}
	if s.rules.Consents {
		a.prompt = strings.Fields(q.Get("prompt"))
	}
	for _, scope := range strings.Fields(q.Get("scope")) {
		if !slices.Contains(a.scopes, scope) {
			a.scopes = append(a.scopes, scope)
		}
	}
	if len(a.scopes) == 0 {
		if s.rules.ScopeRequired {
			return nil, InvalidRequest("The scope is missing.")
		}
		a.scopes = c.Scopes
	}
	for _, scope := range a.scopes {
		if len(c.Scopes) > 0 && !slices.Contains(c.Scopes, scope) || s.rules.Refuses != nil && s.rules.Refuses(scope) {
			return nil, InvalidScope("The client cannot have the scope " + scope + ".")
		}
	}
	var err *Error
	if a.method, err = s.challenge(a.challenge, q.Get("code_challenge_method")); err != nil {
		return nil, err
	}
	if a.method == "" {
		a.challenge = ""
	}
	return a, nil
}

// ask approves a sign-in at once or shows the page.
func (s *Server) ask(w http.ResponseWriter, r *http.Request, a *authorization, redirect *url.URL) {
	person := s.chosen(a)
	covered := s.covered(a, person)
	switch {
	case s.seed.AutoApprove, slices.Contains(a.prompt, "none") && covered:
		s.approve(w, r, a, redirect, person)
		return
	case slices.Contains(a.prompt, "none"):
		s.sendBack(w, r, redirect, refuse("interaction_required", "The person has to approve."), a.state)
		return
	}
	now := s.seed.Now()
	one := &asked{value: rand.Text(), request: *a, redirect: redirect, ends: now.Add(askedLife)}
	s.mu.Lock()
	s.asked = slices.DeleteFunc(s.asked, func(o *asked) bool { return !now.Before(o.ends) })
	if len(s.asked) >= maxAsked {
		s.asked = slices.Delete(s.asked, 0, 1)
	}
	s.asked = append(s.asked, one)
	s.mu.Unlock()
	s.show(w, r, one, person)
}

// chosen returns the person whom a request names, or the first one.
func (s *Server) chosen(a *authorization) seed.Person {
	if p, ok := s.rules.Person(a.person); ok && a.person != "" {
		return p
	}
	return s.seed.People[0]
}

// covered reports whether a person has granted all scopes of a request before.
func (s *Server) covered(a *authorization, p seed.Person) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	granted, ok := s.consents[consent{a.client.ID, p.Mail}]
	return ok && !slices.ContainsFunc(a.scopes, func(scope string) bool { return !slices.Contains(granted, scope) })
}

// answer serves the form of the page. The one-time value alone identifies the sign-in that it
// answers; the query of the form's action is not read.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	form, refused := Form(w, r)
	if refused != nil {
		s.mistake(w, r, refused)
		return
	}
	now := s.seed.Now()
	var one *asked
	s.mu.Lock()
	s.asked = slices.DeleteFunc(s.asked, func(o *asked) bool {
		if o.value == form["request"] {
			one = o
		}
		return o == one
	})
	s.mu.Unlock()
	if one == nil || !now.Before(one.ends) {
		s.mistake(w, r, InvalidRequest("This sign-in was answered, has expired or never began. Begin again in the app."))
		return
	}
	if form["decision"] != "approve" {
		s.sendBack(w, r, one.redirect, refuse("access_denied", "The person has denied the request."), one.request.state)
		return
	}
	person, ok := s.rules.Person(form["person"])
	if !ok {
		s.mistake(w, r, InvalidRequest("There is no person with this address."))
		return
	}
	s.approve(w, r, &one.request, one.redirect, person)
}

// approve issues a code and redirects.
func (s *Server) approve(w http.ResponseWriter, r *http.Request, a *authorization, redirect *url.URL, p seed.Person) {
	now := s.seed.Now()
	g := Grant{Client: a.client.ID, Email: p.Mail, Scopes: a.scopes, Offline: a.offline}
	s.mu.Lock()
	if s.rules.Consents {
		key := consent{a.client.ID, p.Mail}
		before, again := s.consents[key]
		all := slices.Clone(before)
		for _, scope := range a.scopes {
			if !slices.Contains(all, scope) {
				all = append(all, scope)
			}
		}
		s.consents[key] = all
		if a.included {
			g.Scopes = all
		}
		// A client on a server gets a refresh token with the first consent alone.
		g.Offline = s.installed(a.client) || a.offline && (!again || slices.Contains(a.prompt, "consent"))
	}
	s.grants++
	g.ID = s.grants
	for value, k := range s.codes {
		if now.Sub(k.ends) >= codeKept {
			delete(s.codes, value)
		}
	}
	value := codePrefix + rand.Text()
	s.codes[value] = &code{grant: g, redirect: redirect.String(), challenge: a.challenge, method: a.method, ends: now.Add(s.rules.CodeLife)}
	s.mu.Unlock()
	httpapi.Note(r, p.Mail, "")
	scope := ""
	if s.rules.Consents {
		scope = strings.Join(g.Scopes, " ")
	}
	s.to(w, r, with(redirect, "state", a.state, "code", value, "scope", scope))
}

// sendBack redirects with an error.
func (s *Server) sendBack(w http.ResponseWriter, r *http.Request, redirect *url.URL, e *Error, state string) {
	httpapi.Note(r, "", e.Error())
	s.to(w, r, with(redirect, "error", e.Code, "error_description", e.Description, "state", state))
}

func (s *Server) to(w http.ResponseWriter, r *http.Request, target string) {
	secure(w, "")
	w.Header().Set("Location", target)
	if r.Method == http.MethodPost {
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	w.WriteHeader(http.StatusFound)
}
