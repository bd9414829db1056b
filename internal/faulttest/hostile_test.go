package faulttest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
	"github.com/memberships-go/memberships/wrappers/clerk"
	"github.com/memberships-go/memberships/wrappers/googlechat"
	"github.com/memberships-go/memberships/wrappers/pubnub"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// sent is a transport that records requests and sends no response.
type sent struct {
	requests []*http.Request
	bodies   []string
}

func (s *sent) RoundTrip(req *http.Request) (*http.Response, error) {
	body := ""
	if req.Body != nil {
		b, _ := io.ReadAll(req.Body)
		body = string(b)
	}
	s.requests, s.bodies = append(s.requests, req), append(s.bodies, body)
	return &http.Response{StatusCode: http.StatusNotImplemented, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
}

func (s *sent) options() []option.Option {
	return []option.Option{option.WithHTTPClient(&http.Client{Transport: s}), option.WithToken("token")}
}

// idCalls are the calls with an id outside the path. The suite of wrappertest covers the
// ids in paths.
var idCalls = []struct {
	name string
	do   func(ctx context.Context, id string, opts []option.Option) error
}{
	{"box Create user", func(ctx context.Context, id string, opts []option.Option) error {
		c := must(box.New(opts...))
		_, err := c.Memberships.Create(ctx, box.CreateMembershipRequest{User: box.UserRef{ID: id}, Group: box.GroupRef{ID: "g"}}, box.CreateMembershipParams{})
		return err
	}},
	{"box Create group", func(ctx context.Context, id string, opts []option.Option) error {
		c := must(box.New(opts...))
		_, err := c.Memberships.Create(ctx, box.CreateMembershipRequest{User: box.UserRef{ID: "u"}, Group: box.GroupRef{ID: id}}, box.CreateMembershipParams{})
		return err
	}},
	{"box Users.List external id", func(ctx context.Context, id string, opts []option.Option) error {
		return drain(must(box.New(opts...)).Users.List(ctx, box.ListUsersParams{ExternalAppUserID: &id}))
	}},
	{"box Users.FindByEmail", func(ctx context.Context, id string, opts []option.Option) error {
		_, err := must(box.New(opts...)).Users.FindByEmail(ctx, id)
		return err
	}},
	{"box WithAsUser", func(ctx context.Context, id string, opts []option.Option) error {
		_, err := must(box.New(opts...)).Memberships.Get(ctx, "m", box.GetMembershipParams{}, box.WithAsUser(id))
		return err
	}},
	{"clerk Create", func(ctx context.Context, id string, opts []option.Option) error {
		_, err := must(clerk.New(opts...)).Memberships.Create(ctx, "o", clerk.CreateMembershipRequest{UserID: id, Role: clerk.RoleMember})
		return err
	}},
	{"clerk Find", func(ctx context.Context, id string, opts []option.Option) error {
		_, err := must(clerk.New(opts...)).Memberships.Find(ctx, "o", id)
		return err
	}},
	{"clerk ListByOrganization", func(ctx context.Context, id string, opts []option.Option) error {
		return drain(must(clerk.New(opts...)).Memberships.ListByOrganization(ctx, "o", clerk.ListOrganizationMembershipsParams{UserID: []string{id}}))
	}},
	{"clerk Users.List user", func(ctx context.Context, id string, opts []option.Option) error {
		return drain(must(clerk.New(opts...)).Users.List(ctx, clerk.ListUsersParams{UserID: []string{id}}))
	}},
	{"clerk Users.List organization", func(ctx context.Context, id string, opts []option.Option) error {
		return drain(must(clerk.New(opts...)).Users.List(ctx, clerk.ListUsersParams{OrganizationID: []string{id}}))
	}},
	{"clerk Organizations.List", func(ctx context.Context, id string, opts []option.Option) error {
		return drain(must(clerk.New(opts...)).Organizations.List(ctx, clerk.ListOrganizationsParams{UserID: []string{id}}))
	}},
	{"googlechat Create", func(ctx context.Context, id string, opts []option.Option) error {
		_, err := must(googlechat.New(opts...)).Memberships.Create(ctx, "s", googlechat.UserMember(id), googlechat.CreateMembershipParams{})
		return err
	}},
	{"googlechat Create group", func(ctx context.Context, id string, opts []option.Option) error {
		_, err := must(googlechat.New(opts...)).Memberships.Create(ctx, "s", googlechat.GroupMember(id), googlechat.CreateMembershipParams{})
		return err
	}},
	{"googlechat FindDirectMessage", func(ctx context.Context, id string, opts []option.Option) error {
		_, err := must(googlechat.New(opts...)).Spaces.FindDirectMessage(ctx, id)
		return err
	}},
	{"pubnub Add", func(ctx context.Context, id string, opts []option.Option) error {
		_, err := must(newPubNub(opts)).Members.Add(ctx, "c", []pubnub.MemberInput{{User: pubnub.UserRef{ID: id}}}, pubnub.WriteParams{})
		return err
	}},
	{"pubnub Remove", func(ctx context.Context, id string, opts []option.Option) error {
		return must(newPubNub(opts)).Members.Remove(ctx, "c", []string{id})
	}},
	{"pubnub Memberships.Add", func(ctx context.Context, id string, opts []option.Option) error {
		_, err := must(newPubNub(opts)).Memberships.Add(ctx, "u", []pubnub.MembershipInput{{Channel: pubnub.ChannelRef{ID: id}}}, pubnub.WriteParams{})
		return err
	}},
	{"pubnub filter", func(ctx context.Context, id string, opts []option.Option) error {
		return drain(must(newPubNub(opts)).Members.ListByChannel(ctx, "c", pubnub.ListMembersParams{Filter: pubnub.Eq(pubnub.FieldUserID, id).Param()}))
	}},
	{"webex List room", func(ctx context.Context, id string, opts []option.Option) error {
		return drain(must(webex.New(opts...)).Memberships.List(ctx, webex.ListMembershipsParams{RoomID: &id}))
	}},
	{"webex List person", func(ctx context.Context, id string, opts []option.Option) error {
		return drain(must(webex.New(opts...)).Memberships.List(ctx, webex.ListMembershipsParams{RoomID: new("r"), PersonID: &id}))
	}},
	{"webex Create room", func(ctx context.Context, id string, opts []option.Option) error {
		_, err := must(webex.New(opts...)).Memberships.Create(ctx, webex.CreateMembershipRequest{RoomID: id, PersonID: "p"})
		return err
	}},
	{"webex Create person", func(ctx context.Context, id string, opts []option.Option) error {
		_, err := must(webex.New(opts...)).Memberships.Create(ctx, webex.CreateMembershipRequest{RoomID: "r", PersonID: id})
		return err
	}},
	{"webex team List", func(ctx context.Context, id string, opts []option.Option) error {
		return drain(must(webex.New(opts...)).TeamMemberships.ListByTeam(ctx, id, webex.ListTeamMembershipsParams{}))
	}},
	{"webex team Create", func(ctx context.Context, id string, opts []option.Option) error {
		_, err := must(webex.New(opts...)).TeamMemberships.Create(ctx, webex.CreateTeamMembershipRequest{TeamID: id, PersonID: "p"})
		return err
	}},
	{"webex Rooms.List", func(ctx context.Context, id string, opts []option.Option) error {
		return drain(must(webex.New(opts...)).Rooms.List(ctx, webex.ListRoomsParams{TeamID: &id}))
	}},
	{"webex People.List", func(ctx context.Context, id string, opts []option.Option) error {
		return drain(must(webex.New(opts...)).People.List(ctx, webex.ListPeopleParams{Email: &id}))
	}},
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func drain[T any](seq func(func(*T, error) bool)) error {
	for _, err := range seq {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestHostileIDs checks that an id in a query, a filter, a header or a body arrives
// unchanged, or is rejected before a request.
func TestHostileIDs(t *testing.T) {
	ids := wrappertest.IDs()
	if len(ids) < 40 {
		t.Fatalf("%d hostile ids, want 40", len(ids))
	}
	arrived := 0
	for _, call := range idCalls {
		good := new(sent)
		_ = call.do(t.Context(), "a@b.example", good.options()) // addresses are ids here
		if len(good.requests) != 1 {
			good = new(sent)
			if err := call.do(t.Context(), "good", good.options()); len(good.requests) != 1 {
				t.Errorf("%s: %d requests with a good id: %v", call.name, len(good.requests), err)
				continue
			}
		}
		for _, id := range ids {
			s := new(sent)
			err := call.do(t.Context(), id, s.options())
			if len(s.requests) == 0 {
				if !errors.Is(err, memberships.ErrInvalidArgument) {
					t.Errorf("%s: %q: nothing was sent, and the error is %v", call.name, id, err)
				}
				continue
			}
			arrived++
			if got, want := shape(s.requests[0]), shape(good.requests[0]); got != want {
				t.Errorf("%s: %q made the request %s, want %s", call.name, id, got, want)
			}
			if !slices.Contains(values(s.requests[0], s.bodies[0]), id) {
				t.Errorf("%s: %q was sent as %s %s", call.name, id, s.requests[0].URL, s.bodies[0])
			}
		}
	}
	if arrived < len(idCalls) {
		t.Errorf("only %d of %d ids arrived: the test tests nothing", arrived, len(idCalls)*len(ids))
	}
}

// shape returns a request without its values.
func shape(req *http.Request) string {
	var names []string
	for name, v := range req.URL.Query() {
		names = append(names, name+"*"+strconv.Itoa(len(v)))
	}
	slices.Sort(names)
	return req.Method + " " + req.URL.Host + req.URL.EscapedPath() + "?" + strings.Join(names, "&") + "#" + req.URL.EscapedFragment()
}

// values returns all values that a provider would read from a request.
func values(req *http.Request, body string) []string {
	var out []string
	for _, v := range req.URL.Query() {
		for _, s := range v {
			out = append(out, s, strings.TrimPrefix(s, "users/"), literal(s))
		}
	}
	for _, v := range req.Header {
		out = append(out, v...)
	}
	var doc any
	if json.Unmarshal([]byte(body), &doc) == nil {
		out = append(out, texts(doc)...)
	}
	return out
}

// literal returns the string of a filter that is one comparison with one string.
func literal(filter string) string {
	_, text, ok := strings.Cut(filter, ` == "`)
	text, ok2 := strings.CutSuffix(text, `"`)
	if !ok || !ok2 {
		return ""
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return "" // the string ends here, but the filter goes on
		case strings.HasPrefix(text[i:], `\u`) && len(text) >= i+6:
			n, err := strconv.ParseUint(text[i+2:i+6], 16, 16)
			if err != nil {
				return ""
			}
			b.WriteRune(rune(n))
			i += 5
			continue
		case text[i] == '\\' && i+1 < len(text):
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func texts(v any) []string {
	var out []string
	switch v := v.(type) {
	case string:
		_, id, _ := strings.Cut(v, "/")
		out = append(out, v, id)
	case map[string]any:
		for _, e := range v {
			out = append(out, texts(e)...)
		}
	case []any:
		for _, e := range v {
			out = append(out, texts(e)...)
		}
	}
	return out
}

// Clerk's DELETE of the membership of user ".." would delete the organization if a server
// resolved the dots.
func TestDotDotDoesNotDeleteAnOrganization(t *testing.T) {
	for _, user := range []string{"..", ".", "", "../", "..%2f", "x/../.."} {
		s := new(sent)
		c := must(clerk.New(s.options()...))
		err := c.Memberships.Delete(t.Context(), "org_demo", user)
		if user == ".." || user == "." || user == "" {
			if !errors.Is(err, memberships.ErrInvalidArgument) || len(s.requests) != 0 {
				t.Errorf("user %q: %d requests, %v; want none and invalid argument", user, len(s.requests), err)
			}
			continue
		}
		for _, req := range s.requests {
			if path := req.URL.EscapedPath(); !strings.HasPrefix(path, "/v1/organizations/org_demo/memberships/") || strings.Count(path, "/") != 5 || strings.HasSuffix(path, "/") {
				t.Errorf("user %q: %s %s", user, req.Method, path)
			}
		}
	}
}
