package methods

import (
	"fmt"
	"time"

	"github.com/memberships-go/memberships/auth"
)

// Times before the end of a credential at which Warnings names it.
const (
	endSoon        = 2 * time.Hour
	refreshEndSoon = 7 * 24 * time.Hour
)

// Warnings returns sentences about a credential that will soon have ended at a time, or has.
// An access token that a refresh token replaces is no warning. The limits of its method are in
// Method.Warning.
func Warnings(c *auth.Credential, now time.Time) []string {
	var out []string
	at := func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
	if end := c.Expiry; !end.IsZero() && c.RefreshToken == "" {
		switch left := end.Sub(now); {
		case left <= 0:
			out = append(out, fmt.Sprintf("The access token of this sign-in ended on %s: sign in again.", at(end)))
		case left <= endSoon:
			out = append(out, fmt.Sprintf("The access token of this sign-in ends in %s, on %s, and cannot be refreshed.", left.Round(time.Minute), at(end)))
		}
	}
	if end := c.RefreshExpiry; !end.IsZero() {
		switch left := end.Sub(now); {
		case left <= 0:
			out = append(out, fmt.Sprintf("The refresh token of this sign-in ended on %s: sign in again.", at(end)))
		case left <= refreshEndSoon:
			out = append(out, fmt.Sprintf("The refresh token of this sign-in ends on %s unless it is used before.", at(end)))
		}
	}
	return out
}
