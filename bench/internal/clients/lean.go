package clients

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/memberships-go/memberships/bench/internal/corpus"
)

// lean is unmarshal with types that have the fields of the portable membership only: the
// group, the member, the role, the state and the times, as far as an answer has them.
var lean = Client{
	Name: Lean, About: "net/http and json.Unmarshal of the portable membership's fields only",
	New: map[string]func(Server) (Listing, error){
		"clerk": leanListing("clerk", func(p *leanClerk, from int, _ http.Header, t *corpus.Tally) (string, error) {
			for i := range p.Data {
				m := &p.Data[i]
				t.Add(m.User.UserID, m.Role, m.User.Identifier)
			}
			if from += len(p.Data); from < p.TotalCount {
				return strconv.Itoa(from), nil
			}
			return "", nil
		}),
		"webex": leanListing("webex", func(p *leanWebex, _ int, h http.Header, t *corpus.Tally) (string, error) {
			for i := range p.Items {
				m := &p.Items[i]
				t.Add(m.ID, role(m.IsModerator), m.PersonID)
			}
			return nextLink(h)
		}),
		"box": leanListing("box", func(p *leanBox, from int, _ http.Header, t *corpus.Tally) (string, error) {
			for i := range p.Entries {
				m := &p.Entries[i]
				t.Add(m.ID, m.Role, m.User.ID)
			}
			if from += p.Limit; from < p.TotalCount {
				return strconv.Itoa(from), nil
			}
			return "", nil
		}),
		"pubnub": leanListing("pubnub", func(p *leanPubNub, _ int, _ http.Header, t *corpus.Tally) (string, error) {
			for i := range p.Data {
				m := &p.Data[i]
				t.Add(m.User.ID, "", m.User.Email)
			}
			if len(p.Data) == 0 {
				return "", nil
			}
			return p.Next, nil
		}),
		"googlechat": leanListing("googlechat", func(p *leanGoogle, _ int, _ http.Header, t *corpus.Tally) (string, error) {
			for i := range p.Memberships {
				m := &p.Memberships[i]
				t.Add(m.Name, m.Role, m.Member.Name)
			}
			return p.NextPageToken, nil
		}),
	},
}

// leanListing reads pages of type P. read counts the members of a page and returns the next
// cursor, "" after the last page; from is the page's offset where cursors are offsets.
func leanListing[P any](provider string, read func(p *P, from int, h http.Header, t *corpus.Tally) (string, error)) func(Server) (Listing, error) {
	return func(s Server) (Listing, error) {
		return func(ctx context.Context, g corpus.Group, t *corpus.Tally) error {
			for cursor := ""; ; {
				var page P
				header, err := get(ctx, s.page(provider, g, cursor), func(body io.Reader) error {
					b, err := io.ReadAll(body)
					if err != nil {
						return err
					}
					return json.Unmarshal(b, &page)
				})
				if err != nil {
					return err
				}
				from, _ := strconv.Atoi(cursor) // 0 for other cursors
				if cursor, err = read(&page, from, header, t); err != nil || cursor == "" {
					return err
				}
			}
		}, nil
	}
}

type leanClerk struct {
	Data []struct {
		ID           string `json:"id"`
		Role         string `json:"role"`
		Organization struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"organization"`
		User struct {
			UserID     string `json:"user_id"`
			Identifier string `json:"identifier"`
			FirstName  string `json:"first_name"`
			LastName   string `json:"last_name"`
		} `json:"public_user_data"`
		CreatedAt int64 `json:"created_at"`
		UpdatedAt int64 `json:"updated_at"`
	} `json:"data"`
	TotalCount int `json:"total_count"`
}

type leanWebex struct {
	Items []struct {
		ID                string    `json:"id"`
		RoomID            string    `json:"roomId"`
		PersonID          string    `json:"personId"`
		PersonEmail       string    `json:"personEmail"`
		PersonDisplayName string    `json:"personDisplayName"`
		IsModerator       bool      `json:"isModerator"`
		Created           time.Time `json:"created"`
	} `json:"items"`
}

type leanBox struct {
	TotalCount int `json:"total_count"`
	Limit      int `json:"limit"`
	Entries    []struct {
		ID   string `json:"id"`
		User struct {
			ID    string `json:"id"`
			Name  string `json:"name"`
			Login string `json:"login"`
		} `json:"user"`
		Group struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"group"`
		Role       string    `json:"role"`
		CreatedAt  time.Time `json:"created_at"`
		ModifiedAt time.Time `json:"modified_at"`
	} `json:"entries"`
}

type leanPubNub struct {
	Data []struct {
		User struct {
			ID    string `json:"id"`
			Name  string `json:"name"`
			Email string `json:"email"`
		} `json:"uuid"`
		Status  string          `json:"status"`
		Custom  json.RawMessage `json:"custom"` // holds the role
		Updated time.Time       `json:"updated"`
	} `json:"data"`
	Next string `json:"next"`
}

type leanGoogle struct {
	Memberships []struct {
		Name   string `json:"name"`
		State  string `json:"state"`
		Role   string `json:"role"`
		Member struct {
			Name        string `json:"name"`
			DisplayName string `json:"displayName"`
			Type        string `json:"type"`
		} `json:"member"`
		CreateTime time.Time `json:"createTime"`
	} `json:"memberships"`
	NextPageToken string `json:"nextPageToken"`
}
