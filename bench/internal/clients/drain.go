package clients

import (
	"context"
	"io"
	"net/http"

	"github.com/memberships-go/memberships/bench/internal/corpus"
)

// drain receives the pages without decoding them. It computes the cursor of each page.
var drain = Client{
	Name: Drain, About: "net/http, every body thrown away",
	New: each(func(provider string) func(Server) (Listing, error) {
		return func(s Server) (Listing, error) {
			return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
				for from := 0; from == 0 || from < g.Size; from += s.Page {
					_, err := get(ctx, s.page(provider, g, corpus.Cursor(provider, from)), func(body io.Reader) error {
						n, err := io.Copy(io.Discard, body)
						t.Text += n
						return err
					})
					if err != nil {
						return err
					}
					t.Members += min(s.Page, g.Size-from)
				}
				return nil
			}, nil
		}
	}),
}

// each makes the same client for every provider.
func each(open func(provider string) func(Server) (Listing, error)) map[string]func(Server) (Listing, error) {
	m := map[string]func(Server) (Listing, error){}
	for _, p := range corpus.Providers {
		m[p] = open(p)
	}
	return m
}

// get requests a page with net/http and passes its body to read.
func get(ctx context.Context, url string, read func(io.Reader) error) (http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, statusError(resp)
	}
	return resp.Header, read(resp.Body)
}
