package pubnub_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

const grace = `{"id":"grace","email":"grace@example.com"}`

// emptyPageFirst is a server with grace in the channel demo. It puts an empty page in front
// of every list and loses every write.
func emptyPageFirst(req *http.Request) (*http.Response, error) {
	list := `{"status":200,"data":[],"next":"x1"}`
	rows := req.URL.Query().Get("start") == "x1"
	switch path := req.URL.Path; {
	case req.Method != http.MethodGet:
		return nil, errors.New("connection reset by peer")
	case strings.HasSuffix(path, "/channels/demo/uuids") && rows:
		list = `{"status":200,"data":[{"uuid":` + grace + `,"custom":null}],"next":"x2"}`
	case strings.HasSuffix(path, "/uuids/grace/channels") && rows:
		list = `{"status":200,"data":[{"channel":{"id":"demo"},"custom":null}],"next":"x2"}`
	case strings.HasSuffix(path, "/uuids") && rows:
		list = `{"status":200,"data":[` + grace + `],"next":"x2"}`
	case strings.HasSuffix(path, "/channels/demo"):
		return respond(req, http.StatusNotFound, http.Header{}, `{"status":404,"error":{"message":"Requested object was not found.","source":"objects"}}`), nil
	case req.URL.Query().Get("start") == "x2":
		list = `{"status":200,"data":[]}`
	}
	return respond(req, http.StatusOK, http.Header{}, list), nil
}

// filterless is a server with grace behind a hundred others in the channel demo. It ignores
// filters and loses every write.
func filterless(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet {
		return nil, errors.New("connection reset by peer")
	}
	var all []string
	for i := range 100 {
		all = append(all, fmt.Sprintf(`{"uuid":{"id":"a%[1]d"},"channel":{"id":"a%[1]d"}}`, i))
	}
	return respond(req, http.StatusOK, http.Header{}, `{"status":200,"data":[`+strings.Join(all, ",")+`],"next":"MTAw"}`), nil
}

// A lookup reads on after an empty page with a cursor.
func TestLookupAfterAnEmptyPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own, err := pubnub.New(append(base, option.WithHTTPClient(&http.Client{Transport: roundTrip(emptyPageFirst)}))...)
		if err != nil {
			t.Fatal(err)
		}
		c, ctx := memberships.New(own.Provider()), t.Context()
		g := memberships.Group{ID: "demo"}
		for _, who := range []string{"grace", "grace@example.com"} {
			if got, err := c.Check(ctx, g, memberships.ParseMember(who)); got != memberships.PresenceMember || err != nil {
				t.Errorf("Check of %s: %v and %v, want %v", who, got, err, memberships.PresenceMember)
			}
		}
		if _, err := c.Get(ctx, memberships.Ref{Group: g, Member: memberships.ParseMember("alan")}); !errors.Is(err, memberships.ErrMalformed) {
			t.Errorf("Get of a member outside of the filter: %v, want %v", err, memberships.ErrMalformed)
		}
		rows := 0
		for page, err := range c.Pages(ctx, memberships.Filter{Group: g}, memberships.PageRequest{}) {
			if err != nil {
				t.Errorf("Pages: %v", err)
				break
			}
			rows += len(page.Items)
		}
		if rows != 1 {
			t.Errorf("Pages: %d rows, want 1", rows)
		}
	})
}

// A read-back proves no removal by an empty page with a cursor or by other rows.
func TestReadBackWithoutProof(t *testing.T) {
	for name, server := range map[string]roundTrip{"an empty page first": emptyPageFirst, "no filter": filterless} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, err := pubnub.New(append(base, option.WithHTTPClient(&http.Client{Transport: server}))...)
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Members.Remove(t.Context(), "demo", []string{"grace"}); !errors.Is(err, memberships.ErrOutcomeUnknown) {
					t.Errorf("Members.Remove: %v, want %v", err, memberships.ErrOutcomeUnknown)
				}
				if err := c.Memberships.Remove(t.Context(), "grace", []string{"demo"}); !errors.Is(err, memberships.ErrOutcomeUnknown) {
					t.Errorf("Memberships.Remove: %v, want %v", err, memberships.ErrOutcomeUnknown)
				}
			})
		})
	}
}
