package emulator

import (
	"encoding/json"
	"sync"

	"github.com/memberships-go/memberships/emulator/internal/control"
	"github.com/memberships-go/memberships/emulator/internal/outbox"
)

// maxQueued is the number of messages that wait for a reader of the live stream. A reader
// that is slower loses its stream.
const maxQueued = 256

// hub sends messages to the readers of the live stream.
type hub struct {
	mu      sync.Mutex
	readers map[chan control.Message]bool
	closed  bool
}

func newHub() *hub { return &hub{readers: map[chan control.Message]bool{}} }

// send sends a message to every reader without waiting.
func (h *hub) send(kind string, v any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.readers) == 0 {
		return
	}
	data, err := json.Marshal(v)
	if err != nil {
		return
	}
	for reader := range h.readers {
		select {
		case reader <- control.Message{Kind: kind, Data: data}:
		default:
			delete(h.readers, reader)
			close(reader)
		}
	}
}

func (h *hub) delivery(r outbox.Record) { h.send("delivery", r) }

// subscribe returns the messages from now on, and a function that ends them. The channel
// closes when the reader is too slow or the emulator stops.
func (h *hub) subscribe() (<-chan control.Message, func()) {
	reader := make(chan control.Message, maxQueued)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		close(reader)
		return reader, func() {}
	}
	h.readers[reader] = true
	return reader, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.readers[reader] {
			delete(h.readers, reader)
			close(reader)
		}
	}
}

// close ends the streams of all readers, also of later ones.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for reader := range h.readers {
		delete(h.readers, reader)
		close(reader)
	}
}
