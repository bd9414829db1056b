package endpoint_test

import (
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/endpoint"
)

var base = &url.URL{Scheme: "https", Host: "h.example"}

func TestRequest(t *testing.T) {
	tests := []struct {
		name        string
		op          string
		add         func(*endpoint.Endpoint)
		url         string
		contentType string
		body        string
	}{
		{name: "nothing", op: "GET /v1/people/me", url: "https://h.example/v1/people/me"},
		{
			name: "an id", op: "DELETE /v1/memberships/{membershipId}",
			add: func(e *endpoint.Endpoint) { e.ID("membershipID", "a b/c?d#é") },
			url: "https://h.example/v1/memberships/a%20b%2Fc%3Fd%23%C3%A9",
		},
		{
			name: "two ids", op: "GET /v1/spaces/{space}/members/{member}",
			add: func(e *endpoint.Endpoint) { e.ID("space", "s"); e.ID("member", "m@example.com") },
			url: "https://h.example/v1/spaces/s/members/m@example.com",
		},
		{
			name: "a verb after an id", op: "POST /v1/subscriptions/{subscription}:reactivate",
			add: func(e *endpoint.Endpoint) { e.ID("subscription", "a/b:c") },
			url: "https://h.example/v1/subscriptions/a%2Fb:c:reactivate",
		},
		{
			name: "a list in the path", op: "GET /v2/subscribe/{key}/{channels}/0",
			add: func(e *endpoint.Endpoint) { e.ID("key", "k"); e.IDList("channels", []string{"a b", "c/d", "e,f"}) },
			url: "https://h.example/v2/subscribe/k/a%20b,c%2Fd,e%2Cf/0",
		},
		{
			name: "a query", op: "GET /v1/memberships",
			add: func(e *endpoint.Endpoint) {
				e.Query("roomId", "a&b=c")
				e.QueryList("fields", []string{"x", "y,z"})
				e.Query("id", []string{"a b", "b"})
				e.Query("all", true)
				e.Query("max", int64(7))
			},
			url: "https://h.example/v1/memberships?roomId=a%26b%3Dc&fields=x,y%2Cz&id=a+b&id=b&all=true&max=7",
		},
		{
			name: "an object", op: "POST /v1/memberships",
			add:         func(e *endpoint.Endpoint) { e.Body("application/json", map[string]string{"roomId": "r"}) },
			url:         "https://h.example/v1/memberships",
			contentType: "application/json", body: `{"roomId":"r"}`,
		},
		{
			name: "a form", op: "POST /oauth2/token",
			add: func(e *endpoint.Endpoint) {
				e.Body("application/x-www-form-urlencoded", struct {
					GrantType string `json:"grant_type"`
					ClientID  string `json:"client_id,omitempty"`
					Scope     string `json:"scope,omitempty"`
				}{GrantType: "client_credentials", Scope: "a b"})
			},
			url:         "https://h.example/oauth2/token",
			contentType: "application/x-www-form-urlencoded", body: "grant_type=client_credentials&scope=a+b",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := endpoint.New(tt.op)
			if tt.add != nil {
				tt.add(&e)
			}
			for range 2 { // a request is built for each page
				req, err := e.Request(base)
				if err != nil {
					t.Fatal(err)
				}
				if got := req.Method + " " + req.URL.String(); got != strings.Fields(tt.op)[0]+" "+tt.url {
					t.Errorf("got  %s\nwant %s", got, tt.url)
				}
				body := ""
				if req.Body != nil {
					b, err := io.ReadAll(req.Body)
					if err != nil {
						t.Fatal(err)
					}
					body = string(b)
				}
				if body != tt.body || req.Header.Get("Content-Type") != tt.contentType {
					t.Errorf("the body is %q of %q, want %q of %q", body, req.Header.Get("Content-Type"), tt.body, tt.contentType)
				}
				if tt.body != "" && req.GetBody == nil {
					t.Error("the body cannot be sent again")
				}
			}
		})
	}
}

// An optional parameter is left out if it is zero or an empty list. The target of a pointer is
// sent, also if it is zero.
func TestRequestOptional(t *testing.T) {
	for name, tt := range map[string]struct {
		value any
		query string
	}{
		"nil":                 {nil, ""},
		"no text":             {"", ""},
		"a text":              {"a", "x=a"},
		"no pointer":          {(*int)(nil), ""},
		"a pointer to zero":   {new(int), "x=0"},
		"a pointer to false":  {new(bool), "x=false"},
		"a nil list":          {[]string(nil), ""},
		"an empty list":       {[]string{}, ""},
		"a list of one empty": {[]string{""}, "x="},
	} {
		e := endpoint.New("GET /v1/things")
		e.OptionalQuery("x", tt.value)
		e.OptionalHeader("X-Value", tt.value)
		req, err := e.Request(base)
		if err != nil || req.URL.RawQuery != tt.query {
			t.Errorf("%s: got the query %v, %v, want %q", name, req, err, tt.query)
			continue
		}
		_, want, given := strings.Cut(tt.query, "=")
		if got, ok := req.Header["X-Value"]; ok != given || given && got[0] != want {
			t.Errorf("%s: got the header %q, want %q", name, got, want)
		}
	}
}

func TestRequestHeader(t *testing.T) {
	e := endpoint.New("PATCH /v2/things")
	e.Header("If-Match", "tag")
	req, err := e.Request(&url.URL{Scheme: "https", Host: "h.example", Path: "/base"})
	if err != nil || req.Header.Get("If-Match") != "tag" || req.URL.Path != "/base/v2/things" {
		t.Errorf("got %v, %v", req, err)
	}
}

// The error of Request names the parameter that cannot be written.
func TestRequestErrors(t *testing.T) {
	for name, add := range map[string]func(*endpoint.Endpoint){
		"a query": func(e *endpoint.Endpoint) {
			e.Query("bad", make(chan int))
		},
		"a header": func(e *endpoint.Endpoint) { e.Header("bad", make(chan int)) },
		"a bad list": func(e *endpoint.Endpoint) {
			e.QueryList("bad", []any{nil})
		},
		"a bad form": func(e *endpoint.Endpoint) {
			e.Body("application/x-www-form-urlencoded", struct {
				Part struct{} `json:"bad"`
			}{})
		},
		"a body": func(e *endpoint.Endpoint) { e.Body("application/json", make(chan int)) },
	} {
		e := endpoint.New("POST /v1/things")
		add(&e)
		if _, err := e.Request(base); err == nil || name != "a body" && !strings.Contains(err.Error(), "bad") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	e := endpoint.New("GET /v1/things/{thing}")
	if _, err := e.Request(base); err == nil || !strings.Contains(err.Error(), "{thing}") {
		t.Errorf("an id that is missing: got %v", err)
	}
}
