package transport

import (
	"bytes"
	"io"
	"sync/atomic"
	"time"
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
	var buf bytes.Buffer
	window := 0
	chunk := make([]byte, 32<<10)
	for {
		n, err := body.Read(chunk)
		room := limit - int64(buf.Len())
		buf.Write(chunk[:min(int64(n), room)])
		if int64(n) > room {
			return buf.Bytes(), ErrBodyTooLarge
		}
		if window += n; window >= minProgress && timer.Stop() {
			window = 0
			timer.Reset(progressWindow)
		}
		switch {
		case err == io.EOF:
			return buf.Bytes(), nil
		case err != nil && stalled.Load():
			return buf.Bytes(), ErrStalled
		case err != nil:
			return buf.Bytes(), err
		}
	}
}
