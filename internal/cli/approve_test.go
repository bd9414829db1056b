package cli

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// --auto-approve signs in without the page that asks.
func TestEmulateApproves(t *testing.T) {
	for approve, want := range map[bool]int{false: http.StatusOK, true: http.StatusFound} {
		e, err := (&emulateOptions{listen: "127.0.0.1:0", approve: approve}).emulator(slog.Default())
		if err != nil {
			t.Fatal(err)
		}
		rec := httptest.NewRecorder()
		e.ServeHTTP(rec, httptest.NewRequest("GET", "/v1/authorize?client_id=a&response_type=code&scope=spark:all&redirect_uri=http://127.0.0.1:1/", nil))
		if rec.Code != want || approve != strings.Contains(rec.Header().Get("Location"), "code=") {
			t.Errorf("%v: %d to %q", approve, rec.Code, rec.Header().Get("Location"))
		}
	}
}
