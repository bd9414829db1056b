package transport

import (
	"context"
	"io"
	"slices"
	"sync/atomic"
	"time"
)

// cancelBody is a body that is given up by cancelling its request: Close alone may
// wait for the server.
type cancelBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// Chunks grow from small to large, so that a short answer takes little and a long one
// is not copied while it grows.
const (
	firstChunk = 4 << 10
	lastChunk  = 512 << 10
)

// readBody reads at most limit bytes; one more is ErrBodyTooLarge. A body that trickles
// is given up.
func readBody(body cancelBody, limit int64) ([]byte, error) {
	var stalled atomic.Bool
	timer := time.AfterFunc(progressWindow, func() {
		stalled.Store(true)
		body.cancel()
	})
	defer timer.Stop()
	var chunks [][]byte
	var total int64
	window := 0
	for size := firstChunk; ; size = min(size*2, lastChunk) {
		chunk := make([]byte, 0, min(int64(size), limit-total+1))
		for len(chunk) < cap(chunk) {
			n, err := body.Read(chunk[len(chunk):cap(chunk)])
			chunk = chunk[:len(chunk)+n]
			total += int64(n)
			if window += n; window >= minProgress && timer.Stop() {
				window = 0
				timer.Reset(progressWindow)
			}
			switch {
			case total > limit:
				chunk = chunk[:int64(len(chunk))-(total-limit)]
				return first(append(chunks, chunk)), ErrBodyTooLarge
			case err == io.EOF:
				return slices.Concat(append(chunks, chunk)...), nil
			case err != nil && stalled.Load():
				return first(append(chunks, chunk)), ErrStalled
			case err != nil:
				return first(append(chunks, chunk)), err
			}
		}
		chunks = append(chunks, chunk)
	}
}

// first is the beginning of a body that is kept for diagnosis alone.
func first(chunks [][]byte) []byte {
	var out []byte
	for _, c := range chunks {
		if out = append(out, c[:min(len(c), maxErrorBody-len(out))]...); len(out) == maxErrorBody {
			break
		}
	}
	return out
}
