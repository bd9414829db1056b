package providers_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/wrappers/box"
	"github.com/memberships-go/memberships/wrappers/clerk"
	"github.com/memberships-go/memberships/wrappers/googlechat"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// with adds the options that a provider requires besides a token.
func with(name string, opts ...option.Option) []option.Option {
	if name == "pubnub" {
		opts = append(opts, pubnub.WithKeys("sub", "pub"), pubnub.WithUserID("ada"))
	}
	return opts
}

// TestForeignOptions checks that a provider rejects other providers' options by name.
func TestForeignOptions(t *testing.T) {
	for own, o := range map[string]option.Option{"pubnub": pubnub.WithRoleInType(), "box": box.WithAsUser("1"), "googlechat": googlechat.WithAppAuth(), "clerk": clerk.WithAPIVersion("2026-05-12")} {
		for _, name := range providers.Names() {
			p, err := providers.Open(name, with(name, option.WithToken("any"), o)...)
			if name == own && err == nil {
				continue
			}
			if want := "an option of " + own + " was given to " + name; p != nil || !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %q", name, err, want)
			}
		}
	}
	var pass memberships.Summary
	for what, o := range map[string]option.Option{"an option is empty": {}, "for the listings of memberships.Client alone": memberships.WithSummary(&pass)} {
		if _, err := providers.Open("webex", option.WithToken("any"), o); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("got %v, want %q", err, what)
		}
	}
}

func TestOpen(t *testing.T) {
	for _, name := range providers.Names() {
		p, err := providers.Open(name, with(name, option.WithToken("any"))...)
		if err != nil || p.Name() != name {
			t.Errorf("%s: got %v, %v", name, p, err)
		}
	}
	_, err := providers.Open("slack")
	if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), "box, clerk, googlechat, pubnub, webex") {
		t.Errorf("got %v, want invalid argument with the names that there are", err)
	}
	if p, err := providers.Open("box", option.WithToken("")); p != nil || err == nil {
		t.Errorf("got %v, %v, want nothing but the error of the wrapper", p, err)
	}
}

// TestDecoratedTokens checks that every provider rejects a token with a prefix, white
// space or quotes, without quoting it.
func TestDecoratedTokens(t *testing.T) {
	for _, name := range providers.Names() {
		for _, token := range []string{
			"Bearer canary", "bearer canary", "Basic canary", "Authorization: Bearer canary", " canary", "canary\n", "\"canary\"", "Bearer",
		} {
			p, err := providers.Open(name, with(name, option.WithToken(token))...)
			if p != nil || !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), "New: invalid argument: WithToken: the token ") || strings.Contains(err.Error(), "canary") {
				t.Errorf("%s, %q: got %v", name, token, err)
			}
		}
	}
	for what, o := range map[string]option.Option{
		"WithSecretKey: the key ":                     pubnub.WithSecretKey("Bearer canary"),
		"WithToken: the token begins with \"Basic\",": option.WithToken("Basic canary"),
	} {
		_, err := providers.Open("pubnub", pubnub.WithKeys("sub", "pub"), pubnub.WithUserID("ada"), o)
		if err == nil || !strings.Contains(err.Error(), what) || strings.Contains(err.Error(), "canary") {
			t.Errorf("got %v, want %s", err, what)
		}
	}
	_, err := providers.Open("box", box.WithClientCredentials("id", "Bearer canary", box.SubjectEnterprise, "1"))
	if err == nil || !strings.Contains(err.Error(), "WithClientCredentials: clientSecret ") || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v", err)
	}
}

func TestNamesIsACopy(t *testing.T) {
	providers.Names()[0] = "changed"
	if got := providers.Names()[0]; got != "box" {
		t.Errorf("got %q, want box", got)
	}
}

// TestListManyReusesConnections checks that ListMany keeps connections: opening one per
// request costs more than the listing.
func TestListManyReusesConnections(t *testing.T) {
	const groups, concurrency = 300, 100
	var state strings.Builder
	state.WriteString("people: [{name: Ada Lovelace, email: ada@example.com}]\ngroups:\n")
	for i := range groups {
		fmt.Fprintf(&state, "  - {name: Room %d, in: [webex], members: [{email: ada@example.com}]}\n", i)
	}
	e, err := emulator.New(emulator.WithState("rooms", []byte(state.String())))
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(e)
	var opened atomic.Int64
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	srv.Start()
	defer srv.Close()
	p, err := providers.Open("webex", option.WithBaseURL(srv.URL), option.WithToken("any"))
	if err != nil {
		t.Fatal(err)
	}
	c := memberships.New(p)
	var all []memberships.Group
	for g, err := range c.Groups(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, g)
	}
	for range 3 {
		n := 0
		for _, err := range c.ListMany(t.Context(), all, memberships.ManyOptions{Concurrency: concurrency}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n != groups {
			t.Fatalf("%d memberships, want %d", n, groups)
		}
	}
	if got := opened.Load(); got > 2*concurrency {
		t.Errorf("%d requests at %d a time opened %d connections", 3*groups, concurrency, got)
	}
}
