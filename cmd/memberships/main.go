// Command memberships reads and changes who belongs to what in Box, Clerk, Google
// Chat, PubNub and Webex, and emulates all five offline.
package main

import (
	"fmt"
	"os"

	"github.com/memberships-go/memberships/internal/cli"
)

func main() {
	if err := noCore(); err != nil {
		fmt.Fprintln(os.Stderr, "memberships:", err)
	}
	os.Exit(cli.Main())
}
