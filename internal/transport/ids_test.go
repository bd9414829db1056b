package transport

import (
	"net/url"
	"strings"
	"testing"
)

func TestCheckPath(t *testing.T) {
	const template = "/v1/organizations/{organization_id}/memberships/{user_id}"
	tests := []struct {
		name, url, base string
		ids             []string
		ok              bool
	}{
		{"plain", "https://h/v1/organizations/o/memberships/u", "", []string{"o", "u"}, true},
		{"below a base path", "https://h/proxy/v1/organizations/o/memberships/u", "/proxy", []string{"o", "u"}, true},
		{"escaped", "https://h/v1/organizations/a%2Fb/memberships/%E2%82%AC%3F", "", []string{"a/b", "€?"}, true},
		{"collapsed user", "https://h/v1/organizations/o/", "", []string{"o", ".."}, false},
		{"collapsed to the collection", "https://h/v1/organizations/o/memberships/", "", []string{"o", ""}, false},
		{"another id", "https://h/v1/organizations/o/memberships/v", "", []string{"o", "u"}, false},
		{"ids exchanged", "https://h/v1/organizations/u/memberships/o", "", []string{"o", "u"}, false},
		{"another literal", "https://h/v1/organizations/o/invitations/u", "", []string{"o", "u"}, false},
		{"slash not escaped", "https://h/v1/organizations/o/memberships/a/b", "", []string{"o", "a/b"}, false},
		{"left the base", "https://h/v1/organizations/o/memberships/u", "/proxy", []string{"o", "u"}, false},
		{"an id too few", "https://h/v1/organizations/o/memberships/u", "", []string{"o"}, false},
		{"an id too many", "https://h/v1/organizations/o/memberships/u", "", []string{"o", "u", "x"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := url.Parse(tt.url)
			if err != nil {
				t.Fatal(err)
			}
			if err := CheckPath(u, tt.base, template, tt.ids); (err == nil) != tt.ok {
				t.Errorf("got %v, want ok %v", err, tt.ok)
			}
		})
	}
}

// A verb follows the last id.
func TestCheckPathWithVerb(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://h/v1/subscriptions/s:reactivate": true, "https://h/v1/subscriptions/s": false, "https://h/v1/subscriptions/s:other": false,
		"https://h/v1/subscriptions/:reactivate": false, "https://h/v1/subscriptions/s:reactivate:reactivate": false, "https://h/v1/subscriptions/t:reactivate": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckPath(u, "", "/v1/subscriptions/{subscription}:reactivate", []string{"s"}); (err == nil) != ok {
			t.Errorf("%s: got %v, want ok %v", address, err, ok)
		}
	}
}

// CheckID checks every byte of an id at any position.
func TestCheckIDChecksEveryByte(t *testing.T) {
	for length := 3; length < 20; length++ {
		for at := range length {
			for c := range 256 {
				id := []byte(strings.Repeat("a", length))
				id[at] = byte(c)
				if want, err := c >= 0x20 && c < 0x7f, CheckID("id", string(id)); (err == nil) != want {
					t.Fatalf("%q: got %v", id, err)
				}
			}
			for _, id := range []string{"é", "\u00a0", "\u0085", "\u2028"} {
				id := strings.Repeat("a", at) + id + strings.Repeat("a", length-at)
				if want, err := !strings.ContainsAny(id, "\u0085\u2028"), CheckID("id", id); (err == nil) != want {
					t.Fatalf("%q: got %v", id, err)
				}
			}
		}
	}
}

func FuzzCheckID(f *testing.F) {
	for _, s := range []string{"", ".", "..", "a/b", "%2e%2e", "a\x00", "ä", "a\u2028", "..;", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if CheckID("id", id) != nil {
			return
		}
		u, err := url.Parse("https://h/v1/things/" + url.PathEscape(id) + "/parts")
		if err != nil {
			t.Fatal(err)
		}
		// An accepted id is one segment, also after dot segments are resolved.
		r := (&url.URL{Scheme: "https", Host: "h"}).ResolveReference(u)
		if CheckPath(r, "", "/v1/things/{id}/parts", []string{id}) != nil || strings.Count(r.EscapedPath(), "/") != 4 {
			t.Errorf("%q became %s", id, r)
		}
	})
}
