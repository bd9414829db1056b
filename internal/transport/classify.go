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

// Class is the meaning of one attempt's result for a retry.
type Class int

const (
	// Final is a success, or a failure that a retry does not change.
	Final Class = iota
	// NotProcessed is a request that was certainly not carried out; a retry may succeed.
	NotProcessed
	// Ambiguous is a request that may have been carried out.
	Ambiguous
	// Unauthenticated is an answer that refuses the credentials.
	Unauthenticated
	// Malformed is an answer whose content contradicts its status.
	Malformed
)

// classify returns the class of an attempt and the error of a malformed answer. It ignores
// the caller's context.
func (r *Request) classify(resp *Response, err error, w *connTrace) (Class, error) {
	switch {
	case err == nil:
		return r.classifyStatus(resp)
	case errors.Is(err, ErrBodyTooLarge):
		return Malformed, nil
	case isFinal(err) && !w.wrote.Load(): // a broken TLS record may also follow a request
		return Final, nil
	case isCertificateAlert(err) && !w.reused.Load() && !w.answered.Load():
		return Final, nil
	case !r.Repeatable && mayFollowWrite(err):
		return Ambiguous, nil
	case isRedirect(err):
		return Final, nil
	case resp == nil && (w.neverSent(timedOut(err)) || isDial(err)):
		return NotProcessed, nil
	}
	return Ambiguous, nil
}

func (r *Request) classifyStatus(resp *Response) (Class, error) {
	if r.Busy != nil && r.Busy(resp) {
		return NotProcessed, nil
	}
	switch s := resp.StatusCode; {
	case !r.Repeatable && (s < 200 || s >= 300 && s < 400): // no answer to a write
		return Ambiguous, nil
	case s == http.StatusUnauthorized:
		return Unauthenticated, nil
	case s == http.StatusTooEarly, s == http.StatusTooManyRequests:
		return NotProcessed, nil
	case s == http.StatusRequestTimeout: // perhaps from a proxy that forwarded the request
		return Ambiguous, nil
	case (s == http.StatusNotFound || s == http.StatusGone) && r.Absent != nil:
		if err := r.Absent(resp); err != nil {
			return Malformed, err
		}
	case s == http.StatusNotImplemented, s == http.StatusHTTPVersionNotSupported:
		return Final, nil
	case s >= 500, s == 499: // Google's CANCELLED, also from a proxy
		return Ambiguous, nil
	case s >= 200 && s < 300 && r.Accept != nil:
		if err := r.Accept(resp); err != nil {
			return Malformed, err
		}
	}
	return Final, nil
}

// isFinal reports whether a retry cannot succeed after err.
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

// isCertificateAlert reports whether err is the alert of a server that refuses the client's
// certificate. In TLS 1.3 the alert follows the first request, which the server has not
// read: its handshake is not finished.
func isCertificateAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error" && strings.Contains(op.Err.Error(), "certificate")
}

// isDial reports whether err is a failure to connect, for transports without httptrace.
func isDial(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns)
}

// timedOut reports whether an attempt ended by its time limit or by cancellation.
func timedOut(err error) bool {
	var timeout net.Error
	return errors.Is(err, ErrAttemptTimeout) || errors.Is(err, context.Canceled) || errors.As(err, &timeout) && timeout.Timeout()
}

func isRedirect(err error) bool {
	var redirect *RedirectError
	return errors.As(err, &redirect)
}

// mayFollowWrite reports whether err is a redirect that may answer a write that was carried
// out. 307 and 308 are not: they ask for the request to be sent elsewhere.
func mayFollowWrite(err error) bool {
	var redirect *RedirectError
	return errors.As(err, &redirect) && redirect.StatusCode != http.StatusTemporaryRedirect && redirect.StatusCode != http.StatusPermanentRedirect
}
