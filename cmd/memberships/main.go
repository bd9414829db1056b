// Command memberships reads and changes who belongs to what in Box, Clerk, Google
// Chat, PubNub and Webex, and emulates all five offline.
package main

import (
	"os"

	"github.com/memberships-go/memberships/internal/cli"
)

func main() { os.Exit(cli.Main()) }
