package client

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/redact"
)

// redacted stands where a credential of the client was.
const redacted = "[redacted]"

// redactor takes out of texts and errors all credentials of the call that are known so
// far: servers and proxies answer with the request. It is made where something leaves that
// may repeat one, and never on the way of a success without a hook or a logger.
func (p *prepared) redactor() *redact.Redactor {
	mark := redacted
	if p.call.Secrets != nil {
		mark = config.Secret("").String()
	}
	return redact.New(mark, p.credentials()...)
}

// credentials are those of the arguments and options, of the tokens' source, and of the
// requests that were sent.
func (p *prepared) credentials() []string {
	all := slices.Concat(p.call.Secrets, p.sent, p.sealed(), p.cfg.Tokens.Given())
	if secrets := p.client.api.Secrets; secrets != nil {
		all = append(all, secrets(p.cfg)...)
	}
	for name, values := range p.cfg.Header {
		if secretHeader(name) {
			all = append(all, values...)
		}
	}
	return all
}

// secretHeader tells the names of headers that are there for a credential.
func secretHeader(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"authorization", "cookie", "token", "secret", "password", "signature", "api-key", "apikey"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// checkRepeats refuses a cursor with a credential of the call in it, as page tokens hold
// cursors. No provider's cursor is like that.
func (p *prepared) checkRepeats(cursor string) error {
	const short = 8 // bytes of a credential that a cursor may hold by chance
	for _, c := range p.credentials() {
		if len(c) > short && strings.Contains(cursor, c) {
			return errors.New("the cursor of the next page repeats a credential")
		}
	}
	return nil
}

// noteAttempt keeps what the next attempt replaces, and what this one was sent with.
func (p *prepared) noteAttempt(token string, sent *url.URL) {
	if p.query != "" {
		p.sent = append(p.sent, p.sealed()...)
		p.query = ""
	}
	if len(p.client.api.Sealed) > 0 {
		p.query = sent.RawQuery
	}
	if token != "" && !slices.Contains(p.sent, token) {
		p.sent = append(p.sent, token)
	}
}

// sealed are the credentials in the query of the last attempt.
func (p *prepared) sealed() []string {
	if p.query == "" {
		return nil
	}
	q, _ := url.ParseQuery(p.query)
	var all []string
	for _, name := range p.client.api.Sealed {
		all = append(all, q[name]...)
	}
	return all
}

// maxErrorBody is how much of an answer an error keeps.
const maxErrorBody = 64 << 10

// leave makes an error fit to leave the module: no field of it, and nothing below it,
// shows a credential. own says that e.Err is in words of this module.
func (p *prepared) leave(e *memberships.Error, own bool) *memberships.Error {
	r := p.redactor()
	if e.Body != nil { // a little more than is kept, for a credential that stands across the end
		e.Body = slices.Clone(e.Body[:min(len(e.Body), maxErrorBody+maxErrorBody/4)])
	}
	cause := e.Err
	if own {
		e.Err = nil
	}
	r.Fields(e)
	if own {
		e.Err = r.Own().Error(cause)
	}
	e.Body = e.Body[:min(len(e.Body), maxErrorBody)]
	e.Code, e.Message, e.RequestID = oneLine(e.Code), oneLine(e.Message), oneLine(e.RequestID)
	return e
}

// invalid is an error about the arguments of the call.
func (p *prepared) invalid(err error) *memberships.Error {
	return p.leave(invalid(p.client.api.Name, p.call.Name, err), true)
}
