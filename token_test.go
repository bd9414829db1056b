package memberships_test

import (
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
)

func TestToken(t *testing.T) {
	listing := []string{"list", "group", "g1"}
	sealed := memberships.SealToken("cursor", listing...)
	for name, tc := range map[string]struct {
		token   string
		listing []string
		want    string // the cursor, or the beginning of the error
	}{
		"its own":              {sealed, listing, "cursor"},
		"any bytes":            {memberships.SealToken("a\x00\n\xff", listing...), listing, "a\x00\n\xff"},
		"no listing":           {memberships.SealToken("cursor"), nil, "cursor"},
		"another listing":      {sealed, []string{"list", "group", "g2"}, "the page token belongs to another listing"},
		"texts cut elsewhere":  {sealed, []string{"list", "groupg", "1"}, "the page token belongs to another listing"},
		"one text less":        {sealed, listing[:2], "the page token belongs to another listing"},
		"nothing":              {"", listing, "the page token has an unknown format"},
		"no token":             {"next", listing, "the page token has an unknown format"},
		"another version":      {"1" + sealed[1:], listing, "the page token has an unknown format"},
		"a part":               {sealed[:8], listing, "the page token is damaged"},
		"no cursor":            {memberships.SealToken("", listing...), listing, "the page token is damaged"},
		"other letters":        {sealed + "€", listing, "the page token is damaged"},
		"a line break":         {sealed[:9] + "\n" + sealed[9:], listing, "the page token is damaged"},
		"longer than an id":    {sealed + strings.Repeat("A", 8<<10), listing, "the page token is longer than 8192 bytes"},
		"bits behind the last": {trailingBits(memberships.SealToken("c", listing...)), listing, "the page token is damaged"},
	} {
		got, err := memberships.OpenToken(tc.token, tc.listing...)
		if err != nil {
			got = err.Error()
		}
		if got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
	for _, r := range memberships.SealToken("a\x00\n\xff€", listing...) {
		if r <= ' ' || r > '~' {
			t.Errorf("the token holds %q", r)
		}
	}
}

// trailingBits sets bits of the last letter that no byte is made of.
func trailingBits(token string) string {
	return token[:len(token)-1] + string(token[len(token)-1]+1)
}

func TestQueryListing(t *testing.T) {
	group, member := memberships.Group{ID: "g"}, memberships.Member{ID: "m"}
	want := memberships.Query{Group: group}.Listing()
	seal := func(q memberships.Query) string { return memberships.SealToken("c", q.Listing()...) }
	for name, tc := range map[string]struct {
		q    memberships.Query
		same bool
	}{
		"a role":          {memberships.Query{Group: group, Role: memberships.RoleOwner}, true},
		"a kind":          {memberships.Query{Group: memberships.Group{Kind: "room", ID: "g"}}, false},
		"a member":        {memberships.Query{Member: member}, false},
		"a member's id":   {memberships.Query{Member: memberships.Member{ID: "g"}}, false},
		"an address":      {memberships.Query{Member: memberships.Member{Email: "g"}}, false},
		"both":            {memberships.Query{Group: group, Member: member}, false},
		"an app":          {memberships.Query{Member: memberships.Member{Kind: memberships.MemberApp, ID: "m"}}, false},
		"another name":    {memberships.Query{Group: memberships.Group{ID: "g", Name: "n"}}, true},
		"the first again": {memberships.Query{Group: group}, true},
	} {
		_, err := memberships.OpenToken(seal(tc.q), want...)
		if same := err == nil; same != tc.same {
			t.Errorf("%s: the same listing: %v, want %v", name, same, tc.same)
		}
	}
}
