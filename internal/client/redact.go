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

// redacted replaces a credential of the client.
const redacted = "[redacted]"

// redactor returns a redactor of all credentials of the call so far: servers and proxies
// may quote the request. It is made for errors, hooks and logs only, never for a plain
// success.
func (p *prepared) redactor() *redact.Redactor {
	mark := redacted
	if p.call.Secrets != nil {
		mark = config.Secret("").String()
	}
	return redact.New(mark, p.credentials()...)
}

// credentials returns the credentials of the arguments, the options, the token source and
// the requests so far.
func (p *prepared) credentials() []string {
	all := slices.Concat(p.call.Secrets, p.sent, p.secretParams(), p.cfg.Tokens.Given())
	if secrets := p.client.api.Secrets; secrets != nil {
		all = append(all, secrets(p.cfg)...)
	}
	for name, values := range p.cfg.Header {
		if redact.SecretHeader(name) {
			all = append(all, values...)
		}
	}
	return all
}

// checkCursorSecrets refuses a cursor that holds a credential of the call: page tokens hold
// cursors.
func (p *prepared) checkCursorSecrets(cursor string) error {
	const short = 8 // bytes of a credential that a cursor may hold by chance
	if len(cursor) <= short {
		return nil
	}
	for _, c := range p.credentials() {
		if len(c) > short && strings.Contains(cursor, c) {
			return errors.New("the cursor of the next page repeats a credential")
		}
	}
	return nil
}

// recordAttempt keeps the credentials of an attempt, and the query of the one before.
func (p *prepared) recordAttempt(token string, sent *url.URL) {
	if p.query != "" {
		p.sent = append(p.sent, p.secretParams()...)
		p.query = ""
	}
	if len(p.client.api.SecretParams) > 0 {
		p.query = sent.RawQuery
	}
	if token != "" && !slices.Contains(p.sent, token) {
		p.sent = append(p.sent, token)
	}
}

// secretParams returns the credentials in the query of the last attempt.
func (p *prepared) secretParams() []string {
	if p.query == "" {
		return nil
	}
	q, _ := url.ParseQuery(p.query)
	var all []string
	for _, name := range p.client.api.SecretParams {
		all = append(all, q[name]...)
	}
	return all
}

// maxErrorBody is the largest part of an answer that an error keeps.
const maxErrorBody = 64 << 10

// redactError removes credentials from the fields of e and from the errors below it, and
// returns e. own marks an e.Err in words of this module.
func (p *prepared) redactError(e *memberships.Error, own bool) *memberships.Error {
	r := p.redactor()
	if e.Body != nil { // the margin completes a credential across the end
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

// invalid returns an error about the arguments of the call.
func (p *prepared) invalid(err error) *memberships.Error {
	return p.redactError(invalid(p.client.api.Name, p.call.Name, err), true)
}
