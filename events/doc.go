// Package events serves the webhooks of all providers with one http.Handler. It verifies
// each delivery, drops repetitions, and passes the rest on as memberships.Event.
package events
