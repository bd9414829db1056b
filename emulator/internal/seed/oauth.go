package seed

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"maps"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// OAuth is the section of one provider in the section oauth of a state file: the state of its
// authorization server.
type OAuth struct {
	// Clients are the registered apps. Without any, every client id and secret is accepted.
	Clients []Client `json:"clients,omitempty"`
	// ServiceAccounts are those of Google. Without any, every assertion of the right form
	// is accepted.
	ServiceAccounts []ServiceAccount `json:"service_accounts,omitempty"`
	// Tokens are the tokens that have been issued.
	Tokens []Token `json:"tokens,omitempty"`
	// Consents are the scopes that people have granted to Google's clients.
	Consents []Consent `json:"consents,omitempty"`
	// Spent has the SHA-256 of used or revoked credentials that were not issued here.
	Spent []string `json:"spent,omitempty"`
}

// Client is a registered app.
type Client struct {
	ID string `json:"id"`
	// Secret is checked if there is one.
	Secret       string   `json:"secret,omitempty"`
	RedirectURIs []string `json:"redirect_uris,omitempty"`
	// Scopes bounds the scopes of the app; an empty list permits any.
	Scopes []string `json:"scopes,omitempty"`
	// Keys verify the assertions of a Box app. Enterprise and Subjects are the only ones
	// that it may act as; none means any.
	Keys       []Key    `json:"keys,omitempty"`
	Enterprise string   `json:"enterprise,omitempty"`
	Subjects   []string `json:"subjects,omitempty"`
}

// Key is a public key and its id.
type Key struct {
	ID string `json:"id"`
	// PublicKey is the key in PEM.
	PublicKey string `json:"public_key"`
	// RSA is the parsed key.
	RSA *rsa.PublicKey `json:"-"`
}

// ServiceAccount is an account of Google that signs assertions.
type ServiceAccount struct {
	Email string `json:"email"`
	Keys  []Key  `json:"keys,omitempty"`
	// Approved are the scopes that an administrator has granted to the app; nil means any.
	Approved []string `json:"approved,omitempty"`
	// Delegation is nil for an account without domain-wide delegation.
	Delegation *Delegation `json:"delegation,omitempty"`
}

// Delegation has the scopes and the people of a domain-wide delegation. No people means
// any.
type Delegation struct {
	Scopes   []string `json:"scopes,omitempty"`
	Subjects []string `json:"subjects,omitempty"`
}

// Kinds of tokens.
const (
	KindAccess  = "access"
	KindRefresh = "refresh"
)

// Token is an access token or a refresh token.
type Token struct {
	Token  string `json:"token"`
	Kind   string `json:"kind"`
	Client string `json:"client,omitempty"`
	// Email is the address of the person that the token acts as, "" for the first one.
	Email  string   `json:"email,omitempty"`
	App    bool     `json:"app,omitempty"`
	Scopes []string `json:"scopes,omitempty"`
	// Unapproved are the scopes among Scopes that no administrator has approved.
	Unapproved []string `json:"unapproved,omitempty"`
	// Until is the time of the end in RFC 3339, "" for none. Ends is that time.
	Until string    `json:"until,omitempty"`
	Ends  time.Time `json:"-"`
	// Grant is the same number for the tokens that are revoked together, 0 for none.
	Grant int64 `json:"grant,omitempty"`
}

// Consent has the scopes that a person has granted to a client.
type Consent struct {
	Client string   `json:"client"`
	Email  string   `json:"email"`
	Scopes []string `json:"scopes"`
}

// signingIn are the providers that have an authorization server.
var signingIn = []string{"box", "googlechat", "webex"}

// Values of the key authorize.
const (
	authorizePage = "page"
	authorizeAuto = "auto"
)

// oauth validates the sections authorize and oauth.
func (p *stateParser) oauth(s *stateFile, d *Data, byMail map[string]Person) error {
	if s.Authorize != "" && s.Authorize != authorizePage && s.Authorize != authorizeAuto {
		return p.fail("$.authorize", "expected page or auto, found %q", s.Authorize)
	}
	d.AutoApprove = s.Authorize == authorizeAuto
	d.OAuth = map[string]OAuth{}
	for _, provider := range slices.Sorted(maps.Keys(s.OAuth)) {
		at, o := "$.oauth."+provider, s.OAuth[provider]
		if !slices.Contains(signingIn, provider) {
			return p.fail(at, "expected one of %s", strings.Join(signingIn, ", "))
		}
		if provider != "googlechat" && o.ServiceAccounts != nil {
			return p.fail(at+".service_accounts", "service accounts are for googlechat")
		}
		seen := map[string]bool{}
		for i := range o.Clients {
			c, at := &o.Clients[i], itemOf(at+".clients", i)
			if seen[c.ID] {
				return p.fail(at+".id", "the client is there twice")
			}
			seen[c.ID] = true
			if err := p.client(at, provider, c, byMail); err != nil {
				return err
			}
		}
		for i := range o.ServiceAccounts {
			if err := p.serviceAccount(itemOf(at+".service_accounts", i), &o.ServiceAccounts[i], byMail); err != nil {
				return err
			}
		}
		issued := map[string]bool{}
		for i := range o.Tokens {
			t, at := &o.Tokens[i], itemOf(at+".tokens", i)
			if issued[t.Token] {
				return p.fail(at+".token", "the token is there twice")
			}
			issued[t.Token] = true
			if err := p.token(at, provider, t); err != nil {
				return err
			}
		}
		for i, c := range o.Consents {
			if at := itemOf(at+".consents", i); c.Client == "" || !isAddress(c.Email) {
				return p.fail(at, "expected a client and the e-mail address of a person")
			}
		}
		d.OAuth[provider] = o
	}
	return nil
}

func (p *stateParser) client(at, provider string, c *Client, byMail map[string]Person) error {
	if c.ID == "" {
		return p.fail(at, "expected an id")
	}
	for i, text := range c.RedirectURIs {
		if _, err := RedirectURI(text); err != nil {
			return p.fail(itemOf(at+".redirect_uris", i), "%w", err)
		}
	}
	if err := p.scopes(at+".scopes", c.Scopes); err != nil {
		return err
	}
	for name, set := range map[string]bool{"keys": c.Keys != nil, "enterprise": c.Enterprise != "", "subjects": c.Subjects != nil} {
		if set && provider != "box" {
			return p.fail(at+"."+name, "%s is for box, found in %s", name, provider)
		}
	}
	if err := p.keys(at, c.Keys); err != nil {
		return err
	}
	return p.subjects(at+".subjects", c.Subjects, byMail)
}

func (p *stateParser) serviceAccount(at string, a *ServiceAccount, byMail map[string]Person) error {
	if !isAddress(a.Email) {
		return p.fail(at+".email", "expected the e-mail address of the service account, found %q", a.Email)
	}
	if err := p.keys(at, a.Keys); err != nil {
		return err
	}
	if err := p.scopes(at+".approved", a.Approved); err != nil {
		return err
	}
	if a.Delegation == nil {
		return nil
	}
	if err := p.scopes(at+".delegation.scopes", a.Delegation.Scopes); err != nil {
		return err
	}
	return p.subjects(at+".delegation.subjects", a.Delegation.Subjects, byMail)
}

func (p *stateParser) token(at, provider string, t *Token) (err error) {
	switch {
	case t.Token == "":
		return p.fail(at, "expected a token")
	case t.Kind != KindAccess && t.Kind != KindRefresh:
		return p.fail(at+".kind", "expected access or refresh, found %q", t.Kind)
	case t.Email != "" && !isAddress(t.Email):
		return p.fail(at+".email", "expected an e-mail address, found %q", t.Email)
	case t.App && provider != "googlechat":
		return p.fail(at+".app", "app is for googlechat, found in %s", provider)
	}
	if t.Until != "" {
		if t.Ends, err = time.Parse(time.RFC3339Nano, t.Until); err != nil {
			return p.fail(at+".until", "expected a time such as 2026-01-05T09:00:00Z, found %q", t.Until)
		}
	}
	return p.scopes(at+".scopes", t.Scopes)
}

// scopes validates a list of scopes, which requests separate by spaces.
func (p *stateParser) scopes(at string, scopes []string) error {
	for i, s := range scopes {
		if s == "" || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			return p.fail(itemOf(at, i), "expected one scope, found %q", s)
		}
	}
	return nil
}

func (p *stateParser) subjects(at string, mails []string, byMail map[string]Person) error {
	for i, m := range mails {
		if _, ok := byMail[strings.ToLower(m)]; !ok {
			return p.fail(itemOf(at, i), "expected the address of one of the people, found %q", m)
		}
	}
	return nil
}

// keys parses public keys. An error quotes none of them.
func (p *stateParser) keys(at string, keys []Key) error {
	for i := range keys {
		k, at := &keys[i], itemOf(at+".keys", i)
		if k.ID == "" {
			return p.fail(at, "expected the id of the key")
		}
		var err error
		if k.RSA, err = publicKey(k.PublicKey); err != nil {
			return p.fail(at+".public_key", "%w", err)
		}
	}
	return nil
}

// publicKey parses an RSA public key in PEM: of PKIX, of PKCS #1 or of a certificate.
func publicKey(text string) (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("expected an RSA public key in PEM")
	}
	var key any
	var err error
	switch block.Type {
	case "PUBLIC KEY":
		key, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		key, err = x509.ParsePKCS1PublicKey(block.Bytes)
	case "CERTIFICATE":
		var c *x509.Certificate
		if c, err = x509.ParseCertificate(block.Bytes); err == nil {
			key = c.PublicKey
		}
	case "PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY":
		return nil, errors.New("expected the public key, found a private key: it belongs in no state file")
	}
	public, ok := key.(*rsa.PublicKey)
	if err != nil || !ok {
		return nil, errors.New("expected an RSA public key in PEM")
	}
	return public, nil
}

// RedirectURI parses a redirect URI: an absolute URL of http or https without user and
// fragment.
func RedirectURI(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.Contains(text, "#") {
		return nil, errors.New("expected an http or https URL without a user and a fragment")
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"'<>\;,`, r) }) {
		return nil, errors.New("expected a URL whose other characters are percent-encoded")
	}
	return u, nil
}

func isAddress(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text
}

// dumped returns o with the times of its tokens as text.
func (o OAuth) dumped() OAuth {
	o.Tokens = slices.Clone(o.Tokens)
	for i := range o.Tokens {
		if t := &o.Tokens[i]; !t.Ends.IsZero() {
			t.Until = t.Ends.UTC().Format(time.RFC3339Nano)
		}
	}
	return o
}

// empty reports whether o has nothing to dump.
func (o *OAuth) empty() bool {
	return len(o.Clients)+len(o.ServiceAccounts)+len(o.Tokens)+len(o.Consents)+len(o.Spent) == 0
}

// oauthFile adds the sections authorize and oauth to a state file.
func (d *Data) oauthFile(f *stateFile) {
	if d.AutoApprove {
		f.Authorize = authorizeAuto
	}
	f.OAuth = map[string]OAuth{}
	for provider, o := range d.OAuth {
		if !o.empty() {
			f.OAuth[provider] = o.dumped()
		}
	}
}
