package pubnub_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// The types have every field of the responses that PubNub's SDK for Ruby has recorded.
func TestRecordedAnswers(t *testing.T) {
	f, err := os.Open("testdata/answers.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	ctx := t.Context()
	seen := map[string]int{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var a struct {
			Op   string
			Body json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		seen[a.Op]++
		name := fmt.Sprintf("%s %d", a.Op, seen[a.Op])
		var body struct{ Data json.RawMessage }
		if err := json.Unmarshal(a.Body, &body); err != nil {
			t.Fatal(err)
		}
		c := (&script{answers: []string{string(a.Body)}}).client(t)
		var got any
		switch a.Op {
		case "ListUsers":
			got, err = items(c.Users.ListPage(ctx, pubnub.ListUsersParams{}, ""))
		case "ListChannels":
			got, err = items(c.Channels.ListPage(ctx, pubnub.ListChannelsParams{}, ""))
		case "ManageMemberships": // the answer is a page of the listing
			got, err = items(c.Memberships.ListByUserPage(ctx, "", pubnub.ListMembershipsParams{}, ""))
		case "ManageMembers":
			got, err = items(c.Members.ListByChannelPage(ctx, "c", pubnub.ListMembersParams{}, ""))
		case "GetUser":
			got, err = c.Users.Get(ctx, "u", pubnub.GetUserParams{})
		case "SetUser":
			got, err = c.Users.Set(ctx, "u", pubnub.SetUserRequest{}, pubnub.SetUserParams{})
		case "GetChannel":
			got, err = c.Channels.Get(ctx, "c", pubnub.GetChannelParams{})
		case "SetChannel":
			got, err = c.Channels.Set(ctx, "c", pubnub.SetChannelRequest{}, pubnub.SetChannelParams{})
		case "RemoveUser":
			err = c.Users.Remove(ctx, "u")
		case "RemoveChannel":
			err = c.Channels.Remove(ctx, "c")
		default:
			t.Fatalf("%s: unknown operation", name)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got == nil {
			continue
		}
		// The encoded value has every field of the recording except nulls.
		b, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(withoutNulls(t, body.Data), withoutNulls(t, b)); d != "" {
			t.Errorf("%s (-recorded +decoded):\n%s", name, d)
		}
	}
	if err := lines.Err(); err != nil || len(seen) != 10 {
		t.Errorf("saw %v, %v", slices.Sorted(maps.Keys(seen)), err)
	}
}

func items[T any](p *memberships.Page[T], err error) ([]T, error) {
	if err != nil {
		return nil, err
	}
	return p.Items, nil
}

func withoutNulls(t *testing.T, raw []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	var strip func(any) any
	strip = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			maps.DeleteFunc(v, func(_ string, x any) bool { return x == nil })
			for k := range v {
				v[k] = strip(v[k])
			}
		case []any:
			for i := range v {
				v[i] = strip(v[i])
			}
		}
		return v
	}
	return strip(v)
}
