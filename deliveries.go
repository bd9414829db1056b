package memberships

import (
	"context"
	"time"
)

// Deliveries reads the requests that one provider sends to a URL of yours, such as those
// of webhooks. The function Deliveries of a wrapper makes one of a secret, and the Handler
// of package events serves it. All methods are safe for concurrent use.
type Deliveries interface {
	// Provider returns the provider's name, such as "webex".
	Provider() string
	// Check returns an error if the secret cannot verify anything, for example because it
	// is empty. Open then fails with the same error.
	Check() error
	// Open verifies one request and returns its events. headers are those of the request;
	// their names may have any case. body is the body as it came, and now the time of its
	// arrival.
	//
	// The kind of the *Error is ErrUnauthenticated for a request that the provider did not
	// sign, or signed too long ago; ErrMalformed for a signed body that makes no sense; and
	// ErrUnavailable if the verification needs something that cannot be had now. No error
	// holds a value of the request or the secret.
	Open(ctx context.Context, headers map[string][]string, body []byte, now time.Time) (Delivery, error)
}

// Delivery is one verified request of a provider.
type Delivery struct {
	// ID identifies the delivery: repetitions have the same ID.
	ID string
	// Series is empty if ID is unique for all time. Otherwise the ID returns when its subject
	// returns to an earlier state, as where a role changes twice: a delivery is then a
	// repetition only if the one before it in the same Series had the same ID.
	Series string
	// Events are the events in their order. There may be none.
	Events []Event
}
