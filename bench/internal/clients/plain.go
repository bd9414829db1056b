package clients

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/memberships-go/memberships/bench/internal/corpus"
)

// Clients written by hand with net/http, with the three usual ways to decode JSON.
var (
	unmarshal = plain(Unmarshal, "net/http, io.ReadAll and json.Unmarshal of all fields", func(r io.Reader, v any) error {
		b, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		return json.Unmarshal(b, v)
	})
	decoder = plain(Decoder, "net/http and json.NewDecoder", func(r io.Reader, v any) error {
		return json.NewDecoder(r).Decode(v)
	})
	v2 = plain(V2, "net/http and encoding/json/v2's UnmarshalRead", func(r io.Reader, v any) error {
		return jsonv2.UnmarshalRead(r, v)
	})
)

func plain(name, about string, decode func(io.Reader, any) error) Client {
	return Client{Name: name, About: about, New: each(func(provider string) func(Server) (Listing, error) {
		return func(s Server) (Listing, error) {
			h := &hand{provider: provider, server: s, decode: decode}
			return map[string]Listing{
				"clerk": h.clerk, "webex": h.webex, "box": h.box, "pubnub": h.pubnub, "googlechat": h.googleChat,
			}[provider], nil
		}
	})}
}

// hand is a client written by hand.
type hand struct {
	provider string
	server   Server
	decode   func(io.Reader, any) error
}

func (h *hand) get(ctx context.Context, g corpus.Group, cursor string, page any) (http.Header, error) {
	return get(ctx, h.server.page(h.provider, g, cursor), func(body io.Reader) error { return h.decode(body, page) })
}

func (h *hand) clerk(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
	for offset := 0; ; {
		var page clerkPage
		if _, err := h.get(ctx, g, strconv.Itoa(offset), &page); err != nil {
			return err
		}
		for i := range page.Data {
			m := &page.Data[i]
			t.Add(m.PublicUserData.UserID, m.Role, m.PublicUserData.Identifier)
		}
		if offset += len(page.Data); offset >= page.TotalCount || len(page.Data) == 0 {
			return nil
		}
	}
}

func (h *hand) webex(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
	for cursor := ""; ; {
		var page webexPage
		header, err := h.get(ctx, g, cursor, &page)
		if err != nil {
			return err
		}
		for i := range page.Items {
			m := &page.Items[i]
			t.Add(m.ID, role(m.IsModerator), m.PersonID)
		}
		if cursor, err = nextLink(header); err != nil || cursor == "" {
			return err
		}
	}
}

func (h *hand) box(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
	for offset := 0; ; {
		var page boxPage
		if _, err := h.get(ctx, g, strconv.Itoa(offset), &page); err != nil {
			return err
		}
		for i := range page.Entries {
			m := &page.Entries[i]
			t.Add(m.ID, m.Role, m.User.ID)
		}
		if offset += page.Limit; offset >= page.TotalCount {
			return nil
		}
	}
}

func (h *hand) pubnub(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
	for cursor := ""; ; {
		var page pubnubPage
		if _, err := h.get(ctx, g, cursor, &page); err != nil {
			return err
		}
		for i := range page.Data {
			m := &page.Data[i]
			t.Add(m.User.ID, "", m.User.Email)
		}
		if cursor = page.Next; len(page.Data) == 0 {
			return nil
		}
	}
}

func (h *hand) googleChat(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
	for token := ""; ; {
		var page googlePage
		if _, err := h.get(ctx, g, token, &page); err != nil {
			return err
		}
		for i := range page.Memberships {
			m := &page.Memberships[i]
			t.Add(m.Name, m.Role, m.Member.Name)
		}
		if token = page.NextPageToken; token == "" {
			return nil
		}
	}
}

// nextLink returns the cursor of the next page, "" after the last.
func nextLink(header http.Header) (string, error) {
	link, rel, _ := strings.Cut(header.Get("Link"), ";")
	if !strings.Contains(rel, `rel="next"`) {
		return "", nil
	}
	u, err := url.Parse(strings.Trim(link, "<> "))
	if err != nil {
		return "", fmt.Errorf("the next link: %w", err)
	}
	return u.Query().Get("cursor"), nil
}
