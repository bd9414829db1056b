package transport

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
)

func TestNextLink(t *testing.T) {
	const base = "https://webexapis.com/v1/memberships?roomId=r&max=2"
	const next = "https://webexapis.com/v1/memberships?max=2&cursor=c"
	tests := []struct {
		name  string
		links []string
		want  string // "" for no link
		fails bool
		away  bool // the failure is an *UntrustedError
	}{
		{name: "none"},
		{name: "empty header", links: []string{""}},
		{name: "plain", links: []string{`<` + next + `>; rel="next"`}, want: next},
		{name: "token", links: []string{`<` + next + `>; rel=next`}, want: next},
		{name: "names in any case", links: []string{`<` + next + `> ;  REL = "Next"`}, want: next},
		{name: "several relations", links: []string{`<` + next + `>; rel="last next"`}, want: next},
		{name: "among others, comma joined", links: []string{`<https://webexapis.com/v1/memberships?cursor=a>; rel="first", <` + next + `>; title="a, b; c"; rel="next"`}, want: next},
		{name: "among others, header by header", links: []string{`<https://x.example/>; rel=prev`, `<` + next + `>; rel=next`}, want: next},
		{name: "first rel counts", links: []string{`<` + next + `>; rel=prev; rel=next`}},
		{name: "not next", links: []string{`<` + next + `>; rel=nextish`}},
		{name: "same link twice", links: []string{`<` + next + `>; rel=next`, `<` + next + `>; rel=next`}, want: next},
		{name: "relative", links: []string{`</v1/memberships?cursor=c>; rel=next`}, want: "https://webexapis.com/v1/memberships?cursor=c"},
		{name: "query only", links: []string{`<?cursor=c>; rel=next`}, want: "https://webexapis.com/v1/memberships?cursor=c"},
		{name: "older host of the provider", links: []string{`<https://api.ciscospark.com/v1/memberships?cursor=c>; rel=next`}, want: "https://api.ciscospark.com/v1/memberships?cursor=c"},
		{name: "the port of the scheme", links: []string{`<https://webexapis.com:443/v1/memberships?cursor=c>; rel=next`}, want: "https://webexapis.com:443/v1/memberships?cursor=c"},
		{name: "a host in another spelling", links: []string{`<https://WebexAPIs.com./v1/memberships?cursor=c>; rel=next`}, want: "https://WebexAPIs.com./v1/memberships?cursor=c"},
		{name: "older host with its port", links: []string{`<https://api.ciscospark.com:443/v1/memberships?cursor=c>; rel=next`}, want: "https://api.ciscospark.com:443/v1/memberships?cursor=c"},
		{name: "same link in two spellings", links: []string{`<` + next + `>; rel=next`, `<https://webexapis.com:443/v1/memberships?max=2&cursor=c>; rel=next`}, want: "https://webexapis.com:443/v1/memberships?max=2&cursor=c"},
		{name: "two different next links", links: []string{`<` + next + `>; rel=next, <` + next + `d>; rel=next`}, fails: true},
		{name: "no brackets", links: []string{next + `; rel=next`}, fails: true},
		{name: "not closed", links: []string{`<` + next + `; rel=next`}, fails: true},
		{name: "quote not closed", links: []string{`<` + next + `>; rel="next`}, fails: true},
		{name: "garbage at the end", links: []string{`<` + next + `>; rel=next >`}, fails: true},
		{name: "not a URL", links: []string{`<https://%zz/>; rel=next`}, fails: true},
		{name: "another host", links: []string{`<https://evil.example/v1/memberships?cursor=c>; rel=next`}, fails: true, away: true},
		{name: "another port", links: []string{`<https://webexapis.com:8443/v1/memberships?cursor=c>; rel=next`}, fails: true, away: true},
		{name: "downgrade", links: []string{`<http://webexapis.com/v1/memberships?cursor=c>; rel=next`}, fails: true, away: true},
		{name: "downgrade of the older host", links: []string{`<http://api.ciscospark.com/v1/memberships?cursor=c>; rel=next`}, fails: true, away: true},
		{name: "user info", links: []string{`<https://webexapis.com@evil.example/v1/memberships?cursor=c>; rel=next`}, fails: true, away: true},
		{name: "user info on the host", links: []string{`<https://u:p@webexapis.com/v1/memberships?cursor=c>; rel=next`}, fails: true, away: true},
		{name: "scheme-relative", links: []string{`<//evil.example/v1/memberships?cursor=c>; rel=next`}, fails: true, away: true},
		{name: "another path", links: []string{`<https://webexapis.com/v1/people?cursor=c>; rel=next`}, fails: true, away: true},
		{name: "dot segments", links: []string{`<https://webexapis.com/v1/x/../people?cursor=c>; rel=next`}, fails: true, away: true},
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := NextLink(http.Header{"Link": tt.links}, u, "api.ciscospark.com")
			var away *UntrustedError
			if (err != nil) != tt.fails || errors.As(err, &away) != tt.away {
				t.Fatalf("got error %v, want failure %v, untrusted %v", err, tt.fails, tt.away)
			}
			s := ""
			if got != nil {
				s = got.String()
			}
			if s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
		})
	}
}

func FuzzNextLink(f *testing.F) {
	f.Add(`<https://webexapis.com/v1/memberships?max=2&cursor=c>; rel="next"`)
	f.Add(`<?cursor=c>; rel=next, <x>; rel="a\"b"`)
	f.Add(`<//evil.example/>;rel=next`)
	u := &url.URL{Scheme: "https", Host: "webexapis.com", Path: "/v1/memberships"}
	f.Fuzz(func(t *testing.T, header string) {
		got, err := NextLink(http.Header{"Link": {header}}, u)
		if err != nil || got == nil {
			return
		}
		if got.Scheme != u.Scheme || got.User != nil || got.EscapedPath() != u.EscapedPath() {
			t.Errorf("%q led to %s", header, got)
		}
	})
}
