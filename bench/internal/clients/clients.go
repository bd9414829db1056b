// Package clients has the clients that are compared. All of them read the same lists to
// the end and use the same three strings of every member.
package clients

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/memberships-go/memberships/bench/internal/corpus"
)

// Listing reads one group to the end and counts its members in t. The tally reveals a
// client that stops early or reads a member twice.
type Listing func(ctx context.Context, g corpus.Group, t *corpus.Tally) error

// Server is the location of the lists, in pages of Page members.
type Server struct {
	URL  string
	Page int
	// Parallel is the number of pages in flight. NoPrefetch requests a page after the
	// previous one was consumed. Only this module's clients support either.
	Parallel   int
	NoPrefetch bool
}

// page returns the URL of a page; the cursor of the first page is "".
func (s Server) page(provider string, g corpus.Group, cursor string) string {
	size := strconv.Itoa(s.Page)
	path, q := "", url.Values{}
	from := ""
	switch provider {
	case "clerk":
		path, from = "/v1/organizations/"+g.ID()+"/memberships", "offset"
		q.Set("limit", size)
	case "webex":
		path, from = "/v1/memberships", "cursor"
		q.Set("roomId", g.ID())
		q.Set("max", size)
	case "box":
		path, from = "/2.0/groups/"+g.ID()+"/memberships", "offset"
		q.Set("limit", size)
	case "pubnub":
		path, from = "/v2/objects/"+key+"/channels/"+g.ID()+"/uuids", "start"
		q.Set("limit", size)
		q.Set("include", strings.Join(include, ","))
	case "googlechat":
		path, from = "/v1/spaces/"+g.ID()+"/members", "pageToken"
		q.Set("pageSize", size)
	}
	if cursor != "" {
		q.Set(from, cursor)
	}
	return s.URL + path + "?" + q.Encode()
}

// Client is one way to read lists. New has the providers that the client supports.
type Client struct {
	Name  string
	About string // a short description
	New   map[string]func(Server) (Listing, error)
}

// All are the clients in the order of reports.
var All = []Client{drain, lean, unmarshal, decoder, v2, generated, sdks, typed, portable}

// Names of clients in reports and scenarios.
const (
	Idle      = "idle" // reads nothing: the baseline of a process
	Drain     = "drain"
	Lean      = "json lean"
	Unmarshal = "json unmarshal"
	Decoder   = "json decoder"
	V2        = "json v2"
	Generated = "oapi-codegen"
	SDK       = "sdk"
	Typed     = "typed"
	Portable  = "portable"
)

// Reads reports whether a client reads a provider.
func Reads(client, provider string) bool {
	return slices.ContainsFunc(All, func(c Client) bool { return c.Name == client && c.New[provider] != nil })
}

// Find returns the listing of a provider with a client.
func Find(client, provider string, s Server) (Listing, error) {
	i := slices.IndexFunc(All, func(c Client) bool { return c.Name == client })
	if i < 0 {
		return nil, fmt.Errorf("no client is called %q", client)
	}
	open, ok := All[i].New[provider]
	if !ok {
		return nil, fmt.Errorf("%s does not read %s", client, provider)
	}
	return open(s)
}

// Many reads groups to the end, concurrency of them at a time, and counts all members in
// t.
type Many func(ctx context.Context, groups []corpus.Group, concurrency int, t *corpus.Tally) error

// FindMany is Find for many groups. The portable API has its own method; the other
// clients read lists concurrently with goroutines.
func FindMany(client, provider string, s Server) (Many, error) {
	if client == Portable {
		return listMany(provider, s)
	}
	listing, err := Find(client, provider, s)
	return func(ctx context.Context, groups []corpus.Group, concurrency int, t *corpus.Tally) error {
		tallies, errs := make([]corpus.Tally, concurrency), make([]error, concurrency)
		next := make(chan corpus.Group, len(groups))
		for _, g := range groups {
			next <- g
		}
		close(next)
		var wg sync.WaitGroup
		for lane := range concurrency {
			wg.Go(func() {
				for g := range next {
					if errs[lane] = listing(ctx, g, &tallies[lane]); errs[lane] != nil {
						return
					}
				}
			})
		}
		wg.Wait()
		for _, read := range tallies {
			t.Members += read.Members
			t.Text += read.Text
		}
		return errors.Join(errs...)
	}, err
}

// secret is the credential that every client sends; the server takes any.
const secret = "bench-token"

// key is PubNub's name of the keyset.
const key = "sub-c-bench"

// include are the fields of members that PubNub is asked for.
var include = []string{"uuid", "custom", "status"}

// statusError returns the error for a response that is not a page.
func statusError(resp *http.Response) error { return fmt.Errorf("the server answered %s", resp.Status) }

func role(moderator bool) string {
	if moderator {
		return "moderator"
	}
	return "member"
}
