package journal_test

import (
	"cmp"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/journal"
)

// A journal lasts in its folder. Read verifies it.
func ExampleOpen() {
	parent, err := os.MkdirTemp("", "journal")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(parent) }()
	dir := filepath.Join(parent, "plan.json.journal")
	j, err := journal.Open(dir, journal.Options{Holder: journal.Holder{User: "ada", Host: "desk"}})
	if err != nil {
		log.Fatal(err)
	}
	err = j.Record(
		reconcile.Entry{Kind: reconcile.EntryBegin, Plan: "hash of the plan"},
		reconcile.Entry{Kind: reconcile.EntryIntent, Key: "box/group:1/add/2"},
	)
	if err != nil {
		log.Fatal(err)
	}
	if err := j.Close(); err != nil {
		log.Fatal(err)
	}
	content, err := journal.Read(dir)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range content.Entries {
		fmt.Println(e.Kind, cmp.Or(e.Key, e.Plan))
	}
	fmt.Println("ended:", content.IsEnded())
	// Output:
	// begin hash of the plan
	// intent box/group:1/add/2
	// ended: false
}
