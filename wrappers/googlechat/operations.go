package googlechat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/googlechat"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/option"
)

// Operation is the progress of a change to a subscription.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.Operation].
type Operation = gen.Operation

// OperationsService reads the operations of the Google Workspace Events API. The methods of
// SubscriptionsService wait for their operations by themselves.
type OperationsService struct{ c *client.Client }

// operationKey returns the name of an operation. An operation that has ended may lack one.
func operationKey(o *Operation) string {
	if o.Name == "" && o.Done && (o.Response != nil || o.Error != nil) {
		return "ended"
	}
	return o.Name
}

// Get returns one operation by its name. Google keeps an ended operation for a while.
// Google Workspace Events: GET /operations/{operation}.
func (s *OperationsService) Get(ctx context.Context, name string, opts ...option.Option) (*Operation, error) {
	of := operationOf(name)
	return client.One(ctx, s.c, client.Call{
		Name:     "Operations.Get",
		Check:    of.check,
		Endpoint: gen.GetOperation(of.id(0)),
		Opts:     opts,
	}, operationKey)
}

// Waits for an operation: the first one, the longest one, and all together.
const (
	firstWait   = 250 * time.Millisecond
	longestWait = 5 * time.Second
	mostWaiting = 2 * time.Minute
)

// result returns the subscription of a write's operation. err is the error of the write.
func (s *SubscriptionsService) result(ctx context.Context, call string, o *Operation, err error, opts []option.Option) (*Subscription, error) {
	if err != nil {
		return nil, err
	}
	if o, err = s.finish(ctx, call, o, opts); err != nil {
		return nil, err
	}
	if o.Response == nil || o.Response.Name == "" {
		return nil, api.Fail(memberships.Operation(call), memberships.ErrMalformed, "the operation has ended without a subscription")
	}
	return o.Response, nil
}

// finish waits until an operation has ended. Without an end in time, the outcome of the
// write is unknown.
func (s *SubscriptionsService) finish(ctx context.Context, call string, o *Operation, opts []option.Option) (*Operation, error) {
	unknown := func(err error) error {
		return &memberships.Error{Provider: api.Name, Op: call, Kind: memberships.ErrOutcomeUnknown, Err: fmt.Errorf("%s has not ended: %w", o.Name, err)}
	}
	operations := &OperationsService{s.c}
	end := time.Now().Add(mostWaiting)
	for wait := firstWait; !o.Done; wait = min(2*wait, longestWait) {
		if time.Now().After(end) {
			return nil, unknown(fmt.Errorf("it was read for %v", mostWaiting))
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, unknown(ctx.Err())
		}
		next, err := operations.Get(ctx, o.Name, opts...)
		if err != nil {
			return nil, unknown(errors.New(err.Error()))
		}
		o = next
	}
	if o.Error != nil {
		status := statuses[o.Error.Code]
		return nil, &memberships.Error{Provider: api.Name, Op: call, Kind: operationKind(status), Code: status, Message: o.Error.Message}
	}
	return o, nil
}

// statuses has the canonical codes by number. The errors of operations have numbers alone.
var statuses = map[int64]string{
	1: "CANCELLED", 2: "UNKNOWN", 3: "INVALID_ARGUMENT", 4: "DEADLINE_EXCEEDED", 5: "NOT_FOUND", 6: "ALREADY_EXISTS",
	7: "PERMISSION_DENIED", 8: "RESOURCE_EXHAUSTED", 9: "FAILED_PRECONDITION", 10: "ABORTED", 11: "OUT_OF_RANGE",
	12: "UNIMPLEMENTED", 13: "INTERNAL", 14: "UNAVAILABLE", 15: "DATA_LOSS", 16: "UNAUTHENTICATED",
}

// operationKind returns the kind of a canonical code.
func operationKind(status string) error {
	switch status {
	case "INVALID_ARGUMENT", "OUT_OF_RANGE":
		return memberships.ErrInvalidArgument
	case "NOT_FOUND":
		return memberships.ErrNotFound
	case "ALREADY_EXISTS":
		return memberships.ErrAlreadyExists
	case "PERMISSION_DENIED":
		return memberships.ErrPermissionDenied
	case "RESOURCE_EXHAUSTED":
		return memberships.ErrRateLimited
	case "FAILED_PRECONDITION", "ABORTED":
		return memberships.ErrConflict
	case "UNIMPLEMENTED":
		return memberships.ErrUnsupported
	case "UNAUTHENTICATED":
		return memberships.ErrUnauthenticated
	}
	return memberships.ErrUnavailable
}
