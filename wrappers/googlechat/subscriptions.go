package googlechat

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/googlechat"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// Subscription delivers events to a Pub/Sub topic until it expires.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.Subscription].
type Subscription = gen.Subscription

// SubscriptionState is the state of a subscription, such as [SubscriptionActive].
// Its values are in [github.com/memberships-go/memberships/generated/googlechat.SubscriptionState].
type SubscriptionState = gen.SubscriptionState

// SuspensionReason is the cause of a suspension.
// Its values are in [github.com/memberships-go/memberships/generated/googlechat.SuspensionReason].
type SuspensionReason = gen.SuspensionReason

// PayloadOptions selects the content of delivered events.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.PayloadOptions].
type PayloadOptions = gen.PayloadOptions

// NotificationEndpoint is the topic of a subscription.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.NotificationEndpoint].
type NotificationEndpoint = gen.NotificationEndpoint

// The known states of subscriptions. Other values pass through.
const (
	SubscriptionActive    = gen.SubscriptionStateActive
	SubscriptionSuspended = gen.SubscriptionStateSuspended
	SubscriptionDeleted   = gen.SubscriptionStateDeleted
)

// ListSubscriptionsParams selects subscriptions; see [SubscriptionFilter].
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.ListSubscriptionsParams].
type ListSubscriptionsParams = gen.ListSubscriptionsParams

// CreateSubscriptionRequest describes a new subscription; see [SpaceTarget].
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.CreateSubscriptionRequest].
type CreateSubscriptionRequest = gen.CreateSubscriptionRequest

// UpdateSubscriptionRequest has a new life, in TTL or ExpireTime, or new event types. With an
// Etag that is not the subscription's, Update fails with memberships.ErrConflict.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.UpdateSubscriptionRequest].
type UpdateSubscriptionRequest = gen.UpdateSubscriptionRequest

// UpdateSubscriptionParams selects the changed fields, by default the ones that are set.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.UpdateSubscriptionParams].
type UpdateSubscriptionParams = gen.UpdateSubscriptionParams

// DeleteSubscriptionParams has the conditions of a deletion.
// Its fields are in [github.com/memberships-go/memberships/generated/googlechat.DeleteSubscriptionParams].
type DeleteSubscriptionParams = gen.DeleteSubscriptionParams

// LongestTTL is the TTL of the longest possible life: seven days without the resource in the
// events, and hours with it.
const LongestTTL = "0s"

// SpaceTarget returns the target resource of a space, given by name or id. The space "-"
// stands for all spaces of the user.
func SpaceTarget(space string) string { return "//chat.googleapis.com/" + spaceName(space) }

// SubscriptionsService reads and changes the subscriptions of the Google Workspace Events
// API.
type SubscriptionsService struct{ c *client.Client }

func subscriptionKey(s *Subscription) string { return s.Name }

// maxSubscriptions is the documented maximum of a page.
const maxSubscriptions = 100

// List yields the caller's subscriptions that match p.Filter, in no documented order, and
// without a Filter the ones with an event type about memberships.
// Google Workspace Events: GET /subscriptions.
func (s *SubscriptionsService) List(ctx context.Context, p ListSubscriptionsParams, opts ...option.Option) iter.Seq2[*Subscription, error] {
	return listSubscriptions(s, p, opts).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *SubscriptionsService) ListPage(ctx context.Context, p ListSubscriptionsParams, token string, opts ...option.Option) (*memberships.Page[*Subscription], error) {
	return listSubscriptions(s, p, opts).Page(ctx, token)
}

func listSubscriptions(s *SubscriptionsService, p ListSubscriptionsParams, opts []option.Option) *paging.List[Subscription] {
	if p.Filter == nil {
		p.Filter = membershipsOnly()
	}
	l := listing(client.Call{
		Name:     "Subscriptions.List",
		Endpoint: gen.ListSubscriptions(p),
		Opts:     opts,
	}, "subscriptions", func(p *gen.SubscriptionPage) page[Subscription] {
		return page[Subscription]{p.Subscriptions, p.NextPageToken, p.Error}
	}, subscriptionKey)
	l.MaxSize = maxSubscriptions
	return client.List(s.c, l)
}

// Get returns one subscription by name or id.
// Google Workspace Events: GET /subscriptions/{subscription}.
func (s *SubscriptionsService) Get(ctx context.Context, subscription string, opts ...option.Option) (*Subscription, error) {
	of := subscriptionOf(subscription)
	return client.One(ctx, s.c, client.Call{
		Name:     "Subscriptions.Get",
		Check:    of.check,
		Endpoint: gen.GetSubscription(of.id(0)),
		Opts:     opts,
	}, subscriptionKey)
}

// Create makes a subscription, waits for the end of Google's operation, and returns the
// subscription. A caller has one subscription for each target: for a second one it fails
// with memberships.ErrAlreadyExists. A repeat can undo another caller's change: see
// [option.WithoutRepeat]. Google Workspace Events: POST /subscriptions.
func (s *SubscriptionsService) Create(ctx context.Context, r CreateSubscriptionRequest, opts ...option.Option) (*Subscription, error) {
	const name = "Subscriptions.Create"
	o, err := client.Write(ctx, s.c, client.Call{
		Name:     name,
		Check:    func() error { return checkSubscription(r) },
		Endpoint: gen.CreateSubscription(r),
		Opts:     opts,
	}, operationKey, func(ctx context.Context) (*Operation, bool, error) { return s.find(ctx, r, opts) })
	return s.result(ctx, name, o, err, opts)
}

// find reads the subscription that a creation would have made, as the result of an operation.
func (s *SubscriptionsService) find(ctx context.Context, r CreateSubscriptionRequest, opts []option.Option) (*Operation, bool, error) {
	filter, err := SubscriptionFilter(r.TargetResource, r.EventTypes...)
	if err != nil {
		return nil, false, err
	}
	for sub, err := range s.List(ctx, ListSubscriptionsParams{Filter: &filter}, client.SearchOptions(opts)...) {
		if err != nil {
			return nil, false, err
		}
		if sub.TargetResource == r.TargetResource {
			same := sub.NotificationEndpoint == r.NotificationEndpoint && sub.PayloadOptions == r.PayloadOptions && sameTypes(sub.EventTypes, r.EventTypes)
			return &Operation{Done: true, Response: sub}, same, nil
		}
	}
	return nil, false, nil
}

// Update renews a subscription or changes its event types, waits for the end of Google's
// operation, and returns the subscription. With the TTL [LongestTTL] alone it renews the
// subscription for as long as possible. A repeat can undo another caller's change: see
// [option.WithoutRepeat]. Google Workspace Events: PATCH /subscriptions/{subscription}.
func (s *SubscriptionsService) Update(ctx context.Context, subscription string, r UpdateSubscriptionRequest, p UpdateSubscriptionParams, opts ...option.Option) (*Subscription, error) {
	const name = "Subscriptions.Update"
	of := subscriptionOf(subscription)
	p.UpdateMask = cmp.Or(p.UpdateMask, maskOf(r))
	confirm := func(ctx context.Context) (*Operation, bool, error) {
		sub, err := s.Get(ctx, subscription, opts...)
		return &Operation{Done: true, Response: sub}, err == nil && (r.EventTypes == nil || sameTypes(sub.EventTypes, r.EventTypes)) &&
			(r.ExpireTime.IsZero() || sub.ExpireTime.Equal(r.ExpireTime)), err
	}
	duplicate := client.Merged
	if r.Etag != "" { // another one after the change
		duplicate = client.Refused
	}
	if r.TTL != "" { // it counts from the arrival of the request, so that no reading shows it
		confirm = nil
	}
	o, err := client.Write(ctx, s.c, client.Call{
		Name: name,
		Check: func() error {
			switch {
			case of.err != nil:
				return of.err
			case p.UpdateMask == "":
				return errors.New("TTL, ExpireTime and EventTypes are all empty")
			case r.TTL != "" && !r.ExpireTime.IsZero():
				return errTwoEnds
			}
			return checkTTL(r.TTL)
		},
		Endpoint:  gen.UpdateSubscription(of.id(0), p, r),
		Opts:      opts,
		Duplicate: duplicate,
		Refusal:   memberships.ErrConflict,
	}, operationKey, confirm)
	return s.result(ctx, name, o, err, opts)
}

// Delete ends a subscription and waits for the end of Google's operation. option.WithDeleted
// returns the *Operation. Google Workspace Events: DELETE /subscriptions/{subscription}.
func (s *SubscriptionsService) Delete(ctx context.Context, subscription string, p DeleteSubscriptionParams, opts ...option.Option) error {
	const name = "Subscriptions.Delete"
	of := subscriptionOf(subscription)
	o, err := client.RemoveOne(ctx, s.c, client.Call{
		Name:     name,
		Check:    of.check,
		Endpoint: gen.DeleteSubscription(of.id(0), p),
		Opts:     opts,
	}, operationKey, func(ctx context.Context) (*Operation, bool, error) {
		sub, err := s.Get(ctx, subscription, opts...)
		if errors.Is(err, memberships.ErrNotFound) || err == nil && sub.State == SubscriptionDeleted {
			return &Operation{Done: true}, true, nil
		}
		return new(Operation), false, err
	})
	if err == nil {
		_, err = s.finish(ctx, name, o, opts)
	}
	return err
}

// Reactivate starts a suspended subscription again, waits for the end of Google's operation,
// and returns the subscription. The cause of the suspension must be gone. A repeat can undo
// another caller's change: see [option.WithoutRepeat]. Google Workspace Events: POST
// /subscriptions/{subscription}:reactivate.
func (s *SubscriptionsService) Reactivate(ctx context.Context, subscription string, opts ...option.Option) (*Subscription, error) {
	const name = "Subscriptions.Reactivate"
	of := subscriptionOf(subscription)
	o, err := client.Write(ctx, s.c, client.Call{
		Name:     name,
		Check:    of.check,
		Endpoint: gen.ReactivateSubscription(of.id(0), gen.ReactivateSubscriptionRequest{}),
		Opts:     opts,
	}, operationKey, func(ctx context.Context) (*Operation, bool, error) {
		sub, err := s.Get(ctx, subscription, opts...)
		return &Operation{Done: true, Response: sub}, err == nil && sub.State == SubscriptionActive, err
	})
	return s.result(ctx, name, o, err, opts)
}

var errTwoEnds = errors.New("TTL and ExpireTime are both set; a subscription has only one")

func checkSubscription(r CreateSubscriptionRequest) error {
	switch {
	case r.TargetResource == "":
		return errors.New("TargetResource is empty")
	case len(r.EventTypes) == 0:
		return errors.New("EventTypes is empty")
	case slices.Contains(r.EventTypes, ""):
		return errors.New("EventTypes holds an empty type")
	}
	if r.TTL != "" && !r.ExpireTime.IsZero() {
		return errTwoEnds
	}
	return cmp.Or(split("NotificationEndpoint.PubsubTopic", r.NotificationEndpoint.PubsubTopic, "projects/{project}/topics/{topic}").err, checkTTL(r.TTL))
}

// checkTTL refuses what is no number of seconds, such as "24h".
func checkTTL(ttl string) error {
	digits, ok := strings.CutSuffix(ttl, "s")
	if ttl == "" || ok && digits != "" && strings.Trim(digits, "0123456789") == "" {
		return nil
	}
	return errors.New("TTL is not a number of seconds such as 86400s")
}

// maskOf returns the names of the fields that a request has.
func maskOf(r UpdateSubscriptionRequest) string {
	var fields []string
	if r.TTL != "" {
		fields = append(fields, "ttl")
	}
	if !r.ExpireTime.IsZero() {
		fields = append(fields, "expireTime")
	}
	if r.EventTypes != nil {
		fields = append(fields, "eventTypes")
	}
	return strings.Join(fields, ",")
}

// sameTypes reports whether two lists have the same event types, in any order.
func sameTypes(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}
