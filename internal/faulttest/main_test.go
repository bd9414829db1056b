package faulttest

import (
	"io"
	"log"
	"os"
	"testing"
)

// TestMain silences net/http, which reports what a faulty server sends too much of to
// the standard logger.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}
