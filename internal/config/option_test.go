package config

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
)

// An option applies to every provider, or to its own one. Apply returns the first error.
func TestApply(t *testing.T) {
	size := func(n int) Set { return func(c *Config) error { c.PageSize = n; return nil } }
	failed := Option(func(*Config) error { return errors.New("page size 0 is too small") })
	for name, tt := range map[string]struct {
		opts []memberships.Option
		want int
		err  string
	}{
		"none":                       {},
		"for every provider":         {opts: []memberships.Option{Option(size(3))}, want: 3},
		"for this provider":          {opts: []memberships.Option{ProviderOption("webex", size(3))}, want: 3},
		"the last one counts":        {opts: []memberships.Option{Option(size(3)), Option(size(4))}, want: 4},
		"for another provider":       {opts: []memberships.Option{ProviderOption("box", size(3))}, err: "an option of box was given to webex"},
		"empty":                      {opts: []memberships.Option{{}}, err: "an option is empty"},
		"fails":                      {opts: []memberships.Option{failed, Option(size(3))}, err: "page size 0 is too small"},
		"of the portable client":     {opts: []memberships.Option{memberships.NewOption("", 5)}, err: "an option (int) is for the listings of memberships.Client alone"},
		"a foreign one, and a wrong": {opts: []memberships.Option{memberships.NewOption("box", 5)}, err: "an option of box was given to webex"},
	} {
		t.Run(name, func(t *testing.T) {
			var c Config
			text := ""
			if err := c.Apply("webex", tt.opts); err != nil {
				text = err.Error()
			}
			if c.PageSize != tt.want || text != tt.err {
				t.Errorf("got %d, %q, want %d, %q", c.PageSize, text, tt.want, tt.err)
			}
		})
	}
}

// The portable options set their fields for every provider.
func TestApplyPortable(t *testing.T) {
	groups := []memberships.Group{{ID: "g"}}
	var c Config
	if err := c.Apply("webex", []memberships.Option{
		memberships.WithListedFields(), memberships.WithInvite(), memberships.WithWatchedGroups(groups...),
	}); err != nil {
		t.Fatal(err)
	}
	if !c.ListedFields || !c.Invite || !cmp.Equal(c.WatchedGroups, groups) {
		t.Errorf("got %+v", c)
	}
}
