package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// choices enumerates every path of a program that asks it for its decisions.
type choices struct {
	path  []int // the decisions
	sizes []int // the number of options of each decision
	at    int
}

// choose returns one of n options.
func (c *choices) choose(n int) int {
	if c.at == len(c.path) {
		c.path, c.sizes = append(c.path, 0), append(c.sizes, n)
	}
	c.at++
	return c.path[c.at-1]
}

// next moves to another path, and reports whether there is one.
func (c *choices) next() bool {
	c.at = 0
	for i := len(c.path) - 1; i >= 0; i-- {
		if c.path[i]++; c.path[i] < c.sizes[i] {
			c.path, c.sizes = c.path[:i+1], c.sizes[:i+1]
			return true
		}
	}
	return false
}

// modelServer is a provider that may carry a write out now, later or never, and may answer
// it, refuse it or lose the answer. A stale reading lacks the effect of this call, but is
// never older than the call's first request.
type modelServer struct {
	choices   *choices
	duplicate Duplicate

	events    int   // requests so far
	pending   []int // the events before which a write is carried out
	effects   int
	there     bool
	gone      bool // the group is deleted
	confirmed bool // an answer or a reading showed the write as done
	log       []string
	blurred   bool // a reading was stale, or failed
}

// step carries out the writes that are due.
func (s *modelServer) step() {
	s.events++
	var later []int
	for _, due := range s.pending {
		if due <= s.events {
			s.apply()
		} else {
			later = append(later, due)
		}
	}
	s.pending = later
}

// apply carries a write out, and reports whether it had an effect.
func (s *modelServer) apply() bool {
	if s.gone || s.there && s.duplicate != Harms {
		return false
	}
	s.effects++
	s.there = true
	return true
}

const never = 1 << 30 // within the call

// post is one attempt.
func (s *modelServer) post() (*http.Response, error) {
	s.step()
	say := func(what string) { s.log = append(s.log, "POST "+what) }
	if s.gone {
		say("404")
		return answers(404, `{}`), nil
	}
	switch s.choices.choose(10) {
	case 0:
		if s.there && s.duplicate == Refused {
			say("409")
			return answers(409, ""), nil
		}
		say("done")
		s.apply()
		s.confirmed = true
		return answers(200, `{"id":"x"}`), nil
	case 1:
		say("done, answer lost")
		s.apply()
		return answers(503, ""), nil
	case 2:
		say("done later")
		s.pending = append(s.pending, s.events+2)
		return answers(408, ""), nil
	case 3:
		say("done even later")
		s.pending = append(s.pending, s.events+3)
		return nil, errors.New("reset")
	case 4:
		say("done after the call")
		s.pending = append(s.pending, never)
		return answers(500, ""), nil
	case 5:
		say("never done")
		return answers(502, ""), nil
	case 6:
		say("403")
		return answers(403, ""), nil
	case 7:
		say("429")
		return answers(429, ""), nil
	case 8:
		say("404: the group is gone")
		s.gone, s.there, s.pending = true, false, nil
		return answers(404, `{}`), nil
	}
	say("accepted, done after the call")
	s.pending = append(s.pending, never)
	s.confirmed = true
	return answers(200, `{"id":"x"}`), nil
}

// read is one reading of the state.
func (s *modelServer) read(context.Context) (*thing, bool, error) {
	s.step()
	switch s.choices.choose(3) {
	case 0:
		s.log = append(s.log, fmt.Sprint("GET ", s.there))
		return &thing{"x"}, s.there, nil
	case 1:
		s.blurred = true
		s.log = append(s.log, "GET stale")
		return nil, false, nil
	}
	s.blurred = true
	s.log = append(s.log, "GET fails")
	return nil, false, errors.New("down")
}

// The test explores every course of a write up to a number of attempts. A write whose
// duplicates harm has at most one effect, a failed write has none now or later, and a
// successful write has one.
func TestSettleModel(t *testing.T) {
	attempts := deeptest.Count(2, 3)
	v := *testAPI
	v.Kinds = []ErrorRule{{Status: 409, Kind: memberships.ErrAlreadyExists}}
	v.ErrorDetails = func(*transport.Response) ErrorDetails { return ErrorDetails{Code: "exists"} }
	v.ErrorDetails = func(*transport.Response) ErrorDetails { return ErrorDetails{Message: "the provider's own words"} }
	for duplicate, name := range map[Duplicate]string{Harms: "harms", Refused: "refused", Merged: "merged"} {
		t.Run(name, func(t *testing.T) {
			v := v
			v.Duplicates = map[string]Duplicate{"Things.Create": duplicate}
			c, paths, shown := &choices{}, 0, 0
			for more := true; more; more = c.next() {
				paths++
				synctest.Test(t, func(t *testing.T) {
					s := &modelServer{choices: c, duplicate: duplicate}
					if wrong := course(t, &v, s, attempts); wrong != "" {
						if shown++; shown <= 5 {
							t.Errorf("%s:\n\t%s", wrong, strings.Join(s.log, "\n\t"))
						} else {
							t.Fail()
						}
					}
				})
			}
			t.Logf("%d courses", paths)
		})
	}
}

// course makes one call, and returns the fault in its result, "" for none.
func course(t *testing.T, v *API, s *modelServer, attempts int) string {
	client, err := New(v, []option.Option{
		option.WithToken("t"), option.WithAttempts(attempts),
		option.WithHTTPClient(&http.Client{Transport: rt(func(*http.Request) (*http.Response, error) { return s.post() })}),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Write(t.Context(), client, Call{
		Name: "Things.Create", Endpoint: withBody("POST /things"),
	}, thingKey, s.read)
	before := s.there
	s.events = never
	s.step() // the writes still pending
	unknown := errors.Is(err, memberships.ErrOutcomeUnknown)
	switch {
	case s.duplicate == Harms && s.effects > 1:
		return fmt.Sprintf("%d effects, and %v", s.effects, err)
	case err != nil && !unknown && s.there:
		return fmt.Sprintf("not done, and it is or will be: %v", err)
	case err == nil && !s.there && !s.confirmed:
		return "done, and it is not"
	case unknown && before && !s.blurred && len(s.pending) == 0 && strings.HasPrefix(s.log[len(s.log)-1], "GET true"):
		return fmt.Sprintf("a reading shows it, and %v", err)
	}
	return ""
}
