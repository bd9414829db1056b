package pubnub_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

var (
	inDemo  = memberships.Group{ID: "demo"}
	byEmail = func(s string) memberships.Member { return memberships.Member{Email: s} }
	byID    = func(s string) memberships.Member { return memberships.Member{ID: s} }
)

var base = []option.Option{pubnub.WithKeys("demo", "demo"), pubnub.WithUserID("ada")}

// answers is a transport that gives one answer after another and fails the test for a
// further request.
type answers struct {
	t     *testing.T
	steps []answer
	seen  int
	sent  []string
}

type answer struct {
	status int
	body   string
}

func (a *answers) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		b, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		a.sent = append(a.sent, string(b))
	}
	if a.seen == len(a.steps) {
		a.t.Errorf("%s %s is one request too many", req.Method, req.URL)
		return nil, errors.New("no more answers")
	}
	step := a.steps[a.seen]
	a.seen++
	return respond(req, step.status, http.Header{}, step.body), nil
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func respond(req *http.Request, status int, h http.Header, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: h, Request: req, ContentLength: -1, Body: io.NopCloser(strings.NewReader(body))}
}

func channelInputs(ids ...string) []pubnub.MembershipInput {
	var in []pubnub.MembershipInput
	for _, id := range ids {
		in = append(in, pubnub.MembershipInput{Channel: pubnub.ChannelRef{ID: id}})
	}
	return in
}

func userInputs(ids ...string) []pubnub.MemberInput {
	var in []pubnub.MemberInput
	for _, id := range ids {
		in = append(in, pubnub.MemberInput{User: pubnub.UserRef{ID: id}})
	}
	return in
}

// drain reads a listing to its end and returns its error.
func drain[T any](seq iter.Seq2[*T, error]) error {
	for _, err := range seq {
		if err != nil {
			return err
		}
	}
	return nil
}

// script is a transport that gives one answer after another and repeats the last.
type script struct {
	answers []string

	mu   sync.Mutex
	seen []*http.Request
	sent []string // bodies
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body := ""
	if req.Body != nil {
		var raw json.RawMessage
		if err := json.NewDecoder(req.Body).Decode(&raw); err != nil {
			return nil, err
		}
		body = string(raw)
	}
	answer := s.answers[min(len(s.seen), len(s.answers)-1)]
	s.seen, s.sent = append(s.seen, req), append(s.sent, body)
	return respond(req, http.StatusOK, http.Header{"Content-Type": {"text/html"}}, answer), nil // decoders ignore the type
}

// client returns a client that makes one attempt per call.
func (s *script) client(t *testing.T, opts ...option.Option) *pubnub.Client {
	t.Helper()
	c, err := pubnub.New(slices.Concat(once(s), opts)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func once(rt http.RoundTripper) []option.Option {
	return append(slices.Clone(base), option.WithAttempts(1), option.WithHTTPClient(&http.Client{Transport: rt}))
}

// rows returns a page with a row per id and the fields in more.
func rows(more string, ids ...string) string {
	var data []string
	for _, id := range ids {
		data = append(data, fmt.Sprintf(`{"channel":{"id":%q},"updated":"2026-01-01T00:00:00.5Z","eTag":"e"}`, id))
	}
	return `{"status":200,"data":[` + strings.Join(data, ",") + `]` + more + `}`
}

func ids(page []*pubnub.Membership) []string {
	var out []string
	for _, m := range page {
		out = append(out, m.Channel.ID)
	}
	return out
}

// portable returns the portable and the typed client of an emulator, and their requests.
func portable(t *testing.T, state string, opts ...option.Option) (*memberships.Client, *pubnub.Client, *[]string) {
	t.Helper()
	if state == "" {
		state = string(emulator.BuiltInState())
	}
	e, err := emulator.New(emulator.WithState("state", []byte(state)))
	if err != nil {
		t.Fatal(err)
	}
	asked := &[]string{}
	e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		*asked = append(*asked, r.Method+" "+r.URL.Path)
		return false
	})
	c, err := pubnub.New(slices.Concat(base, []option.Option{option.WithHTTPClient(e.Client()), option.WithAttempts(1)}, opts)...)
	if err != nil {
		t.Fatal(err)
	}
	return memberships.New(c.Provider()), c, asked
}
