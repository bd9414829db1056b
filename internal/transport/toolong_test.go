package transport_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// No call waits for an answer that asks for more than a day, whatever limit its options set.
func TestTooLongIsNeverWaitedFor(t *testing.T) {
	for _, limit := range []time.Duration{time.Minute, 24 * time.Hour, 1 << 62} {
		synctest.Test(t, func(t *testing.T) {
			cfg := &config.Config{Retry: transport.DefaultRetry}
			if err := cfg.Apply("test", []option.Option{option.WithMaxRetryAfter(limit)}); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			asked := transport.RetryAfter(http.Header{"Retry-After": {"99999999999999999999"}})
			if transport.Wait(t.Context(), cfg.Retry, nil, 1, asked) || time.Since(start) != 0 {
				t.Errorf("with a limit of %v, a call goes on after %v", limit, time.Since(start))
			}
		})
	}
}
