package events

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/delivery"
)

// Handler returns a handler that takes the deliveries of each provider under the provider's
// name: POST /webex, /clerk, /box or /googlechat. Below another path, mount it with http.StripPrefix. It
// fails if there are no deliveries, two of one provider, or one without a usable secret.
//
// handle is called for each event of a verified delivery, in the delivery's order and for
// several deliveries at once. Its context ends when the provider gives up. A delivery has
// been handled when handle returned nil for all of its events and the store has saved its
// id; a repetition is then answered and not passed on. After an error or a panic the
// provider sends the delivery again, and handle sees its events again. While a delivery is
// being handled, the same one waits for its result.
//
// The answer has a status and a few words: 204 for a handled delivery; 401 for one without
// a valid signature; 400 for a body that makes no sense; 413 for one above 1 MiB; 404 and
// 405 for a wrong path and method; 500 after an error or a panic of handle; 503 if the
// store or the verification is unavailable.
//
// A server for it needs all of its timeouts set, as in the example.
func Handler(handle func(context.Context, memberships.Event) error, deliveries []memberships.Deliveries, opts ...Option) (http.Handler, error) {
	h := &handler{
		handle: handle, deliveries: map[string]memberships.Deliveries{}, busy: map[string]chan struct{}{},
		store: NewMemoryStore(1 << 16), log: slog.Default(), wait: 10 * time.Second,
	}
	if handle == nil {
		return nil, fail("", errors.New("handle is nil"))
	}
	if len(deliveries) == 0 {
		return nil, fail("", errors.New("there are no deliveries to take"))
	}
	for _, d := range deliveries {
		if d == nil {
			return nil, fail("", errors.New("deliveries are nil"))
		}
		name := d.Provider()
		if err := d.Check(); err != nil {
			return nil, err
		}
		if h.deliveries[name] != nil {
			return nil, fail(name, errors.New("there are two deliveries of one provider"))
		}
		h.deliveries[name] = d
	}
	for _, o := range opts {
		if o.apply == nil {
			return nil, fail("", errors.New("an option is empty"))
		}
		if err := o.apply(h); err != nil {
			return nil, fail("", err)
		}
	}
	return h, nil
}

func fail(provider string, err error) error {
	return &memberships.Error{Provider: provider, Op: "Handler", Kind: memberships.ErrInvalidArgument, Err: err}
}

// saveTimeout bounds the last step of a delivery.
const saveTimeout = 10 * time.Second

type handler struct {
	handle     func(context.Context, memberships.Event) error
	deliveries map[string]memberships.Deliveries
	store      Store
	log        *slog.Logger
	wait       time.Duration

	mu   sync.Mutex
	busy map[string]chan struct{} // closed when the delivery of the name has ended
}

// refusal is an answer other than success. why is for the log alone.
type refusal struct {
	status int
	text   string
	why    error
}

func refuse(status int, why error) *refusal {
	text := strings.ToLower(http.StatusText(status))
	if status == http.StatusRequestEntityTooLarge {
		text = "too large"
	}
	return &refusal{status, text, why}
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, rooted := strings.CutPrefix(r.URL.Path, "/")
	source := h.deliveries[name]
	if source == nil || !rooted {
		logged(r.Context(), w, h.log, refuse(http.StatusNotFound, errors.New("no provider has the path")))
		return
	}
	log := h.log.With("provider", source.Provider())
	ended := false
	defer func() {
		if ended {
			return
		}
		// The function panicked or called runtime.Goexit, after which the server writes
		// nothing by itself.
		v := recover()
		log.ErrorContext(r.Context(), "delivery refused", "status", http.StatusInternalServerError, "reason", "the function panicked", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
		answer(w, refuse(http.StatusInternalServerError, nil))
		if v == nil {
			_ = http.NewResponseController(w).Flush()
		}
	}()
	refused := h.serve(w, r, source)
	ended = true
	if refused == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	logged(r.Context(), w, log, refused)
}

// logged logs a refusal and answers with it.
func logged(ctx context.Context, w http.ResponseWriter, log *slog.Logger, r *refusal) {
	level := slog.LevelWarn
	if r.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	log.Log(ctx, level, "delivery refused", "status", r.status, "reason", r.why.Error())
	answer(w, r)
}

func answer(w http.ResponseWriter, r *refusal) {
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	if r.status == http.StatusServiceUnavailable {
		header.Set("Retry-After", "5")
	}
	w.WriteHeader(r.status)
	_, _ = io.WriteString(w, r.text+"\n")
}

// serve handles one request, and returns nil for success.
func (h *handler) serve(w http.ResponseWriter, r *http.Request, source memberships.Deliveries) *refusal {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return refuse(http.StatusMethodNotAllowed, errors.New("the method is not POST"))
	}
	body, refused := read(w, r)
	if refused != nil {
		return refused
	}
	d, err := source.Open(r.Context(), r.Header, body, time.Now())
	if err != nil {
		return opening(err)
	}
	if d.ID == "" {
		return refuse(http.StatusBadRequest, errors.New("the delivery has no id"))
	}
	name := source.Provider() + "/" + d.Series
	if d.Series == "" {
		name = source.Provider() + "/" + d.ID
	}
	release, refused := h.claim(r.Context(), name)
	if refused != nil {
		return refused
	}
	defer release()
	return h.once(r.Context(), name, d)
}

// read returns the body.
func read(w http.ResponseWriter, r *http.Request) ([]byte, *refusal) {
	tooLarge := refuse(http.StatusRequestEntityTooLarge, fmt.Errorf("the body has more than %d bytes", delivery.MaxBody))
	if r.ContentLength > delivery.MaxBody {
		return nil, tooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, delivery.MaxBody))
	if limit := (*http.MaxBytesError)(nil); errors.As(err, &limit) {
		return nil, tooLarge
	}
	if err != nil {
		return nil, refuse(http.StatusBadRequest, errors.New("the body could not be read"))
	}
	return body, nil
}

// opening returns the refusal for an error of Open.
func opening(err error) *refusal {
	switch {
	case errors.Is(err, memberships.ErrUnauthenticated):
		return refuse(http.StatusUnauthorized, err)
	case errors.Is(err, memberships.ErrMalformed):
		return refuse(http.StatusBadRequest, err)
	case errors.Is(err, memberships.ErrTooLarge):
		return refuse(http.StatusRequestEntityTooLarge, err)
	}
	return refuse(http.StatusServiceUnavailable, err)
}

// claim waits until no other delivery of the name is being handled. The caller ends its own
// with release.
func (h *handler) claim(ctx context.Context, name string) (release func(), refused *refusal) {
	var late <-chan time.Time
	for {
		h.mu.Lock()
		other, taken := h.busy[name]
		if !taken {
			own := make(chan struct{})
			h.busy[name] = own
			h.mu.Unlock()
			return func() {
				h.mu.Lock()
				delete(h.busy, name)
				h.mu.Unlock()
				close(own)
			}, nil
		}
		h.mu.Unlock()
		if late == nil {
			timer := time.NewTimer(h.wait)
			defer timer.Stop()
			late = timer.C
		}
		select {
		case <-other:
		case <-late:
			return nil, refuse(http.StatusServiceUnavailable, errors.New("the same delivery is still being handled"))
		case <-ctx.Done():
			return nil, refuse(http.StatusServiceUnavailable, ctx.Err())
		}
	}
}

// once handles a delivery unless it has been handled.
func (h *handler) once(ctx context.Context, name string, d memberships.Delivery) *refusal {
	last, err := h.store.Last(ctx, name)
	if err != nil {
		return refuse(http.StatusServiceUnavailable, fmt.Errorf("the store cannot be read: %w", err))
	}
	if last == d.ID {
		return nil
	}
	for _, e := range d.Events {
		if err := h.handle(ctx, e); err != nil {
			return refuse(http.StatusInternalServerError, fmt.Errorf("delivery %s: the function failed: %w", d.ID, err))
		}
	}
	// The events have been handled, also for a provider that has given up.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer cancel()
	if err := h.store.Save(ctx, name, d.ID); err != nil {
		return refuse(http.StatusServiceUnavailable, fmt.Errorf("delivery %s: the store cannot be written: %w", d.ID, err))
	}
	return nil
}
