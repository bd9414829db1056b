package control

import (
	"fmt"
	"net/http"
	"time"
)

const (
	// writeTimeout bounds the write of one message of the live stream.
	writeTimeout = 5 * time.Second
	// pulse is the time between the comments that keep a quiet stream open.
	pulse = 15 * time.Second
)

// events serves the live stream, as server-sent events named request and delivery. It ends
// for a reader that takes a message too slowly or has too many that wait.
func (h *Handler) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	if r.Method == http.MethodHead {
		return // the stream has no end
	}
	messages, end := h.emulator.Subscribe()
	defer end()
	rc := http.NewResponseController(w)
	send := func(format string, args ...any) bool {
		_ = rc.SetWriteDeadline(time.Now().Add(writeTimeout)) // a response in memory has none
		if _, err := fmt.Fprintf(w, format, args...); err != nil {
			return false
		}
		return rc.Flush() == nil
	}
	if !send(": ready\n\n") {
		return
	}
	tick := time.NewTicker(pulse)
	defer tick.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case m, ok := <-messages:
			if !ok || !send("event: %s\ndata: %s\n\n", m.Kind, m.Data) {
				return
			}
		case <-tick.C:
			if !send(": still here\n\n") {
				return
			}
		}
	}
}
