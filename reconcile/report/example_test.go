package report_test

import (
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile/report"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

// The report of a snapshot is one file, to be opened in a browser or printed.
func ExampleWrite() {
	s := &snapshot.Snapshot{
		Taken: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC), Providers: []string{"box"},
		Rows: []memberships.Membership{{
			Provider: "box", Group: memberships.Group{Kind: memberships.KindGroup, ID: "1", Name: "Platform"},
			Member: memberships.Member{ID: "7", Email: "ada@example.com", Name: "Ada"}, Role: memberships.RoleManager, State: memberships.StateActive,
		}},
	}
	var file strings.Builder
	if err := report.Write(&file, s, report.Options{Title: "Access review"}); err != nil {
		log.Fatal(err)
	}
	for line := range strings.Lines(file.String()) {
		if heading := strings.Contains(line, "</h"); heading && strings.HasPrefix(line, "<h") || strings.HasPrefix(line, "<tr data-p") {
			fmt.Print(line)
		}
	}
	// Output:
	// <h1>Access review</h1>
	// <h2>Not seen: nothing</h2>
	// <h2 id="people-title">People by groups</h2>
	// <h2>Groups</h2>
	// <h3>Platform <small>box group:1</small></h3>
	// <tr data-p=0 class="manager"><th scope=row>Ada<td>ada@example.com<td>manager<td>
}
