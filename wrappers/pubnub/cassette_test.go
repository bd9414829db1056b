package pubnub_test

import (
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/recorded"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// replayed returns a client over the cassette of t.
func replayed(t *testing.T, opts ...option.Option) (*pubnub.Client, *recorded.Session) {
	t.Helper()
	s := recorded.Open(t, "pubnub")
	opts = append([]option.Option{
		option.WithHTTPClient(s.Client),
		option.WithUserAgent("memberships-go/test"), // is sent as pnsdk too
		pubnub.WithKeys(s.Var("PUBNUB_SUBSCRIBE_KEY", "demo"), s.Var("PUBNUB_PUBLISH_KEY", "demo")),
		pubnub.WithUserID(s.Var("PUBNUB_USER_ID", "ada")),
		pubnub.WithSecretKey(s.Var("PUBNUB_SECRET_KEY", "secret")),
	}, opts...)
	c, err := pubnub.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

// channel, group and guest return the subjects of the recordings: a channel of 25 members,
// an empty channel, and a user.
func channel(s *recorded.Session) string { return s.Var("PUBNUB_TEST_CHANNEL", "demo") }
func group(s *recorded.Session) string {
	return s.Var("PUBNUB_TEST_NEW_CHANNEL", "memberships-go-test")
}
func guest(s *recorded.Session) string { return s.Var("PUBNUB_TEST_USER", "niklaus") }

// nowhere is a well-formed id without a resource.
const nowhere = "no-one-nowhere"

// PubNub cannot parse badFilter and does not know the keyset noKeyset.
var (
	badFilter = new("name === 1")
	noKeyset  = pubnub.WithKeys("no.such.key", "")
)

func collect[T any](t *testing.T, seq iter.Seq2[*T, error]) []*T {
	t.Helper()
	var all []*T
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// wantError fails unless err is a *memberships.Error of the kind, with the status.
func wantError(t *testing.T, err error, kind error, status int) {
	t.Helper()
	var e *memberships.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a *memberships.Error", err)
	}
	if !errors.Is(err, kind) || e.StatusCode != status || e.Message == "" || e.Provider != "pubnub" {
		t.Errorf("got %v, want %v with status %d and a message", err, kind, status)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func owner() map[string]any { return map[string]any{"role": "owner"} }

func TestMembershipsList(t *testing.T) {
	c, s := replayed(t, option.WithPageSize(2))
	all := collect(t, c.Memberships.ListByUser(t.Context(), "", pubnub.ListMembershipsParams{
		Include: []string{pubnub.IncludeCustom, pubnub.IncludeChannel}, Sort: []string{pubnub.Desc(pubnub.FieldChannelName)},
	}))
	if !s.Live && len(all) != 3 {
		t.Errorf("got %d channels, want 3", len(all))
	}
	for _, m := range all {
		if m.Channel.ID == "" || m.Updated.IsZero() || m.ETag == "" {
			t.Errorf("incomplete: %+v", m)
		}
	}
	if got := collect(t, c.Memberships.ListByUser(t.Context(), nowhere, pubnub.ListMembershipsParams{})); len(got) != 0 {
		t.Errorf("an unknown user has %d channels", len(got))
	}
	for _, err := range c.Memberships.ListByUser(t.Context(), "", pubnub.ListMembershipsParams{Filter: badFilter}) {
		wantError(t, err, memberships.ErrInvalidArgument, 400)
	}
}

func TestMembershipsAddUpdateRemove(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	user, id := guest(s), group(s)
	in := pubnub.MembershipInput{Channel: pubnub.ChannelRef{ID: id}, Status: pubnub.Text("invited")}
	got := must[[]*pubnub.Membership](t)(c.Memberships.Add(ctx, user, []pubnub.MembershipInput{in}, pubnub.WriteParams{}))
	if len(got) != 1 || got[0].Channel.ID != id || got[0].Status != "invited" || got[0].Type != "" {
		t.Errorf("got %+v", got)
	}
	was := got[0]
	// A second addition changes nothing, because PubNub has no "already exists".
	got = must[[]*pubnub.Membership](t)(c.Memberships.Add(ctx, user, []pubnub.MembershipInput{in}, pubnub.WriteParams{}))
	if d := cmp.Diff(was, got[0]); d != "" {
		t.Error(d)
	}
	in.Custom, in.Status, in.Type = pubnub.Custom(owner()), pubnub.Text("active"), pubnub.Text("staff")
	got = must[[]*pubnub.Membership](t)(c.Memberships.Update(ctx, user, []pubnub.MembershipInput{in}, pubnub.WriteParams{Include: []string{pubnub.IncludeChannel}}))
	if m := got[0]; m.Status != "active" || m.Type != "staff" || string(m.Custom) != `{"role":"owner"}` || !m.Updated.After(was.Updated) || m.ETag == was.ETag {
		t.Errorf("got %+v", m)
	}
	// The list of the channel has the same record.
	members := collect(t, c.Members.ListByChannel(ctx, id, pubnub.ListMembersParams{Include: []string{pubnub.IncludeType}}))
	if len(members) != 1 || members[0].User.ID != user || members[0].Type != "staff" || !members[0].Updated.Equal(got[0].Updated) {
		t.Errorf("got %+v", members)
	}
	for range 2 { // a second removal is no error either
		if err := c.Memberships.Remove(ctx, user, []string{id}); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, c.Memberships.Remove(ctx, user, []string{id}, noKeyset), memberships.ErrInvalidArgument, 400)
	_, err := c.Memberships.Add(ctx, user, []pubnub.MembershipInput{in}, pubnub.WriteParams{}, noKeyset)
	wantError(t, err, memberships.ErrInvalidArgument, 400)
	_, err = c.Memberships.Update(ctx, user, []pubnub.MembershipInput{in}, pubnub.WriteParams{}, noKeyset)
	wantError(t, err, memberships.ErrInvalidArgument, 400)
}

func TestMembershipsManage(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	user, id := guest(s), group(s)
	p := pubnub.ManageMembershipsParams{Count: new(pubnub.CountTotal)}
	page := must[*memberships.Page[*pubnub.Membership]](t)(c.Memberships.Manage(ctx, user, pubnub.ManageMembershipsRequest{Set: channelInputs(id, id+"-2")}, p, option.WithPageSize(1)))
	if page.Total != memberships.TotalOf(2) || len(page.Items) != 1 || page.Items[0].Channel.ID != id {
		t.Errorf("got %+v", page)
	}
	next := must[*memberships.Page[*pubnub.Membership]](t)(c.Memberships.ListByUserPage(ctx, user, pubnub.ListMembershipsParams{Count: p.Count}, page.Next, option.WithPageSize(1)))
	if next.Total != memberships.TotalOf(2) || len(next.Items) != 1 || next.Items[0].Channel.ID != id+"-2" {
		t.Errorf("got %+v", next)
	}
	page = must[*memberships.Page[*pubnub.Membership]](t)(c.Memberships.Manage(ctx, user, pubnub.ManageMembershipsRequest{
		Set:    channelInputs(id + "-3"),
		Delete: []pubnub.MembershipRef{{Channel: pubnub.ChannelRef{ID: id}}, {Channel: pubnub.ChannelRef{ID: id + "-2"}}},
	}, pubnub.ManageMembershipsParams{Count: new(pubnub.CountNone)}))
	if len(page.Items) != 1 || page.Items[0].Channel.ID != id+"-3" || page.Total != (memberships.Total{}) {
		t.Errorf("got %+v", page)
	}
	if err := c.Memberships.Remove(ctx, user, []string{id + "-3"}); err != nil {
		t.Fatal(err)
	}
	_, err := c.Memberships.Manage(ctx, user, pubnub.ManageMembershipsRequest{Set: channelInputs(id)}, pubnub.ManageMembershipsParams{Filter: badFilter})
	wantError(t, err, memberships.ErrInvalidArgument, 400)
}

func TestMembersList(t *testing.T) {
	c, s := replayed(t, option.WithPageSize(10))
	id := channel(s)
	all := collect(t, c.Members.ListByChannel(t.Context(), id, pubnub.ListMembersParams{
		Include: []string{pubnub.IncludeUser, pubnub.IncludeCustom, pubnub.IncludeStatus, pubnub.IncludeType},
	}))
	if !s.Live && len(all) != 25 {
		t.Errorf("got %d members, want 25", len(all))
	}
	for _, m := range all {
		if m.User.ID == "" || m.Updated.IsZero() || m.ETag == "" {
			t.Errorf("incomplete: %+v", m)
		}
	}
	page := must[*memberships.Page[*pubnub.Member]](t)(c.Members.ListByChannelPage(t.Context(), id, pubnub.ListMembersParams{
		Count: new(pubnub.CountTotal), Filter: pubnub.HasSuffix(pubnub.FieldUserName, "Hopper").Param(),
	}, ""))
	if !s.Live && (page.Total != memberships.TotalOf(1) || page.Items[0].User.ID != "grace") {
		t.Errorf("got %+v", page)
	}
	for _, err := range c.Members.ListByChannel(t.Context(), id, pubnub.ListMembersParams{Sort: []string{"uuid.shoeSize"}}) {
		wantError(t, err, memberships.ErrInvalidArgument, 400)
	}
}

func TestMembersAddUpdateRemove(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	user, id := guest(s), group(s)
	in := userInputs(user, user+"-2")
	got := must[[]*pubnub.Member](t)(c.Members.Add(ctx, id, in, pubnub.WriteParams{Include: []string{pubnub.IncludeUser}}))
	if len(got) != 2 || got[0].User.ID != user || got[1].User.ID != user+"-2" {
		t.Errorf("got %+v", got)
	}
	if !s.Live && (got[0].User.Name == "" || got[1].User.Name != "") {
		t.Errorf("a user with metadata: %+v, and one without: %+v", got[0].User, got[1].User)
	}
	in[0].Custom = pubnub.Custom(owner())
	got = must[[]*pubnub.Member](t)(c.Members.Update(ctx, id, in[:1], pubnub.WriteParams{}))
	var custom map[string]any
	if err := json.Unmarshal(got[0].Custom, &custom); err != nil || !cmp.Equal(custom, owner()) {
		t.Errorf("got %s, %v", got[0].Custom, err)
	}
	if err := c.Members.Remove(ctx, id, []string{user, user + "-2", nowhere}); err != nil {
		t.Fatal(err)
	}
	wantError(t, c.Members.Remove(ctx, id, []string{user}, noKeyset), memberships.ErrInvalidArgument, 400)
	if left := collect(t, c.Members.ListByChannel(ctx, id, pubnub.ListMembersParams{})); len(left) != 0 {
		t.Errorf("still there: %+v", left)
	}
	_, err := c.Members.Add(ctx, id, in, pubnub.WriteParams{}, noKeyset)
	wantError(t, err, memberships.ErrInvalidArgument, 400)
	_, err = c.Members.Update(ctx, id, in, pubnub.WriteParams{}, noKeyset)
	wantError(t, err, memberships.ErrInvalidArgument, 400)
}

func TestMembersManage(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	user, id := guest(s), group(s)
	page := must[*memberships.Page[*pubnub.Member]](t)(c.Members.Manage(ctx, id, pubnub.ManageMembersRequest{Set: userInputs(user)},
		pubnub.ManageMembersParams{Count: new(pubnub.CountNone), Include: []string{pubnub.IncludeUserCustom}, Sort: []string{pubnub.Desc(pubnub.FieldUserID)}}))
	if len(page.Items) != 1 || page.Items[0].User.ID != user || page.Total != (memberships.Total{}) {
		t.Errorf("got %+v", page)
	}
	page = must[*memberships.Page[*pubnub.Member]](t)(c.Members.Manage(ctx, id, pubnub.ManageMembersRequest{
		Delete: []pubnub.MemberRef{{User: pubnub.UserRef{ID: user}}},
	}, pubnub.ManageMembersParams{}))
	if len(page.Items) != 0 || page.Total != memberships.TotalOf(0) || page.Next != "" {
		t.Errorf("got %+v", page)
	}
	_, err := c.Members.Manage(ctx, id, pubnub.ManageMembersRequest{Set: userInputs(user)}, pubnub.ManageMembersParams{Filter: badFilter})
	wantError(t, err, memberships.ErrInvalidArgument, 400)
}

func TestUsers(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	id := guest(s) + "-new"
	u := must[*pubnub.User](t)(c.Users.Set(ctx, id, pubnub.SetUserRequest{
		Name: pubnub.Text("Zoë"), Email: pubnub.Text("zoe@example.com"), Custom: pubnub.Custom(owner()),
	}, pubnub.SetUserParams{Include: []string{pubnub.IncludeCustom}}))
	if u.ID != id || u.Name != "Zoë" || string(u.Custom) != `{"role":"owner"}` || u.Updated.IsZero() {
		t.Errorf("got %+v", u)
	}
	// Absent fields stay. IfMatch allows a change of the version that was read, and of no other.
	changed := must[*pubnub.User](t)(c.Users.Set(ctx, id, pubnub.SetUserRequest{Name: pubnub.Null[string](), Status: pubnub.Text("away")}, pubnub.SetUserParams{IfMatch: &u.ETag}))
	if changed.Name != "" || changed.Email != u.Email || changed.ETag == u.ETag {
		t.Errorf("got %+v", changed)
	}
	_, err := c.Users.Set(ctx, id, pubnub.SetUserRequest{Name: pubnub.Text("late")}, pubnub.SetUserParams{IfMatch: &u.ETag})
	wantError(t, err, memberships.ErrConflict, 412)
	_, err = c.Users.Set(ctx, id, pubnub.SetUserRequest{Name: pubnub.Text("late")}, pubnub.SetUserParams{}, noKeyset)
	wantError(t, err, memberships.ErrInvalidArgument, 400)
	got := must[*pubnub.User](t)(c.Users.Get(ctx, id, pubnub.GetUserParams{Include: []string{pubnub.IncludeStatus}}))
	if got.Status != "away" || got.ETag != changed.ETag {
		t.Errorf("got %+v", got)
	}
	found := collect(t, c.Users.List(ctx, pubnub.ListUsersParams{Filter: pubnub.In(pubnub.FieldID, id, nowhere).Param()}))
	if len(found) != 1 || found[0].ID != id {
		t.Errorf("got %+v", found)
	}
	for range 2 {
		if err := c.Users.Remove(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, c.Users.Remove(ctx, id, noKeyset), memberships.ErrInvalidArgument, 400)
	_, err = c.Users.Get(ctx, id, pubnub.GetUserParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
	for _, err := range c.Users.List(ctx, pubnub.ListUsersParams{Filter: badFilter}) {
		wantError(t, err, memberships.ErrInvalidArgument, 400)
	}
}

func TestChannels(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	id := group(s)
	ch := must[*pubnub.Channel](t)(c.Channels.Set(ctx, id, pubnub.SetChannelRequest{
		Name: pubnub.Text("Book club"), Description: pubnub.Text("Thursdays"), Type: pubnub.Text("club"),
	}, pubnub.SetChannelParams{Include: []string{pubnub.IncludeType, pubnub.IncludeCustom}}))
	if ch.ID != id || ch.Name != "Book club" || ch.Type != "club" || string(ch.Custom) != "null" {
		t.Errorf("got %+v", ch)
	}
	same := must[*pubnub.Channel](t)(c.Channels.Set(ctx, id, pubnub.SetChannelRequest{Name: pubnub.Text("Book club")}, pubnub.SetChannelParams{}))
	if !same.Updated.Equal(ch.Updated) || same.ETag != ch.ETag || same.Description != "Thursdays" {
		t.Errorf("a change that changes nothing: %+v and then %+v", ch, same)
	}
	_, err := c.Channels.Set(ctx, id, pubnub.SetChannelRequest{Name: pubnub.Text("x")}, pubnub.SetChannelParams{IfMatch: new("stale")})
	wantError(t, err, memberships.ErrConflict, 412)
	must[*pubnub.Channel](t)(c.Channels.Get(ctx, id, pubnub.GetChannelParams{}))
	found := collect(t, c.Channels.List(ctx, pubnub.ListChannelsParams{
		Filter: pubnub.And(pubnub.Like(pubnub.FieldName, "Book*"), pubnub.Ge(pubnub.FieldUpdated, ch.Updated)).Param(),
	}))
	if len(found) != 1 || found[0].ID != id {
		t.Errorf("got %+v", found)
	}
	if err := c.Channels.Remove(ctx, id); err != nil {
		t.Fatal(err)
	}
	wantError(t, c.Channels.Remove(ctx, id, noKeyset), memberships.ErrInvalidArgument, 400)
	_, err = c.Channels.Get(ctx, id, pubnub.GetChannelParams{})
	wantError(t, err, memberships.ErrNotFound, 404)
	token := wrappertest.Token("!", "pubnub", "GET /v2/objects/{subscribeKey}/channels", "count=1", s.Var("PUBNUB_SUBSCRIBE_KEY", "demo"))
	_, err = c.Channels.ListPage(ctx, pubnub.ListChannelsParams{}, token)
	wantError(t, err, memberships.ErrInvalidArgument, 400)
}

func TestEventsRead(t *testing.T) {
	c, s := replayed(t)
	ctx := t.Context()
	user, id := guest(s), group(s)
	read := func(channels []string, after *pubnub.EventBatch) *pubnub.EventBatch {
		t.Helper()
		return must[*pubnub.EventBatch](t)(c.Events.Read(ctx, channels, pubnub.ReadEventsParams{Timetoken: after.Next.Timetoken, Region: after.Next.Region}))
	}
	channels := []string{id, user}
	begin := read(channels, &pubnub.EventBatch{})
	if len(begin.Messages) != 0 || begin.Next.Timetoken == "" {
		t.Errorf("the handshake has %+v", begin)
	}
	in := pubnub.MembershipInput{Channel: pubnub.ChannelRef{ID: id}, Custom: pubnub.Custom(owner())}
	must[[]*pubnub.Membership](t)(c.Memberships.Add(ctx, user, []pubnub.MembershipInput{in}, pubnub.WriteParams{}))
	if err := c.Memberships.Remove(ctx, user, []string{id}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for at, wanted := begin, 4; len(got) < wanted; { // the real provider tells them in several batches
		at = read(channels, at)
		for _, m := range at.Messages {
			got = append(got, m.Channel+" "+m.Payload.Type+"."+m.Payload.Event)
		}
	}
	slices.Sort(got)
	want := []string{id + " membership.delete", id + " membership.set", user + " membership.delete", user + " membership.set"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("messages (-want +got):\n%s", d)
	}
	_, err := c.Events.Read(ctx, channels, pubnub.ReadEventsParams{}, noKeyset)
	wantError(t, err, memberships.ErrInvalidArgument, 400)
}
