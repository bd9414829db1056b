package webex

import (
	"time"

	gen "github.com/memberships-go/memberships/generated/webex/server"
)

// Webex makes a webhook inactive when maxFailures of its deliveries fail within
// failurePeriod. A dropped delivery counts as a failure here.
const (
	maxFailures   = 100
	failurePeriod = 5 * time.Minute
)

// failures counts the undelivered events of one webhook.
type failures struct {
	recent  []time.Time // within failurePeriod
	dropped int
	logged  bool // the current run of drops is in the log
}

// failuresOf returns the failures of a webhook, created on first use.
func (s *server) failuresOf(hook string) *failures {
	if s.failures[hook] == nil {
		s.failures[hook] = &failures{}
	}
	return s.failures[hook]
}

// delivered records the result of a delivery. The caller must not hold the lock.
func (s *server) delivered(hook string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch t := s.failures[hook]; {
	case err != nil:
		s.failed(hook)
	case t != nil:
		t.logged = false // there is room again
	}
}

// dropped records a dropped delivery and logs the first of a run.
func (s *server) dropped(hook string) {
	if s.webhooks[hook] == nil {
		return
	}
	t := s.failuresOf(hook)
	t.dropped++
	if !t.logged {
		t.logged = true
		s.seed.Logger().Warn("webhook deliveries are dropped: too many wait",
			"provider", "webex", "webhook", hook, "target", s.webhooks[hook].TargetURL, "dropped", t.dropped)
	}
	s.failed(hook)
}

// failed records a failure and makes the webhook inactive after too many.
func (s *server) failed(hook string) {
	h := s.webhooks[hook]
	if h == nil || h.Status != gen.WebhookStatusActive {
		return
	}
	t, now := s.failuresOf(hook), s.now()
	for len(t.recent) > 0 && now.Sub(t.recent[0]) >= failurePeriod {
		t.recent = t.recent[1:]
	}
	if t.recent = append(t.recent, now); len(t.recent) < maxFailures {
		return
	}
	h.Status, t.recent, t.logged = gen.WebhookStatusInactive, nil, false
	t.dropped += s.deliveries.Forget(hook)
	s.seed.Logger().Warn("a webhook is inactive: too many deliveries failed",
		"provider", "webex", "webhook", hook, "target", h.TargetURL, "dropped", t.dropped)
}
