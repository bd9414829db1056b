// Package all makes the deliveries of every provider known to providers.Deliveries. A
// program that opens providers by name imports it for that effect.
package all

import _ "github.com/memberships-go/memberships/events/googlechat" // the pushes of Google Chat
