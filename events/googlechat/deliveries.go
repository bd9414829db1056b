package googlechat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/delivery"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

const (
	provider = "googlechat"
	op       = "Deliveries"
)

// ChatAccount is the account that signs the requests of Google Chat to an app.
const ChatAccount = "chat@system.gserviceaccount.com"

// The addresses of Google's public keys.
const (
	// KeysURL has the keys of the tokens of service accounts.
	KeysURL = "https://www.googleapis.com/oauth2/v3/certs"
	// ChatKeysURL has the keys of ChatAccount.
	ChatKeysURL = "https://www.googleapis.com/service_accounts/v1/metadata/x509/" + ChatAccount
)

// Deliveries reads the push requests of a Pub/Sub subscription with authentication.
// audience is that of the subscription, by default the URL that it pushes to;
// serviceAccount is the address of the service account that it pushes as. With the option
// WithApp it reads the requests to a Chat app as well, or these alone if both texts are
// empty.
//
// A request is refused unless its one Authorization header has a token that Google signed
// with RS256 for this audience and account, and that is valid now, with a tolerance of 30
// seconds. The keys are fetched at the first request, kept for the time that Google states,
// from a minute to a day, and fetched again for an unknown key, once a minute at most.
// Without the keys Open fails with memberships.ErrUnavailable and accepts nothing.
//
// The events are those of googlechat.ReadPush and googlechat.ReadInteraction. A repeated
// request has the same ID, and an old one verifies until its token expires, after an hour.
func Deliveries(audience, serviceAccount string, opts ...Option) memberships.Deliveries {
	s := settings{keysURL: KeysURL, chatKeysURL: ChatKeysURL}
	for _, o := range opts {
		if o.apply == nil {
			return &deliveries{fault: errors.New("an option is empty")}
		}
		if err := o.apply(&s); err != nil {
			return &deliveries{fault: err}
		}
	}
	d := &deliveries{keys: newKeySet(s.keysURL, s.client)}
	if audience != "" || serviceAccount != "" || s.app == "" {
		d.push = &expected{keys: d.keys, issuer: googleIssuer, audience: audience, account: serviceAccount}
		d.fault = d.push.check()
	}
	switch {
	case s.app == "":
	case isNumber(s.app):
		d.app = &expected{keys: newKeySet(s.chatKeysURL, s.client), issuer: ChatAccount, audience: s.app}
	default:
		d.app = &expected{keys: d.keys, issuer: googleIssuer, audience: s.app, account: ChatAccount}
	}
	return d
}

func init() {
	delivery.GoogleChat = func(audience, serviceAccount, app, keysURL string) memberships.Deliveries {
		var opts []Option
		if app != "" {
			opts = append(opts, WithApp(app))
		}
		if keysURL != "" {
			opts = append(opts, WithKeysURL(keysURL))
		}
		return Deliveries(audience, serviceAccount, opts...)
	}
}

// Option changes the verification.
type Option struct{ apply func(*settings) error }

type settings struct {
	keysURL, chatKeysURL, app string
	client                    *http.Client
}

// WithApp accepts the requests of Google Chat to the HTTP endpoint of an app as well.
// audience is the authentication audience in the app's configuration: the number of the
// project, or the URL of the endpoint.
func WithApp(audience string) Option {
	return Option{func(s *settings) error {
		if audience == "" || !isNumber(audience) && !isURL(audience) {
			return errors.New("WithApp: the audience is neither the number of a project nor a URL")
		}
		s.app = audience
		return nil
	}}
}

// WithKeysURL replaces KeysURL and ChatKeysURL, for an emulator. The answer is a JSON Web Key
// Set or an object of certificates by key id. Keys from elsewhere than Google make other
// tokens valid.
func WithKeysURL(address string) Option {
	return Option{func(s *settings) error {
		if !isURL(address) {
			return errors.New("WithKeysURL: not an http or https URL")
		}
		s.keysURL, s.chatKeysURL = address, address
		return nil
	}}
}

// WithHTTPClient fetches the keys through the transport of hc, with its timeout or ten
// seconds. No redirect is followed.
func WithHTTPClient(hc *http.Client) Option {
	return Option{func(s *settings) error {
		if hc == nil {
			return errors.New("WithHTTPClient: the client is nil")
		}
		s.client = hc
		return nil
	}}
}

func isURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && u.Fragment == ""
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// deliveries is a memberships.Deliveries.
type deliveries struct {
	fault error
	keys  *keySet
	// push and app are the tokens of Pub/Sub and of Google Chat, nil if they are refused.
	push, app *expected
}

// Provider implements memberships.Deliveries.
func (*deliveries) Provider() string { return provider }

// Check implements memberships.Deliveries.
func (d *deliveries) Check() error {
	if d.fault != nil {
		return fail(memberships.ErrInvalidArgument, d.fault)
	}
	return nil
}

func fail(kind, err error) error {
	return &memberships.Error{Provider: provider, Op: op, Kind: kind, Err: err}
}

// Open implements memberships.Deliveries.
func (d *deliveries) Open(ctx context.Context, headers map[string][]string, body []byte, now time.Time) (memberships.Delivery, error) {
	if err := d.Check(); err != nil {
		return memberships.Delivery{}, err
	}
	if len(body) > delivery.MaxBody {
		return memberships.Delivery{}, fail(memberships.ErrTooLarge, fmt.Errorf("the body has more than %d bytes", delivery.MaxBody))
	}
	read, err := d.verify(ctx, delivery.Request{Headers: headers, Body: body, Now: now})
	if err != nil {
		kind := memberships.ErrUnauthenticated
		if missing := (*missingKeysError)(nil); errors.As(err, &missing) {
			kind = memberships.ErrUnavailable
		}
		return memberships.Delivery{}, fail(kind, err)
	}
	return read(body)
}

// verify returns the reader for the body of a verified request. The sender of a token can
// send its own kind of body alone.
func (d *deliveries) verify(ctx context.Context, r delivery.Request) (read func([]byte) (memberships.Delivery, error), err error) {
	header, err := r.Need("Authorization")
	if err != nil {
		return nil, err
	}
	const scheme = "Bearer "
	if len(header) < len(scheme) || !strings.EqualFold(header[:len(scheme)], scheme) {
		return nil, errors.New("the authorization is not a bearer token")
	}
	t, err := parseToken(header[len(scheme):])
	if err != nil {
		return nil, err
	}
	if d.app != nil && d.app.claims(t) {
		return googlechat.ReadInteraction, d.app.verify(ctx, t, r.Now)
	}
	if d.push != nil {
		return googlechat.ReadPush, d.push.verify(ctx, t, r.Now)
	}
	return nil, errors.New("the token is for another audience or of another account")
}
