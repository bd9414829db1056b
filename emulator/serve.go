package emulator

import (
	"context"
	"net/http"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
)

// recorded keeps the status of a response; 0 means that nothing was written.
type recorded struct {
	http.ResponseWriter
	status int
}

func (r *recorded) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorded) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(p)
}

// Unwrap returns the underlying writer for http.ResponseController.
func (r *recorded) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// serveProvider serves a request of a provider and adds it to the log.
func (e *Emulator) serveProvider(w http.ResponseWriter, r *http.Request) {
	current := e.current()
	x := &httpapi.Exchange{}
	rec := &recorded{ResponseWriter: w}
	rt := current.route(r.URL.Path)
	began := current.now()
	sent := r
	defer func() {
		v := recover()
		if v == nil && rec.status == 0 && current.ctx.Err() != nil {
			v = http.ErrAbortHandler // the state was replaced before an answer
		}
		if v == nil && rec.status == 0 {
			rec.status = http.StatusOK // what the server sends then
		}
		e.logRequest(began, rt, sent, rec.status, x)
		if v != nil {
			panic(v)
		}
	}()
	if rt == nil {
		x.Refuse("no provider has this path")
		http.Error(rec, "memberships emulator: no provider has this path", http.StatusNotFound)
		return
	}
	ctx, cancel := context.WithCancel(httpapi.WithExchange(r.Context(), x))
	defer cancel()
	defer context.AfterFunc(current.ctx, cancel)()
	r = r.WithContext(ctx)
	if e.inject(rec, r, rt, x) {
		return
	}
	rt.router.ServeHTTP(rec, r)
}
