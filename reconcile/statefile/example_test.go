package statefile_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/statefile"
)

// Load reports all mistakes of all files, each with its place.
func ExampleLoad() {
	text := strings.NewReader(`version: 1
people:
  ada: {email: ada@example.com}
groups:
  platform:
    mode: authoritativ
    in: {box: "9000001"}
    members: {ada: manager, grace: member}
`)
	_, err := statefile.Load([]string{"-"}, statefile.Options{Stdin: text})
	var mistakes statefile.Errors
	if !errors.As(err, &mistakes) {
		log.Fatal(err)
	}
	for _, m := range mistakes {
		fmt.Println(m)
	}
	// Output:
	// stdin:6:11: there is no mode "authoritativ"; did you mean authoritative?
	// stdin:8:29: there is no person "grace"; people declares the keys, and an address needs none
}

// Import makes the file of the groups that are there.
func ExampleImport() {
	staff := memberships.Group{Kind: memberships.KindGroup, ID: "7", Name: "Staff"}
	client := memberships.New(memprovider.New(memprovider.WithGroup(staff,
		memberships.Membership{Member: memberships.Member{ID: "1", Email: "ada@example.com"}, Role: memberships.RoleManager},
		memberships.Membership{Member: memberships.Member{ID: "2", Name: "Bob"}},
	)))
	seen := reconcile.LookAround(context.Background(), []*memberships.Client{client}, nil, reconcile.LookOptions{})
	imported := statefile.Import(seen.Observed, statefile.ImportOptions{Mode: reconcile.ModeAuthoritative})
	if err := imported.Write(os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// # yaml-language-server: $schema=https://raw.githubusercontent.com/memberships-go/memberships/main/docs/desired-state.schema.json
	// version: 1
	// people:
	//   ada:
	//     email: ada@example.com
	//   # Bob
	//   "memory:2":
	//     ids:
	//       memory: "2"
	// groups:
	//   Staff:
	//     mode: authoritative
	//     in:
	//       memory: "7"
	//     members:
	//       ada: manager
	//       "memory:2": member
}
