package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"testing"
)

// Further processes are this test binary with these variables.
const (
	roleVariable  = "MEMBERSHIPS_TEST_ROLE"
	visitVariable = "MEMBERSHIPS_TEST_VISIT" // gets the URL of a browser
)

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "command":
		main()
	case "browser":
		if err := browse(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	default:
		os.Exit(m.Run())
	}
}

// browse is a browser that leaves the page to the test, and lives as long.
func browse(page string) error {
	resp, err := http.PostForm(os.Getenv(visitVariable), url.Values{"page": {page}})
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
