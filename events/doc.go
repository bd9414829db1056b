// Package events serves the webhooks of all providers with one http.Handler: it verifies
// each delivery, drops repetitions, and passes the rest on as memberships.Event. Follow keeps
// a mirror of memberships equal to the provider by listings and events.
package events
