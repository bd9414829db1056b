package googlechat

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/googlechat/server"
)

// The longest lives of subscriptions.
const (
	lifeOfNames     = 7 * 24 * time.Hour
	lifeOfResources = 4 * time.Hour
)

// reminders are the times before the end of a subscription at which Google reminds of it.
var reminders = []time.Duration{12 * time.Hour, time.Hour}

const (
	chatResource = "//chat.googleapis.com/"
	allSpaces    = chatResource + "spaces/-"
	userResource = "//cloudidentity.googleapis.com/users/"
)

// subscription is a subscription with its owner, who has at most one for each target.
type subscription struct {
	gen.Subscription
	owner    key
	version  int
	reminded int // the number of reminders so far
}

func (sub *subscription) resources() bool {
	return sub.PayloadOptions != nil && sub.PayloadOptions.IncludeResource != nil && *sub.PayloadOptions.IncludeResource
}

func (sub *subscription) life() time.Duration {
	if sub.resources() {
		return lifeOfResources
	}
	return lifeOfNames
}

// changed sets the fields that every change of a subscription sets.
func (sub *subscription) changed(now time.Time) {
	sub.version++
	sub.UpdateTime, sub.Etag = &now, httpapi.Ptr(strconv.Quote(fmt.Sprint(sub.version)))
}

// expires sets the end of a subscription.
func (sub *subscription) expires(at time.Time) {
	at = at.UTC()
	sub.ExpireTime, sub.reminded = &at, 0
	for sub.reminded < len(reminders) && sub.life() < reminders[sub.reminded] {
		sub.reminded++ // a short life has no reminder that early
	}
}

// covers reports whether a subscription delivers an event of a space.
func (s *server) covers(sub *subscription, sp *space, kind string) bool {
	if *sub.State != gen.SubscriptionStateActive || !slices.Contains(*sub.EventTypes, membershipEvents+kind) {
		return false
	}
	_, in := sp.members.Get(sub.owner)
	switch target := *sub.TargetResource; target {
	case chatResource + "spaces/" + sp.id:
		return true
	case allSpaces:
		return in && sp.is(gen.SpaceTypeSpace)
	}
	return false
}

// expireSubscriptions ends the subscriptions whose time has come, and delivers their
// reminders. It runs before every request.
func (s *server) expireSubscriptions() {
	now := s.now()
	s.subscriptions = slices.DeleteFunc(s.subscriptions, func(sub *subscription) bool {
		left := sub.ExpireTime.Sub(now)
		for sub.reminded < len(reminders) && left <= reminders[sub.reminded] {
			sub.reminded++
			if left > 0 && (sub.reminded == len(reminders) || left > reminders[sub.reminded]) {
				s.deliverLifecycle(sub, "expirationReminder", now)
			}
		}
		if left > 0 {
			return false
		}
		s.deliverLifecycle(sub, "expired", *sub.ExpireTime)
		return true
	})
}

// suspend suspends the subscriptions of an owner to a space, of any owner without one.
func (s *server) suspend(sp *space, owner *key, reason gen.SuspensionReason) {
	for _, sub := range s.subscriptions {
		if *sub.TargetResource == chatResource+"spaces/"+sp.id && *sub.State == gen.SubscriptionStateActive && (owner == nil || sub.owner == *owner) {
			sub.State, sub.SuspensionReason = httpapi.Ptr(gen.SubscriptionStateSuspended), &reason
			sub.changed(s.now())
			s.deliverLifecycle(sub, "suspended", s.now())
		}
	}
}

// ended returns the operation of a change, which ends at once.
func (s *server) ended(sub *gen.Subscription) gen.OperationJSONResponse {
	s.operated++
	o := gen.Operation{Name: fmt.Sprintf("operations/O%09d", s.operated), Done: httpapi.Ptr(true), Response: sub}
	s.operations[o.Name] = o
	delete(s.operations, fmt.Sprintf("operations/O%09d", s.operated-keptOperations))
	return gen.OperationJSONResponse(o)
}

// keptOperations is the number of operations that can be read.
const keptOperations = 1000

// owned returns the subscription of the caller with an id.
func (s *server) owned(ctx context.Context, id string) (*subscription, error) {
	for _, sub := range s.subscriptions {
		if sub.Name == "subscriptions/"+id && sub.owner == accessOf(ctx).caller {
			return sub, nil
		}
	}
	return nil, notFound()
}

// lifetime returns the end of a subscription with a ttl, by default the longest.
func lifetime(now time.Time, ttl *string, longest time.Duration) (time.Time, error) {
	if ttl == nil || *ttl == "" {
		return now.Add(longest), nil
	}
	d, err := time.ParseDuration(*ttl)
	switch {
	case err != nil || !strings.HasSuffix(*ttl, "s") || strings.ContainsAny(*ttl, "hmuµn") || d < 0:
		return now, failed(invalidArgument, "The ttl is not a number of seconds.")
	case d > longest:
		return now, failed(invalidArgument, "The ttl must not be longer than %ds.", int(longest.Seconds()))
	case d == 0:
		d = longest
	}
	return now.Add(d), nil
}

// ending returns an end that is given as a time.
func ending(now, at time.Time, longest time.Duration) (time.Time, error) {
	if !at.After(now) || at.Sub(now) > longest {
		return now, failed(invalidArgument, "The expireTime is not in the permitted future.")
	}
	return at, nil
}

func checkEventTypes(types []string) error {
	if len(types) == 0 {
		return failed(invalidArgument, "The event types are missing.")
	}
	for _, t := range types {
		if !eventTypes.MatchString(t) {
			return failed(invalidArgument, "There is no event type %s to subscribe to.", t)
		}
	}
	return nil
}

// target returns an error unless the caller may subscribe to a resource.
func (s *server) target(ctx context.Context, resource string) error {
	a := accessOf(ctx)
	if user, ok := strings.CutPrefix(resource, userResource); ok {
		if k, known := s.member(user); !known || k != a.caller || a.isApp() {
			return failed(permissionDenied, "A user subscribes to the user's own events only.")
		}
		return nil
	}
	id, ok := strings.CutPrefix(resource, chatResource+"spaces/")
	switch {
	case !ok || id == "" || strings.Contains(id, "/"):
		return failed(invalidArgument, "The target resource is not valid.")
	case resource == allSpaces && a.isApp():
		return failed(invalidArgument, "All spaces are a target with user authentication only.")
	case resource == allSpaces:
		return nil
	}
	_, _, err := s.open(ctx, id)
	return err
}

func (s *server) CreateSubscription(ctx context.Context, req gen.CreateSubscriptionRequestObject) (gen.CreateSubscriptionResponseObject, error) {
	a, b := accessOf(ctx), req.Body
	if err := checkEventTypes(b.EventTypes); err != nil {
		return nil, err
	}
	parts := strings.Split(b.NotificationEndpoint.PubsubTopic, "/")
	if len(parts) != 4 || parts[0] != "projects" || parts[2] != "topics" || parts[1] == "" || parts[3] == "" {
		return nil, failed(invalidArgument, "A topic's name must follow this format: projects/{project}/topics/{topic}.")
	}
	if err := s.target(ctx, b.TargetResource); err != nil {
		return nil, err
	}
	for _, sub := range s.subscriptions {
		if sub.owner == a.caller && *sub.TargetResource == b.TargetResource {
			return nil, failed(alreadyExists, "The target has a subscription already: %s.", sub.Name)
		}
	}
	now := s.now()
	s.subscribed++
	sub := &subscription{owner: a.caller, Subscription: gen.Subscription{
		Name: fmt.Sprintf("subscriptions/S%09d", s.subscribed), UID: httpapi.Ptr(fmt.Sprintf("uid-%09d", s.subscribed)),
		TargetResource: &b.TargetResource, EventTypes: &b.EventTypes, PayloadOptions: b.PayloadOptions, NotificationEndpoint: &b.NotificationEndpoint,
		State: httpapi.Ptr(gen.SubscriptionStateActive), CreateTime: &now,
	}}
	if a.isApp() {
		sub.ServiceAccountAuthority = httpapi.Ptr("projects/emulator/serviceAccounts/app")
		sub.Authority = sub.ServiceAccountAuthority
	} else {
		sub.UserAuthority = httpapi.Ptr("users/" + a.caller.id())
		sub.Authority = sub.UserAuthority
	}
	end, err := lifetime(now, b.TTL, sub.life())
	if b.ExpireTime != nil && err == nil {
		end, err = ending(now, *b.ExpireTime, sub.life())
	}
	if err != nil {
		return nil, err
	}
	sub.expires(end)
	sub.changed(now)
	s.subscriptions = append(s.subscriptions, sub)
	return gen.CreateSubscription200JSONResponse{OperationJSONResponse: s.ended(sub.answer())}, nil
}

// answer returns a copy of a subscription, which later changes leave alone.
func (sub *subscription) answer() *gen.Subscription {
	out := sub.Subscription
	return &out
}

func (s *server) GetSubscription(ctx context.Context, req gen.GetSubscriptionRequestObject) (gen.GetSubscriptionResponseObject, error) {
	sub, err := s.owned(ctx, req.Subscription)
	if err != nil {
		return nil, err
	}
	return gen.GetSubscription200JSONResponse(*sub.answer()), nil
}

func (s *server) ListSubscriptions(ctx context.Context, req gen.ListSubscriptionsRequestObject) (gen.ListSubscriptionsResponseObject, error) {
	f, err := parseEventFilter(req.Params.Filter, false)
	if err != nil {
		return nil, err
	}
	pg, err := pageOf(ctx, req.Params.PageSize, req.Params.PageToken)
	if err != nil {
		return nil, err
	}
	if pg.size = min(pg.size, 100); req.Params.PageSize == nil || *req.Params.PageSize == 0 {
		pg.size = 50
	}
	var all []gen.Subscription
	for _, sub := range s.subscriptions {
		wanted := slices.ContainsFunc(f.types, func(t string) bool { return slices.Contains(*sub.EventTypes, t) })
		if sub.owner == accessOf(ctx).caller && wanted && (f.target == "" || f.target == *sub.TargetResource) {
			all = append(all, *sub.answer())
		}
	}
	from := min(pg.start, len(all))
	to := min(from+pg.size, len(all))
	return gen.ListSubscriptions200JSONResponse{Subscriptions: optional(all[from:to]), NextPageToken: pg.next(to, len(all))}, nil
}

func (s *server) UpdateSubscription(ctx context.Context, req gen.UpdateSubscriptionRequestObject) (gen.UpdateSubscriptionResponseObject, error) {
	sub, err := s.owned(ctx, req.Subscription)
	if err != nil {
		return nil, err
	}
	now, b := s.now(), req.Body
	if b.Etag != nil && *b.Etag != *sub.Etag {
		return nil, aborted()
	}
	next := *sub
	for field := range strings.SplitSeq(req.Params.UpdateMask, ",") {
		switch camel(field) {
		case "ttl":
			end, err := lifetime(now, b.TTL, sub.life())
			if err != nil {
				return nil, err
			}
			next.expires(end)
		case "expireTime":
			var at time.Time
			if b.ExpireTime != nil {
				at = *b.ExpireTime
			}
			end, err := ending(now, at, sub.life())
			if err != nil {
				return nil, err
			}
			next.expires(end)
		case "eventTypes":
			var types []string
			if b.EventTypes != nil {
				types = *b.EventTypes
			}
			if err := checkEventTypes(types); err != nil {
				return nil, err
			}
			next.EventTypes = &types
		default:
			return nil, &httpapi.Problem{Status: http.StatusBadRequest, In: "query", Param: "updateMask", Detail: "ttl, expireTime and eventTypes can be updated"}
		}
	}
	next.changed(now)
	*sub = next
	return gen.UpdateSubscription200JSONResponse{OperationJSONResponse: s.ended(sub.answer())}, nil
}

func aborted() error {
	return &status{code: http.StatusConflict, word: "ABORTED", message: "The etag is not that of the subscription."}
}

func (s *server) DeleteSubscription(ctx context.Context, req gen.DeleteSubscriptionRequestObject) (gen.DeleteSubscriptionResponseObject, error) {
	sub, err := s.owned(ctx, req.Subscription)
	p := req.Params
	switch {
	case err != nil && p.AllowMissing != nil && *p.AllowMissing:
		return gen.DeleteSubscription200JSONResponse{OperationJSONResponse: s.ended(nil)}, nil
	case err != nil:
		return nil, err
	case p.Etag != nil && *p.Etag != *sub.Etag:
		return nil, aborted()
	}
	s.subscriptions = slices.DeleteFunc(s.subscriptions, func(other *subscription) bool { return other == sub })
	return gen.DeleteSubscription200JSONResponse{OperationJSONResponse: s.ended(nil)}, nil
}

func (s *server) ReactivateSubscription(ctx context.Context, req gen.ReactivateSubscriptionRequestObject) (gen.ReactivateSubscriptionResponseObject, error) {
	sub, err := s.owned(ctx, req.Subscription)
	if err != nil {
		return nil, err
	}
	if *sub.State == gen.SubscriptionStateSuspended {
		if err := s.target(ctx, *sub.TargetResource); err != nil {
			return nil, failed(failedPrecondition, "The cause of the suspension remains: %s.", *sub.SuspensionReason)
		}
		now := s.now()
		sub.State, sub.SuspensionReason = httpapi.Ptr(gen.SubscriptionStateActive), nil
		sub.expires(now.Add(sub.life()))
		sub.changed(now)
	}
	return gen.ReactivateSubscription200JSONResponse{OperationJSONResponse: s.ended(sub.answer())}, nil
}

func (s *server) GetOperation(_ context.Context, req gen.GetOperationRequestObject) (gen.GetOperationResponseObject, error) {
	o, ok := s.operations["operations/"+req.Operation]
	if !ok {
		return nil, notFound()
	}
	return gen.GetOperation200JSONResponse{OperationJSONResponse: gen.OperationJSONResponse(o)}, nil
}
