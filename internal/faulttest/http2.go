package faulttest

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// wires2 are the wire faults of HTTP/2. Resets end one stream, goaways the connection.
// With goaway-before the request was not processed, with goaway-after it may have been.
var wires2 = []string{"", "dead-connection", "reset-stream", "cancel-stream", "refused-stream", "protocol-error", "goaway-before", "goaway-after", "goaway-calm", "eof"}

// newHTTP2Transport returns a transport for HTTP/2 without TLS, with the module's health
// checks.
func newHTTP2Transport(n *Network) *http.Transport {
	t := &http.Transport{
		DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
			return n.dial(ctx, "tcp "+addr)
		},
		Protocols:              new(http.Protocols),
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 5 * time.Second, PingTimeout: 5 * time.Second},
		MaxResponseHeaderBytes: 256 << 10,
	}
	t.Protocols.SetUnencryptedHTTP2(true)
	return t
}

// connection2 is the server side of an HTTP/2 connection.
type connection2 struct {
	c      *pipe
	framer *http2.Framer
	head   bytes.Buffer
	enc    *hpack.Encoder
}

// queue writes from its own goroutine, because the client may be writing too and a pipe
// has no buffer.
type queue struct {
	writes chan []byte
	done   chan struct{}
}

func newQueue(to io.Writer) *queue {
	q := &queue{make(chan []byte, 1000), make(chan struct{})}
	go func() {
		defer close(q.done)
		var err error
		for b := range q.writes {
			if err == nil {
				_, err = to.Write(b)
			}
		}
	}()
	return q
}

func (q *queue) Write(b []byte) (int, error) {
	q.writes <- bytes.Clone(b)
	return len(b), nil
}

// close waits until everything is written.
func (q *queue) close() {
	close(q.writes)
	<-q.done
}

// request2 is a request that is not read to its end yet.
type request2 struct {
	*http.Request
	body bytes.Buffer
}

// serveHTTP2 answers the requests of one connection in order.
func (n *Network) serveHTTP2(c *pipe) {
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(c.server, preface); err != nil {
		return
	}
	out := newQueue(c.server)
	defer func() {
		go func() { _, _ = io.Copy(io.Discard, c.server) }() // the client may be writing
		out.close()
	}()
	s := &connection2{c: c, framer: http2.NewFramer(out, c.server)}
	s.framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	s.enc = hpack.NewEncoder(&s.head)
	if s.framer.WriteSettings() != nil {
		return
	}
	open := map[uint32]*request2{}
	for {
		frame, err := s.framer.ReadFrame()
		if err != nil {
			return
		}
		id, ended := frame.Header().StreamID, false
		switch f := frame.(type) {
		case *http2.SettingsFrame:
			if !f.IsAck() {
				err = s.framer.WriteSettingsAck()
			}
		case *http2.PingFrame:
			if !f.IsAck() {
				err = s.framer.WritePing(true, f.Data)
			}
		case *http2.MetaHeadersFrame:
			open[id], ended = &request2{Request: requestOf(f)}, f.StreamEnded()
		case *http2.DataFrame:
			if open[id] != nil {
				open[id].body.Write(f.Data())
				ended = f.StreamEnded()
			}
		case *http2.RSTStreamFrame:
			delete(open, id)
		}
		if err != nil {
			return
		}
		if !ended {
			continue
		}
		r := open[id]
		delete(open, id)
		n.count(r.Request)
		w := &writer2{s: s, id: id}
		alive := n.respond(c, w, r.Request, r.body.Bytes())
		n.took(w.n)
		if !alive {
			return
		}
	}
}

// requestOf converts a request's headers into a request.
func requestOf(f *http2.MetaHeadersFrame) *http.Request {
	req, err := http.NewRequestWithContext(context.Background(), f.PseudoValue("method"), "https://"+f.PseudoValue("authority")+f.PseudoValue("path"), http.NoBody)
	if err != nil {
		panic(err) // net/http sent it, so it is valid
	}
	for _, h := range f.RegularFields() {
		req.Header.Add(h.Name, h.Value)
	}
	return req
}

// writer2 is a response in HTTP/2.
type writer2 struct {
	s  *connection2
	id uint32
	n  int64
}

func (w *writer2) answer(r *reply) bool { return w.headers(r) && w.data(r.body, true) }

func (w *writer2) headers(r *reply) bool {
	s := w.s
	s.head.Reset()
	field := func(name, value string) { _ = s.enc.WriteField(hpack.HeaderField{Name: name, Value: value}) }
	field(":status", strconv.Itoa(r.status))
	for name, values := range r.header {
		for _, v := range values {
			if name != "Connection" {
				field(strings.ToLower(name), v)
			}
		}
	}
	w.n += int64(s.head.Len())
	return s.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: w.id, BlockFragment: s.head.Bytes(), EndHeaders: true}) == nil
}

func (w *writer2) data(b []byte, end bool) bool {
	const most = 16 << 10 // bytes in one frame
	for len(b) > most {
		if w.s.framer.WriteData(w.id, false, b[:most]) != nil {
			return false
		}
		w.n += most
		b = b[most:]
	}
	w.n += int64(len(b))
	return w.s.framer.WriteData(w.id, end, b) == nil
}

func (w *writer2) wire(r *reply, do *Action) bool {
	if do.Wire == "" {
		return w.answer(r)
	}
	if !w.headers(r) || do.After == "half" && !w.data(r.body[:len(r.body)/2], false) {
		return false
	}
	return w.breakOff(do.Wire)
}

func (w *writer2) breakOff(wire string) bool {
	f := w.s.framer
	switch wire {
	case "reset-stream":
		return f.WriteRSTStream(w.id, http2.ErrCodeInternal) == nil
	case "cancel-stream":
		return f.WriteRSTStream(w.id, http2.ErrCodeCancel) == nil
	case "refused-stream":
		return f.WriteRSTStream(w.id, http2.ErrCodeRefusedStream) == nil
	case "protocol-error":
		return f.WriteRSTStream(w.id, http2.ErrCodeProtocol) == nil
	case "goaway-before":
		_ = f.WriteGoAway(max(w.id, 2)-2, http2.ErrCodeNo, nil)
	case "goaway-after":
		_ = f.WriteGoAway(w.id, http2.ErrCodeNo, nil)
	case "goaway-calm":
		_ = f.WriteGoAway(w.id, http2.ErrCodeEnhanceYourCalm, nil)
	case "dead-connection":
		_, _ = io.Copy(io.Discard, w.s.c.server) // until the client gives up
	}
	return false
}
