package events_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/events"
)

// The reason of a further listing is in the log, once.
func TestFollowLogs(t *testing.T) {
	checked := false
	for want, o := range map[string]events.FollowOptions{
		"the check reports missed events; the groups are listed again": {Check: func(context.Context) (bool, error) {
			first := !checked
			checked = true
			return first, nil
		}, CheckInterval: time.Second},
		"the buffer of events was full; the groups are listed again": {},
		"": {},
	} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			if strings.Contains(want, "buffer") { // its channels belong to the bubble
				o.Buffer = events.NewBuffer(1)
			}
			o.Logger = slog.New(slog.NewTextHandler(&log, nil))
			_, _, err := followed(t, newStage(t), 20*time.Second, "", o, func() {
				if o.Buffer != nil {
					for range 2 {
						_ = o.Buffer.Handle(t.Context(), memberships.Event{Provider: "memory", Type: "renamed"})
					}
				}
			})
			if err != nil {
				t.Error(err)
			}
			if want == "" && log.Len() > 0 || want != "" && strings.Count(log.String(), want) != 1 {
				t.Errorf("logged %q, want %q", &log, want)
			}
		})
	}
}
