package faulttest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
)

const (
	// maxBody is the client's limit for a body; slack allows for headers and buffers.
	maxBody    = 128 << 10
	maxHeaders = 256 << 10
	slack      = 64 << 10
	// hangLimit is the virtual time after which a call counts as hung.
	hangLimit = 15 * time.Minute
)

// problem is a violation found in a cell.
type problem int

// The violations that the matrix has none of, and an unmet expectation of the fault.
const (
	silentLoss problem = iota
	leak
	hang
	panicked
	memory
	falseFailure // a write that happens is reported as not done
	unexpected
	problems
)

var problemNames = [problems]string{"silent losses", "leaks", "hangs", "panics", "unbounded memory", "false failures", "unmet expectations"}

// cell is a combination of fault, operation, place and provider.
type cell struct {
	fault *Fault
	in    *Provider
	of    *adapter
	op    string
	place string
	pages int
}

func (c cell) String() string {
	return strings.Join([]string{c.of.String(), c.fault.Name, c.op, c.place}, "/")
}

// onlyOnce reports whether the write is never repeated.
func (c cell) onlyOnce() bool { return slices.Contains(c.of.once, c.op) }

// outcome is the result of a cell.
type outcome struct {
	err      error
	observed Observed
	took     time.Duration
	after    state
	found    [problems][]string
	excused  bool
}

func (o *outcome) add(p problem, format string, args ...any) {
	o.found[p] = append(o.found[p], fmt.Sprintf(format, args...))
}

// run runs a cell in its own synctest bubble.
func run(t *testing.T, c cell) (o outcome) {
	synctest.Test(t, func(t *testing.T) { o = c.run(t) })
	return o
}

func (c cell) run(t *testing.T) (o outcome) {
	known, err := c.of.known()
	if err != nil {
		t.Fatal(err)
	}
	emu, err := newEmulator()
	if err != nil {
		t.Fatal(err)
	}
	var stale http.Handler
	if c.fault.Do.StaleReads > 0 {
		if stale, err = newEmulator(); err != nil {
			t.Fatal(err)
		}
	}
	truth, err := c.of.open(known, clean(emu)...)
	if err != nil {
		t.Fatal(err)
	}
	now := func() state {
		s, err := read(truth)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	before := now()
	n := NewNetwork(&Network{
		Provider: c.in, Addr: c.of.host + ":443", Fault: c.fault, Op: c.op, Place: c.place, Pages: c.pages,
		Handler: emu, Stale: stale, State: func() string { return now().String() },
	})
	var log bytes.Buffer
	var hooks strings.Builder
	opts := []option.Option{
		option.WithHTTPClient(&http.Client{Transport: n}), option.WithMaxBody(maxBody), option.WithPageSize(pageSize),
		option.WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		option.WithHook(func(ctx context.Context, a option.Attempt) context.Context {
			fmt.Fprintf(&hooks, "%+v\n", a)
			return ctx
		}, func(_ context.Context, a option.Attempt) { fmt.Fprintf(&hooks, "%+v %#v %s\n", a, a, dump(a.Err)) }),
		option.WithToken(wrappertest.Canary),
	}
	if c.fault.Credentials == "refreshable" {
		opts = append(opts, option.WithTokenSource(new(fresh)))
	}
	tested, err := c.of.open(known, opts...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	start := time.Now()
	if d := c.fault.Deadline; d.Set {
		ctx, stop = context.WithTimeout(ctx, d.Duration)
		defer stop()
	}
	if d := c.fault.Cancel; d.Set && d.Duration == 0 {
		stop()
	} else if d.Set {
		defer time.AfterFunc(d.Duration, stop).Stop()
	}
	// A call that never returns would end the whole run, so a timer ends it.
	rescue := time.AfterFunc(4*hangLimit, stop)

	got, items := c.call(ctx, tested, &o)
	o.took = time.Since(start)
	rescue.Stop()
	n.Close(synctest.Wait)
	o.after = now()
	synctest.Wait()
	o.observed = n.Observed()

	c.judge(&o, before, known, got, items)
	c.bounds(&o)
	c.expectations(&o)
	c.secrets(&o, log.String(), hooks.String())
	return o
}

// call runs the operation and records a panic.
func (c cell) call(ctx context.Context, tested client, o *outcome) (got member, items []member) {
	defer func() {
		if v := recover(); v != nil {
			o.err = fmt.Errorf("panic: %v", v)
			o.add(panicked, "%v\n%s", v, debug.Stack())
		}
	}()
	if c.op != List {
		got, o.err = do(ctx, tested, c.op)
		return got, nil
	}
	for m, err := range tested.list(ctx) {
		if o.err != nil {
			o.add(silentLoss, "the listing goes on after its error")
			break
		}
		if o.err = err; err == nil {
			items = append(items, m)
		}
		if len(items) > endless {
			break
		}
	}
	return got, items
}

// judge compares the client's result with the emulator's state.
func (c cell) judge(o *outcome, before state, known facts, got member, items []member) {
	if c.fault.Excused(c.of.name, c.op) {
		o.excused = true
		return
	}
	var e *memberships.Error
	if o.err != nil && !errors.As(o.err, &e) {
		o.add(silentLoss, "the error is no *memberships.Error but %T", o.err)
	}
	switch {
	case c.op == List:
		left := state{}
		for id, role := range before {
			left[id] = role
		}
		for _, m := range items {
			if role, ok := left[m.id]; !ok || role != m.role {
				o.add(silentLoss, "%+v is yielded and is no member, or comes twice", m)
			}
			delete(left, m.id)
		}
		if o.err == nil && len(left) > 0 {
			o.add(silentLoss, "no error, and without %v", left)
		}
	case c.op == Get:
		if want := (member{known.insider, before[known.insider]}); o.err == nil && got != want {
			o.add(silentLoss, "got %+v without an error, want %+v", got, want)
		}
	default:
		c.judgeWrite(o, before, known, got)
	}
}

func (c cell) judgeWrite(o *outcome, before state, known facts, got member) {
	wanted := c.of.wanted(before, known, c.op)
	unknown := errors.Is(o.err, memberships.ErrOutcomeUnknown)
	ended := errors.Is(o.err, context.Canceled) || errors.Is(o.err, context.DeadlineExceeded)
	switch {
	case o.observed.Effects > 1:
		o.add(silentLoss, "%d effects of one call", o.observed.Effects)
	case o.err == nil && o.after.String() != wanted.String():
		o.add(silentLoss, "success, and the state is %s", o.after)
	case o.err == nil && c.op == Add && got != member{known.newcomer, c.of.member},
		o.err == nil && c.op == Update && got != member{known.insider, c.of.manager}:
		o.add(silentLoss, "success, and the answer is about %+v", got)
	case unknown && !ended && o.observed.Visible:
		o.add(silentLoss, "the outcome could have been read back: %v", o.err)
	case o.err != nil && !unknown && o.after.String() != before.String():
		o.add(falseFailure, "failed, and the state is %s: %v", o.after, o.err)
	case o.after.String() != before.String() && o.after.String() != wanted.String():
		o.add(silentLoss, "the state is %s", o.after)
	}
}

// bounds checks time, memory and open resources.
func (c cell) bounds(o *outcome) {
	if o.took > hangLimit || o.observed.Endless {
		o.add(hang, "%v and %d requests", o.took, o.observed.Tries)
	}
	if o.observed.Body > maxBody+1 {
		o.add(memory, "%d bytes of one body were read", o.observed.Body)
	}
	if o.observed.Wire > maxBody+maxHeaders+slack {
		o.add(memory, "%d bytes of one answer were taken", o.observed.Wire)
	}
	if o.observed.Open != 0 {
		o.add(leak, "%d bodies were not closed", o.observed.Open)
	}
	if o.observed.Left != 0 {
		o.add(leak, "%d connections were left open", o.observed.Left)
	}
	if len(o.observed.Foreign) > 0 {
		o.add(leak, "another host was asked: %q", o.observed.Foreign)
	}
}

// expectations checks the fault's own expectations.
func (c cell) expectations(o *outcome) {
	x := &c.fault.Expect
	want := x.At(c.op, c.place)
	switch {
	case o.excused:
	case want == "recovers" && c.onlyOnce() && errors.Is(o.err, memberships.ErrOutcomeUnknown) && o.observed.Effects == 0:
	case want == "recovers" && o.err != nil:
		o.add(unexpected, "it could have recovered: %v", o.err)
	case want == "fails" && o.err == nil && o.met(c):
		o.add(unexpected, "success")
	}
	unknown := Writes(c.op) && errors.Is(o.err, memberships.ErrOutcomeUnknown)
	if kind := kinds[x.Kind]; kind != nil && want == "fails" && o.err != nil && !unknown && !errors.Is(o.err, kind) {
		o.add(unexpected, "got %v, want %v", o.err, kind)
	}
	if x.MinWait.Set && o.observed.Struck > 0 && o.took < x.MinWait.Duration {
		o.add(unexpected, "it waited for %v, less than asked", o.took)
	}
	if x.MaxWait.Set && o.took > x.MaxWait.Duration {
		o.add(unexpected, "it waited for %v", o.took)
	}
	if x.MaxRequests != nil && o.observed.Struck > *x.MaxRequests {
		o.add(unexpected, "%d requests", o.observed.Struck)
	}
}

// met reports whether the fault reached the client.
func (o *outcome) met(c cell) bool {
	return o.observed.Struck > 0 || c.fault.Cancel.Set && c.fault.Cancel.Duration == 0
}

var kinds = map[string]error{
	"InvalidArgument": memberships.ErrInvalidArgument, "Unauthenticated": memberships.ErrUnauthenticated,
	"PermissionDenied": memberships.ErrPermissionDenied, "NotFound": memberships.ErrNotFound,
	"Conflict": memberships.ErrConflict, "RateLimited": memberships.ErrRateLimited,
	"Unavailable": memberships.ErrUnavailable, "Unsupported": memberships.ErrUnsupported,
	"Malformed": memberships.ErrMalformed, "TooLarge": memberships.ErrTooLarge, "Untrusted": memberships.ErrUntrusted,
	"Canceled": context.Canceled, "DeadlineExceeded": context.DeadlineExceeded,
}

// secrets searches errors, logs and hooks for credentials in every form.
func (c cell) secrets(o *outcome, log, hooks string) {
	sinks := map[string]string{"the log": log, "the hooks": hooks, "another host": strings.Join(o.observed.Foreign, "\n"), "the error's values": dump(o.err)}
	if log == "" && o.observed.Tries > 0 {
		o.add(unexpected, "nothing is in the log")
	}
	for i, err := range chain(o.err) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			sinks[fmt.Sprintf("%s of error %d", verb, i)] = fmt.Sprintf(verb, err)
		}
		b, _ := json.Marshal(err)
		sinks[fmt.Sprintf("the JSON of error %d", i)] = string(b)
		sinks[fmt.Sprintf("the log value of error %d", i)] = slog.AnyValue(err).Resolve().String()
		if e, ok := err.(*memberships.Error); ok { //nolint:errorlint // every error of the tree is checked by itself
			sinks[fmt.Sprintf("the body of error %d", i)] = string(e.Body)
		}
	}
	needles := c.needles(o)
	for where, text := range sinks {
		folded := strings.ToLower(text)
		for form, needle := range needles {
			if strings.Contains(folded, needle) {
				o.add(leak, "%s shows a credential (%s): %.300s", where, form, text)
			}
		}
	}
}

// needles returns the credentials of a cell in lower case, by description.
func (c cell) needles(o *outcome) map[string]string {
	out := map[string]string{}
	for i, credential := range append([]string{wrappertest.Canary, secretKey}, o.observed.Credentials...) {
		name := func(form string) string { return fmt.Sprintf("%s of %d", form, i) }
		for form, f := range forms {
			out[name(form)] = strings.ToLower(f(credential))
		}
		out[name("the beginning")] = strings.ToLower(credential[:10])
		out[name("the end")] = strings.ToLower(credential[len(credential)-10:])
		for shift := range 3 { // without the characters that depend on the surrounding text
			b := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + credential))
			b = strings.ToLower(b[4 : len(b)-4])
			out[name(fmt.Sprint("base64, shifted by ", shift))] = b
			out[name(fmt.Sprint("base64url, shifted by ", shift))] = strings.NewReplacer("+", "-", "/", "_").Replace(b)
		}
	}
	return out
}

// dump returns all strings in an error, including those of unexported fields.
func dump(err error) string {
	var b strings.Builder
	var walk func(v reflect.Value, deep int)
	walk = func(v reflect.Value, deep int) {
		if !v.IsValid() || deep == 0 || v.Type().PkgPath() == "sync" {
			return
		}
		switch v.Kind() {
		case reflect.String:
			b.WriteString(v.String() + "\n")
		case reflect.Pointer, reflect.Interface:
			walk(v.Elem(), deep-1)
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i), deep-1)
			}
		case reflect.Slice, reflect.Array:
			if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
				b.Write(v.Bytes())
				return
			}
			for i := range v.Len() {
				walk(v.Index(i), deep-1)
			}
		case reflect.Map:
			for _, k := range v.MapKeys() {
				walk(k, deep-1)
				walk(v.MapIndex(k), deep-1)
			}
		}
	}
	walk(reflect.ValueOf(err), 16)
	return b.String()
}

// chain returns err and all errors that it wraps.
func chain(err error) []error {
	if err == nil {
		return nil
	}
	out := []error{err}
	switch e := err.(type) { //nolint:errorlint // every error of the tree is checked by itself
	case interface{ Unwrap() error }:
		out = append(out, chain(e.Unwrap())...)
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			out = append(out, chain(below)...)
		}
	}
	return out
}

// fresh is a token source that returns a new token each time.
type fresh struct{ n atomic.Int64 }

func (f *fresh) Token() (*oauth2.Token, error) {
	return &oauth2.Token{AccessToken: fmt.Sprintf("%s-%d", wrappertest.Canary, f.n.Add(1))}, nil
}
