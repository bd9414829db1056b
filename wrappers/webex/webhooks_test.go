package webex_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// The read-back of Update finds a change by name and target, and by the status if the
// request has one. It finds no change of a secret: Webex may omit the secret or return the
// previous one.
func TestWebhooksUpdateIsFound(t *testing.T) {
	type change struct {
		request webex.UpdateWebhookRequest
		is      string
		found   bool
	}
	const named = `"name":"New","targetUrl":"` + target + `"`
	request := webex.UpdateWebhookRequest{Name: "New", TargetURL: target}
	active, secret := request, request
	active.Status, secret.Secret = "active", "hush"
	wrappertest.RunSynctest(t, map[string]change{
		"named":           {request, named + `,"status":"inactive"`, true},
		"not named":       {request, `"name":"Old","targetUrl":"` + target + `"`, false},
		"another target":  {request, `"name":"New","targetUrl":"` + target2 + `"`, false},
		"active":          {active, named + `,"status":"active"`, true},
		"not active":      {active, named + `,"status":"inactive"`, false},
		"a secret":        {secret, named, false},
		"a secret, shown": {secret, named + `,"secret":"hush"`, false},
	}, func(t *testing.T, tc change) {
		c, asked := wrappertest.Scripted(t, webex.New, lostOne, step{200, `{"id":"w",` + tc.is + `}`}, step{200, `{"id":"again",` + named + `}`})
		w, err := c.Webhooks.Update(t.Context(), "w", tc.request)
		if err != nil || len(*asked) == 2 != tc.found || (w.ID == "w") != tc.found {
			t.Errorf("got %+v, %v after %q, found is to be %t", w, err, *asked, tc.found)
		}
	})
}

// A request without a name or a target fails before it is sent.
func TestWebhooksNeedNameAndTarget(t *testing.T) {
	for _, tc := range []struct{ name, target, has string }{{"", target, "Name"}, {"x", "", "TargetURL"}} {
		for op, do := range map[string]func(context.Context, *webex.Client) error{
			"create": func(ctx context.Context, c *webex.Client) error {
				return wrappertest.Err(c.Webhooks.Create(ctx, webex.CreateWebhookRequest{Name: tc.name, TargetURL: tc.target, Resource: webex.ResourceAll, Event: webex.EventAll}))
			},
			"update": func(ctx context.Context, c *webex.Client) error {
				return wrappertest.Err(c.Webhooks.Update(ctx, "w", webex.UpdateWebhookRequest{Name: tc.name, TargetURL: tc.target}))
			},
		} {
			c, asked := wrappertest.Scripted(t, webex.New)
			if err := do(t.Context(), c); !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), tc.has+" is empty") || len(*asked) > 0 {
				t.Errorf("%s without %s: got %v after %q", op, tc.has, err, *asked)
			}
		}
	}
}
