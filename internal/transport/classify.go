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

// verdict is what one attempt means for the next.
type verdict int

const (
	done    verdict = iota // a success, or a failure that another attempt would meet again
	refused                // certainly not carried out, and worth another attempt
	unclear                // sent, and nobody can say what became of it
	expired                // the credentials were not taken
	broken                 // a success by its status whose content is not one
)

// judge says what an attempt means, and why a success is broken. It does not look at
// the caller's context.
func (r *Request) judge(resp *Response, err error, w *wire) (v verdict, why error) {
	switch {
	case err == nil:
		return r.judgeStatus(resp)
	case errors.Is(err, ErrBodyTooLarge):
		return broken, nil
	case isFinal(err) && !w.wrote.Load(): // a broken TLS record may follow a request too
		return done, nil
	case refusesCertificate(err) && !w.reused.Load() && !w.answered.Load():
		return done, nil
	case !r.Repeatable && movedOn(err):
		return unclear, nil
	case isRedirect(err):
		return done, nil
	case resp == nil && (w.neverSent(gaveUp(err)) || isDial(err)):
		return refused, nil
	}
	return unclear, nil
}

func (r *Request) judgeStatus(resp *Response) (v verdict, why error) {
	if r.Busy != nil && r.Busy(resp) {
		return refused, nil
	}
	switch s := resp.StatusCode; {
	case !r.Repeatable && (s < 200 || s >= 300 && s < 400): // which answers no write
		return unclear, nil
	case s == http.StatusUnauthorized:
		return expired, nil
	case s == http.StatusTooEarly, s == http.StatusTooManyRequests:
		return refused, nil
	case s == http.StatusRequestTimeout: // perhaps of a proxy that had passed the request on
		return unclear, nil
	case (s == http.StatusNotFound || s == http.StatusGone) && r.Absent != nil:
		if err := r.Absent(resp); err != nil {
			return broken, err
		}
	case s == http.StatusNotImplemented, s == http.StatusHTTPVersionNotSupported:
		return done, nil
	case s >= 500, s == 499: // CANCELLED, of Google, by somebody in between
		return unclear, nil
	case s >= 200 && s < 300 && r.Accept != nil:
		if err := r.Accept(resp); err != nil {
			return broken, err
		}
	}
	return done, nil
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
