package pubnub_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// resolveMany returns the id or the kind of error of every address, in order.
func (s *site) resolveMany(t *testing.T, addresses ...string) []string {
	t.Helper()
	var members []memberships.Member
	for _, a := range addresses {
		members = append(members, byEmail(a))
	}
	found, err := s.typed.Provider().Resolve(t.Context(), members)
	if err != nil || len(found) != len(addresses) {
		t.Fatalf("%d resolutions of %d, %v", len(found), len(addresses), err)
	}
	var got []string
	for _, r := range found {
		var e *memberships.Error
		if errors.As(r.Err, &e) {
			got = append(got, e.Kind.Error())
		} else {
			got = append(got, r.Member.ID+" "+r.Member.Email)
		}
	}
	return got
}

func TestResolveMany(t *testing.T) {
	s := newSite(t)
	for id, email := range map[string]string{
		"upper": "Case@example.com", "lower": "case@example.com", "one": "twice@example.com", "two": "twice@example.com",
		"odd": `o"|| email != "@example.com`, "star": "a*b@example.com", "starred": "axb@example.com",
	} {
		if _, err := s.typed.Users.Set(t.Context(), id, pubnub.SetUserRequest{Email: pubnub.Text(email)}, pubnub.SetUserParams{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name      string
		addresses []string
		want      []string
		requests  int
	}{
		{"none", nil, nil, 0},
		{"in order", []string{"grace@example.com", "nobody@example.com", "ADA@example.com", "twice@example.com", "grace@example.com"},
			[]string{"grace grace@example.com", "no such member", "ada ada@example.com", "ambiguous", "grace grace@example.com"}, 1},
		{"two spellings", []string{"Case@example.com", "case@example.com", "ada@example.com", "CASE@example.com"},
			[]string{"ambiguous", "lower case@example.com", "ada ada@example.com", "lower case@example.com"}, 3},
		{"invalid ones", []string{"", "ada@example.com", "a\nb@example.com", strings.Repeat("a", 9000)},
			[]string{"invalid argument", "ada ada@example.com", "invalid argument", "invalid argument"}, 1},
		{"hostile ones", []string{`o"|| email != "@example.com`, "a*b@example.com", `\`, `" || email != "`},
			[]string{`odd o"|| email != "@example.com`, "star a*b@example.com", "no such member", "no such member"}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.sent = nil
			if diff := cmp.Diff(tt.want, s.resolveMany(t, tt.addresses...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if len(s.sent) != tt.requests {
				t.Errorf("%d requests, want %d", len(s.sent), tt.requests)
			}
		})
	}
}

// A hundred addresses are one request, and long addresses share the room of a URL.
func TestResolveManyRequests(t *testing.T) {
	for _, tt := range []struct{ n, length, requests int }{{1, 20, 1}, {100, 26, 1}, {101, 26, 2}, {250, 26, 3}, {100, 320, 5}, {3, 8000, 3}} {
		s := newSite(t)
		longest := 0
		s.between = func(req *http.Request, _ string, _ int) *http.Response {
			longest = max(longest, len(req.URL.RequestURI()))
			return nil
		}
		var addresses []string
		for i := range tt.n {
			addresses = append(addresses, strings.Repeat("a", tt.length-15)+fmt.Sprintf("%03d@example.com", i))
		}
		for _, got := range s.resolveMany(t, addresses...) {
			if got != "no such member" {
				t.Fatalf("got %s", got)
			}
		}
		if most := max(8200, tt.length+200); len(s.sent) != tt.requests || longest > most {
			t.Errorf("%d addresses of %d bytes took %d requests, want %d; the longest URL has %d bytes", tt.n, tt.length, len(s.sent), tt.requests, longest)
		}
	}
}

// Users on several pages are all found.
func TestResolveManyOnSeveralPages(t *testing.T) {
	s := newSite(t)
	var addresses, want []string
	for i := range 90 {
		for _, id := range []string{user(i), "v" + user(i)}[:1+i%2] { // 135 users
			if _, err := s.typed.Users.Set(t.Context(), id, pubnub.SetUserRequest{Email: pubnub.Text(mail(i))}, pubnub.SetUserParams{}); err != nil {
				t.Fatal(err)
			}
		}
		addresses = append(addresses, mail(i))
		want = append(want, []string{user(i) + " " + mail(i), "ambiguous"}[i%2])
	}
	s.sent = nil
	if diff := cmp.Diff(want, s.resolveMany(t, addresses...)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(s.sent) != 2 {
		t.Errorf("%d requests, want 2", len(s.sent))
	}
}

// A refused address fails alone, and any other failure ends the look-ups.
func TestResolveManyFailures(t *testing.T) {
	addresses := []string{"grace@example.com", "bad@example.com", "ada@example.com", "nobody@example.com"}
	holds := func(req *http.Request, text string) bool {
		return strings.Contains(req.URL.Query().Get("filter"), text)
	}
	all := func(text string) []string { return slices.Repeat([]string{text}, len(addresses)) }
	for _, tt := range []struct {
		name     string
		answer   func(req *http.Request) *http.Response
		want     []string
		requests int
	}{
		{"one bad address", func(req *http.Request) *http.Response {
			if holds(req, "bad@") {
				return refusal(req, 400)
			}
			return nil
		}, []string{"grace grace@example.com", "invalid argument", "ada ada@example.com", "no such member"}, 5},
		{"a URL that is too long", func(req *http.Request) *http.Response {
			if holds(req, "||") {
				return respond(req, 414, http.Header{}, `{"status":414,"service":"Balancer","error":true,"message":"Request URI Too Long"}`)
			}
			return nil
		}, []string{"grace grace@example.com", "no such member", "ada ada@example.com", "no such member"}, 7},
		{"the keyset", func(req *http.Request) *http.Response {
			return respond(req, 400, http.Header{}, `{"message":"Invalid Subscribe Key","error":true,"service":"Access Manager","status":400}`)
		}, all("invalid argument"), 1},
		{"no permission", func(req *http.Request) *http.Response {
			return respond(req, 401, http.Header{}, `{"message":"no","error":true,"service":"Access Manager","status":401}`)
		}, all("unauthenticated"), 1},
		{"an outage", func(req *http.Request) *http.Response { return respond(req, 504, http.Header{}, "") }, all("unavailable"), 1},
		{"a list that ignores its filter", func(req *http.Request) *http.Response {
			return respond(req, 200, http.Header{}, `{"status":200,"totalCount":1,"data":[{"id":"x","email":"x@example.com"}]}`)
		}, all("malformed answer"), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, option.WithAttempts(1))
			s.between = func(req *http.Request, _ string, _ int) *http.Response { return tt.answer(req) }
			if diff := cmp.Diff(tt.want, s.resolveMany(t, addresses...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if len(s.sent) != tt.requests {
				t.Errorf("%d requests, want %d", len(s.sent), tt.requests)
			}
		})
	}
}
