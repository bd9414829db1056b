package webex

import (
	"time"

	gen "github.com/memberships-go/memberships/generated/webex/server"
)

// The service makes a webhook inactive when maxFailures of its deliveries fail within
// failurePeriod. Here, a delivery that is dropped counts as one that fails.
const (
	maxFailures   = 100
	failurePeriod = 5 * time.Minute
)

// trouble is what has not been delivered of one webhook.
type trouble struct {
	failures []time.Time // within failurePeriod
	dropped  int
	told     bool // a drop is in the log
}

// trouble is that of a webhook, which has some now.
func (s *server) trouble(hook string) *trouble {
	if s.troubles[hook] == nil {
		s.troubles[hook] = &trouble{}
	}
	return s.troubles[hook]
}

// delivered counts a delivery. It is called without the lock.
func (s *server) delivered(hook string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch t := s.troubles[hook]; {
	case err != nil:
		s.failed(hook)
	case t != nil:
		t.told = false // there is room again
	}
}

// dropped counts a delivery that there was no room for, and tells the first of a row.
func (s *server) dropped(hook string) {
	if s.webhooks[hook] == nil {
		return
	}
	t := s.trouble(hook)
	t.dropped++
	if !t.told {
		t.told = true
		s.seed.Logger().Warn("webhook deliveries are dropped: too many wait",
			"provider", "webex", "webhook", hook, "target", s.webhooks[hook].TargetURL, "dropped", t.dropped)
	}
	s.failed(hook)
}

// failed counts a failure, and makes the webhook inactive after too many.
func (s *server) failed(hook string) {
	h := s.webhooks[hook]
	if h == nil || h.Status != gen.WebhookStatusActive {
		return
	}
	t, now := s.trouble(hook), s.now()
	for len(t.failures) > 0 && now.Sub(t.failures[0]) >= failurePeriod {
		t.failures = t.failures[1:]
	}
	if t.failures = append(t.failures, now); len(t.failures) < maxFailures {
		return
	}
	h.Status, t.failures, t.told = gen.WebhookStatusInactive, nil, false
	t.dropped += s.deliveries.forget(hook)
	s.seed.Logger().Warn("a webhook is inactive: too many deliveries failed",
		"provider", "webex", "webhook", hook, "target", h.TargetURL, "dropped", t.dropped)
}
