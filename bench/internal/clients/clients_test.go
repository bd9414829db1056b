package clients_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/bench/internal/clients"
	"github.com/memberships-go/memberships/bench/internal/corpus"
	"github.com/memberships-go/memberships/bench/internal/server"
)

// All clients do the same work: each reads every member once, with the same strings. The
// sizes include those around a page boundary.
func TestClientsReadTheSame(t *testing.T) {
	srv := httptest.NewServer(server.New(0))
	t.Cleanup(srv.Close)
	for _, c := range clients.All {
		for provider := range c.New {
			t.Run(c.Name+"/"+provider, func(t *testing.T) {
				t.Parallel()
				for _, page := range []int{7, corpus.MaxPage[provider]} {
					listing, err := clients.Find(c.Name, provider, clients.Server{URL: srv.URL, Page: page})
					if err != nil {
						t.Fatal(err)
					}
					for _, size := range []int{0, 1, page - 1, page, page + 1, 3*page + 2} {
						groups := []corpus.Group{{Size: size}, {Size: size, Index: 3}}
						var got corpus.Tally
						for _, g := range groups {
							if err := listing(t.Context(), g, &got); err != nil {
								t.Fatalf("%d members in pages of %d: %v", size, page, err)
							}
						}
						want := corpus.Want(provider, groups)
						if c.Name == clients.Drain {
							want.Text = got.Text // it counts bytes
						}
						if diff := cmp.Diff(want, got, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Each" }, cmp.Ignore())); diff != "" {
							t.Errorf("%d members in pages of %d: (-want +got)\n%s", size, page, diff)
						}
					}
				}
			})
		}
	}
}

// A Box list is read as far as Box allows.
func TestBoxToItsEnd(t *testing.T) {
	srv := httptest.NewServer(server.New(0))
	t.Cleanup(srv.Close)
	for _, c := range clients.All {
		if c.New["box"] == nil {
			continue
		}
		listing, err := clients.Find(c.Name, "box", clients.Server{URL: srv.URL, Page: 1000})
		if err != nil {
			t.Fatal(err)
		}
		var got corpus.Tally
		if err := listing(t.Context(), corpus.Group{Size: corpus.BoxReach}, &got); err != nil || got.Members != corpus.BoxReach {
			t.Errorf("%s read %d members of %d: %v", c.Name, got.Members, corpus.BoxReach, err)
		}
	}
}

// A failure between pages is an error and not the end of the list.
func TestClientsFail(t *testing.T) {
	answers := server.New(0)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); slices.ContainsFunc([]string{"offset", "cursor", "start", "pageToken"}, func(name string) bool { return q.Get(name) != "" && q.Get(name) != "0" }) {
			http.Error(w, "{}", http.StatusForbidden)
			return
		}
		answers.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	for _, c := range clients.All {
		for provider := range c.New {
			listing, err := clients.Find(c.Name, provider, clients.Server{URL: srv.URL, Page: 10})
			if err != nil {
				t.Fatal(err)
			}
			var got corpus.Tally
			if err := listing(t.Context(), corpus.Group{Size: 25}, &got); err == nil {
				t.Errorf("%s read %d members of %s and no error, want one after 10", c.Name, got.Members, provider)
			}
		}
	}
}

func TestFind(t *testing.T) {
	for _, tt := range []struct{ client, provider, want string }{
		{"nobody", "clerk", "no client is called"},
		{clients.SDK, "box", "does not read box"},
	} {
		listing, err := clients.Find(tt.client, tt.provider, clients.Server{})
		if err == nil || !strings.Contains(err.Error(), tt.want) || listing != nil {
			t.Errorf("Find(%s, %s): %v, want %q", tt.client, tt.provider, err, tt.want)
		}
	}
}

// The work between members runs once for each.
func TestTallyCallsEach(t *testing.T) {
	srv := httptest.NewServer(server.New(0))
	t.Cleanup(srv.Close)
	listing, err := clients.Find(clients.Typed, "webex", clients.Server{URL: srv.URL, Page: 10})
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	tally := corpus.Tally{Each: func() { calls++ }}
	if err := listing(context.Background(), corpus.Group{Size: 25}, &tally); err != nil || calls != 25 {
		t.Errorf("%d calls, %v; want 25", calls, err)
	}
}

// Concurrent reads also read every group once.
func TestFindMany(t *testing.T) {
	srv := httptest.NewServer(server.New(0))
	t.Cleanup(srv.Close)
	groups := make([]corpus.Group, 20)
	for i := range groups {
		groups[i] = corpus.Group{Size: 3, Index: i}
	}
	for _, client := range []string{clients.Typed, clients.Portable} {
		many, err := clients.FindMany(client, "box", clients.Server{URL: srv.URL, Page: 10})
		if err != nil {
			t.Fatal(err)
		}
		var got corpus.Tally
		if err := many(t.Context(), groups, 4, &got); err != nil {
			t.Fatal(err)
		}
		if want := corpus.Want("box", groups); got.Members != want.Members || got.Text != want.Text {
			t.Errorf("%s read %d members and %d bytes, want %d and %d", client, got.Members, got.Text, want.Members, want.Text)
		}
		srv := httptest.NewServer(http.NotFoundHandler())
		if many, err = clients.FindMany(client, "box", clients.Server{URL: srv.URL, Page: 10}); err != nil {
			t.Fatal(err)
		}
		if err := many(t.Context(), groups, 4, &got); err == nil {
			t.Errorf("%s finds no group and no error", client)
		}
		srv.Close()
	}
}
