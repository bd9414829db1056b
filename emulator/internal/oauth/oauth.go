// Package oauth has the parts of an authorization server that the emulated providers share:
// clients, sign-ins, codes and tokens. Each provider adds its paths, its rules and the format
// of its errors.
//
// No code, token, secret, assertion or verifier is in an error or a log.
package oauth

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// Paths of the authorization servers. The path of Box's tokens is in its document.
const (
	BoxAuthorize = "/api/oauth2/authorize"
	BoxRevoke    = "/oauth2/revoke"

	GoogleAuthorize    = "/o/oauth2/v2/auth"
	GoogleAuthorizeOld = "/o/oauth2/auth" // in the client files of consoles and SDKs
	GoogleToken        = "/token"
	GoogleRevoke       = "/revoke"
	GoogleTokenInfo    = "/oauth2/v3/tokeninfo" // below a prefix of Box
	GoogleTokenInfoOld = "/tokeninfo"

	WebexAuthorize = "/v1/authorize"
	WebexToken     = "/v1/access_token"
)

// Paths are the paths of each provider's authorization server that its document does not
// have.
var Paths = map[string][]string{
	"box":        {BoxAuthorize, BoxRevoke},
	"googlechat": {GoogleAuthorize, GoogleAuthorizeOld, GoogleToken, GoogleRevoke, GoogleTokenInfo, GoogleTokenInfoOld},
	"webex":      {WebexAuthorize, WebexToken},
}

// Error is a refusal in OAuth's terms. Code is one of RFC 6749, such as "invalid_grant".
type Error struct {
	Status      int
	Code        string
	Description string
}

func (e *Error) Error() string { return e.Code + ": " + e.Description }

func refuse(code, description string) *Error {
	return &Error{Status: http.StatusBadRequest, Code: code, Description: description}
}

// InvalidGrant returns the error for a code, a refresh token or an assertion.
func InvalidGrant(description string) *Error { return refuse("invalid_grant", description) }

// InvalidRequest returns the error for a malformed request.
func InvalidRequest(description string) *Error { return refuse("invalid_request", description) }

// InvalidScope returns the error for scopes that are not granted.
func InvalidScope(description string) *Error { return refuse("invalid_scope", description) }

// UnsupportedGrantType returns the error for an unknown grant type.
func UnsupportedGrantType() *Error {
	return refuse("unsupported_grant_type", "There is no such grant_type.")
}

// Rules are the differences between the providers.
type Rules struct {
	Provider string
	// Title is the provider's name on the page.
	Title string
	// Life of a code, an access token and a refresh token; 0 is no end.
	CodeLife, AccessLife, RefreshLife time.Duration
	// Methods are the accepted methods of PKCE. Without any, its parameters are ignored.
	Methods []string
	// ScopeRequired refuses an authorization without scopes.
	ScopeRequired bool
	// SoleRedirect allows an authorization without a redirect URI if the client has one.
	SoleRedirect bool
	// Installed accepts every loopback URI for a client that has registered one without a
	// port and a path.
	Installed bool
	// OnPage shows every mistake of an authorization on a page. Otherwise those after the
	// check of the redirect URI are sent to it.
	OnPage bool
	// Refuses reports that a person cannot grant a scope. It may be nil.
	Refuses func(scope string) bool
	// Consents remembers what people have granted, and asks them for new scopes alone.
	Consents bool
	// Person returns the person with an address. It must not be called under a lock of
	// the Server.
	Person func(mail string) (seed.Person, bool)
}

// Server is the authorization server of one provider. It is safe for concurrent use.
type Server struct {
	rules Rules
	seed  *seed.Data
	own   seed.OAuth // of the state file

	mu       sync.Mutex
	asked    []*asked // sign-ins that wait for an answer, the oldest first
	codes    map[string]*code
	tokens   map[string]*issued
	sweepAt  int
	order    int64
	grants   int64
	consents map[consent][]string
	spent    map[string]bool
	seen     map[string]time.Time // ids of assertions, with their ends
}

// New returns the server of a provider with the seed data d.
func New(d *seed.Data, rules Rules) *Server {
	s := &Server{
		rules: rules, seed: d, own: d.OAuth[rules.Provider], sweepAt: 1000,
		codes: map[string]*code{}, tokens: map[string]*issued{}, consents: map[consent][]string{},
		spent: map[string]bool{}, seen: map[string]time.Time{},
	}
	s.load()
	if d.SignIn == nil {
		d.SignIn = map[string]func() (seed.OAuth, error){}
	}
	d.SignIn[rules.Provider] = s.Dump
	return s
}

// Named reports whether the state names the clients.
func (s *Server) Named() bool { return len(s.own.Clients) > 0 }

// ServiceAccounts returns the service accounts of the state.
func (s *Server) ServiceAccounts() []seed.ServiceAccount { return s.own.ServiceAccounts }

// Client returns the client with an id and a secret. If the state names none, any id is
// accepted with any secret.
func (s *Server) Client(id, secret string) (*seed.Client, *Error) {
	c, err := s.known(id)
	if err == nil && c.Secret != "" && c.Secret != secret {
		return nil, &Error{Status: http.StatusUnauthorized, Code: "invalid_client", Description: "The client secret is wrong."}
	}
	return c, err
}

func (s *Server) known(id string) (*seed.Client, *Error) {
	if i := slices.IndexFunc(s.own.Clients, func(c seed.Client) bool { return c.ID == id }); i >= 0 {
		return &s.own.Clients[i], nil
	}
	switch {
	case id == "":
		return nil, &Error{Status: http.StatusUnauthorized, Code: "invalid_client", Description: "The client id is missing."}
	case s.Named():
		return nil, &Error{Status: http.StatusUnauthorized, Code: "invalid_client", Description: "There is no client with this id."}
	}
	return &seed.Client{ID: id}, nil
}

// Form returns the parameters of a request to the token endpoint: those of its body, each at
// most once, and the client's id and secret also from the Authorization header.
func Form(w http.ResponseWriter, r *http.Request) (map[string]string, *Error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, &Error{Status: http.StatusMethodNotAllowed, Code: "invalid_request", Description: "The method must be POST."}
	}
	if media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(media), "application/x-www-form-urlencoded") {
		return nil, &Error{Status: http.StatusUnsupportedMediaType, Code: "invalid_request", Description: "The body must be a form."}
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return nil, InvalidRequest("The form cannot be read.")
	}
	form := map[string]string{}
	for name, values := range r.PostForm {
		if len(values) > 1 {
			return nil, InvalidRequest("A parameter is there twice.")
		}
		form[name] = values[0]
	}
	if id, secret, ok := r.BasicAuth(); ok {
		if form["client_secret"] != "" {
			return nil, InvalidRequest("The client secret is in the header and in the body.")
		}
		form["client_id"], form["client_secret"] = unescape(id), unescape(secret)
	}
	return form, nil
}

const maxForm = 64 << 10 // bytes

// Date sets the header Date to the emulator's time, by which clients correct their clocks.
func Date(w http.ResponseWriter, now time.Time) {
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	w.Header().Set("Cache-Control", "no-store")
}

// NotAllowed reports whether a request's method is none of those allowed, and notes it.
func NotAllowed(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	if slices.Contains(methods, r.Method) {
		return false
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	httpapi.Note(r, "", "the method is not allowed here")
	return true
}

// Parameter returns a parameter of the form or of the query, "" without one.
func Parameter(w http.ResponseWriter, r *http.Request, name string) string {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return ""
	}
	return r.Form.Get(name)
}

// Own returns the URL of a path of the emulator as a request names it.
func Own(r *http.Request, path string) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + path
}
