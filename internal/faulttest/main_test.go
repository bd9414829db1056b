package faulttest

import (
	"io"
	"log"
	"os"
	"testing"
)

// TestMain silences the standard logger, to which net/http reports surplus data of a
// faulty server.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}
