package providers_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

func TestOpen(t *testing.T) {
	for _, name := range providers.Names() {
		p, err := providers.Open(name, option.WithToken("any"), pubnub.WithKeys("sub", "pub"), pubnub.WithUserID("ada"))
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

func TestNamesIsACopy(t *testing.T) {
	providers.Names()[0] = "changed"
	if got := providers.Names()[0]; got != "box" {
		t.Errorf("got %q, want box", got)
	}
}
