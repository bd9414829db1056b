package keyring_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/memberships-go/memberships/auth/keyring"
)

// Further processes are this test binary with one of these variables.
const (
	exitVariable = "KEYRING_TEST_EXIT" // the status to end with
	loadVariable = "KEYRING_TEST_LOAD" // a folder for locks; Load of the system's keyring fails
)

func TestMain(m *testing.M) {
	if status := os.Getenv(exitVariable); status != "" {
		code, err := strconv.Atoi(status)
		if err != nil {
			panic(err)
		}
		os.Exit(code)
	}
	if dir := os.Getenv(loadVariable); dir != "" {
		s, err := keyring.New("memberships-test", dir)
		if err == nil {
			_, err = s.Load(context.Background(), name)
		}
		fmt.Print(err)
		return
	}
	os.Exit(m.Run())
}
