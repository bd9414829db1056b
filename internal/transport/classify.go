package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
)

// Class says what one attempt means for a retry.
type Class int

const (
	// Final is a success, or a failure that a retry would meet again.
	Final Class = iota
	// NotProcessed was certainly not carried out, and a retry may succeed.
	NotProcessed
	// Ambiguous was sent, and the result does not tell whether it was carried out.
	Ambiguous
	// Unauthenticated is an answer that does not accept the credentials.
	Unauthenticated
	// Malformed is a success by its status whose content is not one.
	Malformed
)

// classify returns the class of an attempt, and why a success is malformed. It does not
// look at the caller's context.
func (r *Request) classify(resp *Response, err error, w *wire) (Class, error) {
	switch {
	case err == nil:
		return r.classifyStatus(resp)
	case errors.Is(err, ErrBodyTooLarge):
		return Malformed, nil
	case isFinal(err) && !w.wrote.Load(): // a broken TLS record may follow a request too
		return Final, nil
	case refusesCertificate(err) && !w.reused.Load() && !w.answered.Load():
		return Final, nil
	case !r.Repeatable && movedOn(err):
		return Ambiguous, nil
	case isRedirect(err):
		return Final, nil
	case resp == nil && (w.neverSent(gaveUp(err)) || isDial(err)):
		return NotProcessed, nil
	}
	return Ambiguous, nil
}

func (r *Request) classifyStatus(resp *Response) (Class, error) {
	if r.Busy != nil && r.Busy(resp) {
		return NotProcessed, nil
	}
	switch s := resp.StatusCode; {
	case !r.Repeatable && (s < 200 || s >= 300 && s < 400): // which answers no write
		return Ambiguous, nil
	case s == http.StatusUnauthorized:
		return Unauthenticated, nil
	case s == http.StatusTooEarly, s == http.StatusTooManyRequests:
		return NotProcessed, nil
	case s == http.StatusRequestTimeout: // perhaps of a proxy that had passed the request on
		return Ambiguous, nil
	case (s == http.StatusNotFound || s == http.StatusGone) && r.Absent != nil:
		if err := r.Absent(resp); err != nil {
			return Malformed, err
		}
	case s == http.StatusNotImplemented, s == http.StatusHTTPVersionNotSupported:
		return Final, nil
	case s >= 500, s == 499: // CANCELLED, of Google, by somebody in between
		return Ambiguous, nil
	case s >= 200 && s < 300 && r.Accept != nil:
		if err := r.Accept(resp); err != nil {
			return Malformed, err
		}
	}
	return Final, nil
}

// isFinal tells failures that no repetition cures.
func isFinal(err error) bool {
	var auth *AuthorizeError
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &auth):
		return true
	case errors.As(err, &dns):
		return dns.IsNotFound
	case errors.As(err, &cert), errors.As(err, &record), errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		return true
	}
	// net/http has no types for these.
	for _, text := range []string{"server gave HTTP response to HTTPS client", "invalid header field", "unsupported protocol scheme", "requested interaction not found"} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

// refusesCertificate tells the alert of a server that does not take the client's
// certificate. In TLS 1.3 the client learns of it after its first request; the server has
// not finished the handshake, and has not read the request.
func refusesCertificate(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error" && strings.Contains(op.Err.Error(), "certificate")
}

// isDial tells failures to connect, for transports that do not report how far they got.
func isDial(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns)
}

// gaveUp tells attempts that ended because of their time.
func gaveUp(err error) bool {
	var timeout net.Error
	return errors.Is(err, ErrAttemptTimeout) || errors.Is(err, context.Canceled) || errors.As(err, &timeout) && timeout.Timeout()
}

func isRedirect(err error) bool {
	var redirect *RedirectError
	return errors.As(err, &redirect)
}

// movedOn tells redirects that a server may send after it has carried a write out. 307 and
// 308 ask for the request to be sent elsewhere.
func movedOn(err error) bool {
	var redirect *RedirectError
	return errors.As(err, &redirect) && redirect.StatusCode != http.StatusTemporaryRedirect && redirect.StatusCode != http.StatusPermanentRedirect
}
