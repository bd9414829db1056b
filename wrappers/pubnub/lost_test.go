package pubnub_test

import (
	"context"
	"errors"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// The writes of this file set the status to away; the built-in state has no status.
const (
	away   = "away"
	absent = "not found"
)

func ofMembership(m *pubnub.Membership) string { return m.Status }
func ofMember(m *pubnub.Member) string         { return m.Status }
func ofUser(u *pubnub.User) string             { return u.Status }
func ofChannel(c *pubnub.Channel) string       { return c.Status }

// row returns the status of the first row of an answer.
func row[T any](of func(*T) string) func([]*T, error) (string, error) {
	return func(rows []*T, err error) (string, error) {
		if err != nil || len(rows) == 0 {
			return absent, err
		}
		return of(rows[0]), nil
	}
}

// one returns the status in an answer, or absent for ErrNotFound.
func one[T any](of func(*T) string) func(*T, error) (string, error) {
	return func(v *T, err error) (string, error) {
		switch {
		case errors.Is(err, memberships.ErrNotFound):
			return absent, nil
		case err != nil:
			return "", err
		}
		return of(v), nil
	}
}

func awayMember(id string) []pubnub.MemberInput {
	in := userInputs(id)
	in[0].Status = pubnub.Text(away)
	return in
}

func awayInDemo() []pubnub.MembershipInput {
	in := channelInputs("demo")
	in[0].Status = pubnub.Text(away)
	return in
}

// memberState, userState and channelState return the status of a member of the channel
// demo, of the user grace and of that channel.
func memberState(id string) func(context.Context, *pubnub.Client) string {
	return func(ctx context.Context, c *pubnub.Client) string {
		return wrappertest.TextOrError(row(ofMember)(items(c.Members.ListByChannelPage(ctx, "demo", pubnub.ListMembersParams{
			Include: []string{pubnub.IncludeStatus}, Filter: pubnub.Eq(pubnub.FieldUserID, id).Param(),
		}, ""))))
	}
}

func userState(ctx context.Context, c *pubnub.Client) string {
	return wrappertest.TextOrError(one(ofUser)(c.Users.Get(ctx, "grace", pubnub.GetUserParams{Include: []string{pubnub.IncludeStatus}})))
}

func channelState(ctx context.Context, c *pubnub.Client) string {
	return wrappertest.TextOrError(one(ofChannel)(c.Channels.Get(ctx, "demo", pubnub.GetChannelParams{Include: []string{pubnub.IncludeStatus}})))
}

// graceAway changes a text, a null and custom values.
var graceAway = pubnub.SetUserRequest{
	Status: pubnub.Text(away), Email: pubnub.Null[string](), Custom: pubnub.Custom(map[string]any{"n": 1, "s": "x", "b": nil}),
}

func writes() map[string]wrappertest.Write[*pubnub.Client] {
	status, plain := []string{pubnub.IncludeStatus}, pubnub.WriteParams{}
	return map[string]wrappertest.Write[*pubnub.Client]{
		"Members.Add": {Want: away, After: away, Without: absent, State: memberState("niklaus"), Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
			return row(ofMember)(c.Members.Add(ctx, "demo", awayMember("niklaus"), plain))
		}},
		"Members.Update": {Want: away, After: away, State: memberState("grace"), Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
			return row(ofMember)(c.Members.Update(ctx, "demo", awayMember("grace"), plain))
		}},
		"Members.Remove": {After: absent, State: memberState("grace"), Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
			return "", c.Members.Remove(ctx, "demo", []string{"grace"})
		}},
		"Members.Manage": {Want: away, After: away, State: memberState("grace"), Found: 2, Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
			return row(ofMember)(items(c.Members.Manage(ctx, "demo", pubnub.ManageMembersRequest{Set: awayMember("grace")}, pubnub.ManageMembersParams{
				Include: status, Filter: pubnub.Eq(pubnub.FieldUserID, "grace").Param(),
			})))
		}},
		"Memberships.Add": {Want: away, After: away, Without: absent, State: memberState("niklaus"), Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
			return row(ofMembership)(c.Memberships.Add(ctx, "niklaus", awayInDemo(), plain))
		}},
		"Memberships.Update": {Want: away, After: away, State: memberState("grace"), Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
			return row(ofMembership)(c.Memberships.Update(ctx, "grace", awayInDemo(), plain))
		}},
		"Memberships.Remove": {After: absent, State: memberState("grace"), Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
			return "", c.Memberships.Remove(ctx, "grace", []string{"demo"})
		}},
		"Memberships.Manage": {Want: away, After: away, State: memberState("grace"), Found: 2, Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
			return row(ofMembership)(items(c.Memberships.Manage(ctx, "grace", pubnub.ManageMembershipsRequest{Set: awayInDemo()}, pubnub.ManageMembershipsParams{
				Include: status, Filter: pubnub.Eq(pubnub.FieldChannelID, "demo").Param(),
			})))
		}},
		"Users.Set": {Want: away, After: away, State: userState, Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
			return one(ofUser)(c.Users.Set(ctx, "grace", graceAway, pubnub.SetUserParams{Include: status}))
		}},
		"Users.Set, with If-Match": {Want: away, After: away, State: userState, First: 1, Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
			was, err := c.Users.Get(ctx, "grace", pubnub.GetUserParams{})
			if err != nil {
				return "", err
			}
			return one(ofUser)(c.Users.Set(ctx, "grace", graceAway, pubnub.SetUserParams{Include: status, IfMatch: &was.ETag}))
		}},
		"Users.Remove": {After: absent, State: userState, Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
			return "", c.Users.Remove(ctx, "grace")
		}},
		"Channels.Set": {Want: away, After: away, State: channelState, Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
			return one(ofChannel)(c.Channels.Set(ctx, "demo", pubnub.SetChannelRequest{Status: pubnub.Text(away)}, pubnub.SetChannelParams{Include: status}))
		}},
		"Channels.Set, with If-Match": {Want: away, After: away, State: channelState, First: 1, Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
			was, err := c.Channels.Get(ctx, "demo", pubnub.GetChannelParams{})
			if err != nil {
				return "", err
			}
			return one(ofChannel)(c.Channels.Set(ctx, "demo", pubnub.SetChannelRequest{Status: pubnub.Text(away)}, pubnub.SetChannelParams{Include: status, IfMatch: &was.ETag}))
		}},
		"Channels.Remove": {After: absent, State: channelState, Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
			return "", c.Channels.Remove(ctx, "demo")
		}},
	}
}

func TestLostAnswers(t *testing.T) {
	wrappertest.RunLostResponses(t, wrappertest.LostResponses[*pubnub.Client]{New: pubnub.New, Options: base, Writes: writes(), Duplicates: pubnub.Duplicates})
}
