package outbox

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// deliver delivers an event of a provider with the target's secret as its signature.
func deliver(o *Outbox, event string) {
	o.Deliver("clerk", event, func(Target) []byte { return []byte(event) }, func(t Target, body []byte, at time.Time) http.Header {
		return http.Header{"Signature": {fmt.Sprintf("%s %s %d", t.Secret, body, at.Unix())}}
	})
}

// A delivery goes to the target that wants it, with the headers of its signer, and is on
// record with the answer. A redirect is a failure, and is not followed.
func TestDeliver(t *testing.T) {
	var mu sync.Mutex
	var got []string
	statuses := map[string]int{"a": 204, "b": 302}
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		got = append(got, fmt.Sprint(r.URL.Path, " ", string(body), " ", r.Header.Get("Signature")))
		mu.Unlock()
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(statuses[string(body)])
	}))
	defer target.Close()
	old := waits
	waits = []time.Duration{time.Millisecond}
	defer func() { waits = old }()
	var observed []Record
	o := &Outbox{Now: func() time.Time { return start }, Observe: func(r Record) { observed = append(observed, r) }}
	url := strings.Replace(target.URL, "http://", "http://user:pass@", 1) + "/in"
	o.SetTargets(map[string]Target{"clerk": {URL: url, Secret: "s", Events: []string{"a", "b"}}})
	for _, event := range []string{"a", "b", "c"} {
		deliver(o, event)
	}
	o.Mute(true)
	deliver(o, "a")
	o.Mute(false)
	o.Wait()
	sign := func(event string) string { return fmt.Sprintf("s %s %d", event, start.Unix()) }
	want := []string{"/in a " + sign("a"), "/in b " + sign("b"), "/in b " + sign("b")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	record := func(event string, attempt, status int, err string) Record {
		return Record{
			Time: start, Provider: "clerk", Event: event, URL: target.URL + "/in", Headers: http.Header{"Signature": {sign(event)}},
			Body: event, Attempt: attempt, Status: status, Error: err,
		}
	}
	records := []Record{record("a", 1, 204, ""), record("b", 1, 302, "status 302"), record("b", 2, 302, "status 302")}
	if diff := cmp.Diff(records, o.Records()); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(records, observed); diff != "" {
		t.Errorf("observed (-want +got):\n%s", diff)
	}
}

// Only Remote allows a target on another machine, whatever its name comes to.
func TestDeliverStaysHere(t *testing.T) {
	for target, want := range map[string]bool{
		"http://127.0.0.1:9/": true, "https://127.3.4.5/": true, "http://[::1]:9": true, "http://localhost:9/x": true,
		"http://example.com/": false, "http://127.0.0.1.example.com/": false, "http://10.0.0.1/": false, "http://0.0.0.0/": false,
		"ftp://127.0.0.1/": false, "//127.0.0.1/": false, "http:127.0.0.1": false, "": false, "http://localhost.example.com": false,
	} {
		if got := (&Outbox{}).Allowed(target); got != want {
			t.Errorf("%s is allowed: %v", target, got)
		}
	}
	if !(&Outbox{Remote: true}).Allowed("http://example.com/") {
		t.Error("Remote does not allow another machine")
	}
	for address, want := range map[string]bool{"127.0.0.1:80": true, "[::1]:80": true, "[::ffff:127.0.0.1]:1": true, "10.0.0.1:80": false, "[fe80::1]:80": false} {
		if err := onlyLoopback("tcp", address, nil); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
	o := &Outbox{}
	o.SetTargets(map[string]Target{"clerk": {URL: "http://192.0.2.1/"}})
	deliver(o, "a")
	o.Wait()
	if got := o.Records(); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

// The records are bounded by number and by size.
func TestRecordsAreBounded(t *testing.T) {
	o := &Outbox{}
	for i := range maxRecords + 10 {
		o.record(Record{Attempt: i})
	}
	if got := o.Records(); len(got) != maxRecords || got[0].Attempt != 10 {
		t.Errorf("%d records, the first is %d", len(got), got[0].Attempt)
	}
	for i := range 100 {
		o.record(Record{Attempt: i, Body: strings.Repeat("x", maxRecorded/4)})
	}
	if got := o.Records(); len(got) != 4 || got[3].Attempt != 99 || o.size != maxRecorded {
		t.Errorf("%d records of %d bytes", len(got), o.size)
	}
}

// New targets replace the old ones with what waits for them, and nothing is sent after
// Close.
func TestSetTargets(t *testing.T) {
	end := make(chan struct{})
	hit := make(chan string, 10)
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		hit <- r.URL.Path + " " + string(body)
		if r.URL.Path == "/old" {
			<-end
		}
	}))
	defer target.Close()
	o := &Outbox{}
	o.SetTargets(map[string]Target{"clerk": {URL: target.URL + "/old"}})
	deliver(o, "1")
	deliver(o, "2")
	if got := <-hit; got != "/old 1" {
		t.Errorf("got %s", got)
	}
	o.SetTargets(map[string]Target{"clerk": {URL: target.URL + "/new"}})
	deliver(o, "3")
	if got := <-hit; got != "/new 3" {
		t.Errorf("got %s", got)
	}
	if diff := cmp.Diff(map[string]Target{"clerk": {URL: target.URL + "/new"}}, o.Targets()); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
	close(end)
	o.Close()
	deliver(o, "4")
	o.Wait()
	if n := len(hit); n != 0 {
		t.Errorf("%d more deliveries, the first is %s", n, <-hit)
	}
}
