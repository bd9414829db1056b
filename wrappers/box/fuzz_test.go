package box_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

func FuzzPage(f *testing.F) {
	wrappertest.FuzzPage(f, func(ctx context.Context, opts ...option.Option) (keys []string, err error) {
		c, err := box.New(opts...)
		if err != nil {
			return nil, err
		}
		page, err := c.Memberships.ListByGroupPage(ctx, "g", box.ListGroupMembershipsParams{}, "")
		if err != nil {
			return nil, err
		}
		for _, m := range page.Items {
			keys = append(keys, m.ID)
		}
		return keys, nil
	}, `{"total_count":1,"limit":100,"offset":0,"entries":[{"type":"group_membership","id":"1","user":{"type":"user","id":"2"},"group":{"type":"group","id":"3"},"role":"member","configurable_permissions":null}]}`)
}

func FuzzEventPage(f *testing.F) {
	const party = `"created_by":{"type":"user","id":"1","name":"Ada","login":"ada@example.com"},"source":{"type":"user","id":"2","name":"Bob","login":"bob@example.com"}`
	wrappertest.FuzzPage(f, func(ctx context.Context, opts ...option.Option) (keys []string, err error) {
		c, err := box.New(opts...)
		if err != nil {
			return nil, err
		}
		page, err := c.Events.Read(ctx, box.ReadEventsParams{Stream: box.StreamAdminLogsStreaming, Position: "now"}, opts...)
		if err != nil {
			return nil, err
		}
		keys = append(keys, page.NextStreamPosition)
		for i := range page.Entries {
			keys = append(keys, page.Entries[i].EventID)
		}
		return keys, nil
	}, `{"chunk_size":1,"next_stream_position":1152922976252290886,"entries":[{"type":"event","event_id":"e","event_type":"GROUP_ADD_USER","created_at":"2026-01-02T03:04:05-07:00",`+party+`,"additional_details":{"group_id":"3","group_name":"Rockets"},"session_id":null}]}`,
		`{"next_stream_position":"7","entries":[{"event_id":"e","event_type":"GROUP_DELETION","source":{"type":"group","id":"9"}},{"event_id":"f","event_type":"LOGIN","source":null}]}`)
}

// FuzzWatch is a fuzz test of the events that Watch makes of a page: each has what its type
// promises, and a page that makes no sense is an error.
func FuzzWatch(f *testing.F) {
	for _, kind := range []string{"GROUP_ADD_USER", "GROUP_REMOVE_USER", "GROUP_ADMIN_CREATED", "GROUP_DELETION", "DELETE_USER", "LOGIN", "created"} {
		f.Add(`{"next_stream_position":"7","entries":[{"event_id":"e","event_type":"` + kind + `","source":{"type":"user","id":"2"},"additional_details":{"group_id":"3"}}]}`)
	}
	f.Fuzz(func(t *testing.T, page string) {
		synctest.Test(t, func(t *testing.T) { watchPage(t, page) })
	})
}

// watchPage tests the events of one page.
func watchPage(t *testing.T, page string) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	answered := false
	c, err := box.New(option.WithToken("t"), option.WithAttempts(1), option.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if answered {
			cancel()
			return nil, r.Context().Err()
		}
		answered = true
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Request: r, Body: io.NopCloser(strings.NewReader(page))}, nil
	})}))
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range c.Provider().Watch(ctx, "") {
		if err != nil {
			if kind := (*memberships.Error)(nil); !errors.As(err, &kind) || kind.Kind == nil && !errors.Is(err, context.Canceled) {
				t.Errorf("%q: %v has no kind", page, err)
			}
			return
		}
		m := e.Membership
		named := m.Group.ID != "" || m.Member.ID != ""
		switch absent := m.State == memberships.StateAbsent; {
		case e.Provider != "box", e.Position == "" && e.ID == "", e.Type == "":
			t.Errorf("%q: got %+v", page, e)
		case absent != (e.Type == memberships.EventDeleted), absent && !named, !e.Type.Changes() && named:
			t.Errorf("%q: %s of %+v", page, e.Type, m)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func FuzzError(f *testing.F) {
	wrappertest.FuzzError(f, func(ctx context.Context, opts ...option.Option) error {
		c, err := box.New(opts...)
		if err != nil {
			return err
		}
		_, err = c.Memberships.Get(ctx, "m", box.GetMembershipParams{})
		return err
	}, `{"type":"error","status":409,"code":"conflict","context_info":{"errors":[{"reason":"invalid_parameter","name":"x","message":"no"}]},"message":"No.","request_id":"r"}`, `{"error":"invalid_grant","error_description":"no"}`)
}
