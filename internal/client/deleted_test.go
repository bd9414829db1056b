package client

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
)

func TestWithDeleted(t *testing.T) {
	type other struct{ ID string }
	removeOne := func(ctx context.Context, c *Client, opts []option.Option) error {
		_, err := RemoveOne(ctx, c, Call{Name: "Things.Delete", Endpoint: withID("DELETE /things/{id}", "x"), Opts: opts}, thingKey,
			func(context.Context) (*thing, bool, error) { return &thing{ID: "known"}, true, nil })
		return err
	}
	remove := func(ctx context.Context, c *Client, opts []option.Option) error {
		return Remove(ctx, c, Call{Name: "Things.Delete", Endpoint: withID("DELETE /things/{id}", "x"), Opts: opts},
			func(context.Context) (bool, error) { return true, nil })
	}
	get := func(ctx context.Context, c *Client, opts []option.Option) error {
		_, err := getThing(ctx, c, opts...)
		return err
	}
	var gone thing
	for name, tc := range map[string]struct {
		do     func(context.Context, *Client, []option.Option) error
		option option.Option
		status int
		want   string // the deleted object
		err    string // a part of the error's text
		sent   int
	}{
		"an answer":                 {removeOne, option.WithDeleted(&gone), 200, "answered", "", 1},
		"an answer that is lost":    {removeOne, option.WithDeleted(&gone), 503, "known", "", 1},
		"a failure":                 {removeOne, option.WithDeleted(&gone), 403, "before", "permission denied", 1},
		"a pointer to another type": {removeOne, option.WithDeleted(new(other)), 200, "before", "WithDeleted: a *client.other was given", 0},
		"no pointer":                {removeOne, option.WithDeleted[thing](nil), 200, "before", "WithDeleted: the pointer is nil", 0},
		"an answer without a body":  {remove, option.WithDeleted(&gone), 200, "before", "has no body", 0},
		"no deletion":               {get, option.WithDeleted(&gone), 200, "before", "", 1},
	} {
		gone = thing{ID: "before"}
		sent := 0
		c := client(t, option.WithAttempts(1), option.WithReadBack(0), option.WithHTTPClient(&http.Client{Transport: rt(func(*http.Request) (*http.Response, error) {
			sent++
			return answers(tc.status, `{"id":"answered"}`), nil
		})}))
		err := tc.do(t.Context(), c, []option.Option{tc.option})
		if (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
			t.Errorf("%s: got %v, want %q", name, err, tc.err)
		}
		if tc.sent == 0 && !errors.Is(err, memberships.ErrInvalidArgument) {
			t.Errorf("%s: got %v, want invalid argument", name, err)
		}
		if diff := cmp.Diff(tc.want, gone.ID); diff != "" || sent != tc.sent {
			t.Errorf("%s: after %d requests, want %d (-want +got)\n%s", name, sent, tc.sent, diff)
		}
	}
}
