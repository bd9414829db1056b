package pubnub_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// The status of a membership or of metadata tells what there is; in the demo it is empty.
const (
	away   = "away"
	absent = "not found"
)

func ofMembership(m *pubnub.Membership) string { return m.Status }
func ofMember(m *pubnub.Member) string         { return m.Status }
func ofUser(u *pubnub.User) string             { return u.Status }
func ofChannel(c *pubnub.Channel) string       { return c.Status }

// row is the one row of an answer.
func row[T any](of func(*T) string) func([]*T, error) (string, error) {
	return func(rows []*T, err error) (string, error) {
		if err != nil || len(rows) == 0 {
			return absent, err
		}
		return of(rows[0]), nil
	}
}

// one is an answer that may be not found.
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

// memberState, userState and channelState tell what there is in the channel demo.
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

// graceAway is a change of every sort of field.
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
		"Users.Set, if it match": {Want: away, After: away, State: userState, First: 1, Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
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
		"Channels.Set, if it match": {Want: away, After: away, State: channelState, First: 1, Do: func(ctx context.Context, c *pubnub.Client, _ string) (string, error) {
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

// What is there after an answer was lost decides: the change, what was before it, or
// something else.
func TestSetIfMatch(t *testing.T) {
	type step struct {
		status int
		body   string
	}
	user := func(tag, fields string) step {
		return step{200, fmt.Sprintf(`{"status":200,"data":{"id":"u","updated":"2026-01-01T00:00:00Z","eTag":%q%s}}`, tag, fields)}
	}
	const set = `,"name":"Zoë","email":null,"custom":{"b":true,"a":1.50}`
	lost, conflict, missing := step{503, ""}, step{412, `{"status":412,"error":{"message":"x"}}`}, step{404, `{"status":404,"error":{"message":"x"}}`}
	old := user("old", `,"name":"Z","email":"z@example.com"`)
	type played struct {
		steps   []step
		kind    error
		unknown bool
	}
	wrappertest.RunSynctest(t, map[string]played{
		"done":                     {[]step{lost, user("new", set)}, nil, false},
		"done without saying null": {[]step{lost, user("new", `,"name":"Zoë","status":"","custom":{"a":1.5,"b":true}`)}, nil, false},
		"not done":                 {[]step{lost, old, user("new", set)}, nil, false},
		"done late":                {[]step{lost, old, conflict, user("new", set)}, nil, false},
		"somebody was faster":      {[]step{lost, old, conflict, user("other", `,"name":"Y"`)}, memberships.ErrConflict, true},
		"a conflict at once":       {[]step{conflict}, memberships.ErrConflict, false},
		"something else":           {[]step{lost, user("other", `,"name":"Y"`)}, memberships.ErrUnavailable, true},
		"half of it":               {[]step{lost, user("other", `,"name":"Zoë","custom":{"a":1.5,"b":false}`)}, memberships.ErrUnavailable, true},
		"more custom values":       {[]step{lost, user("other", `,"name":"Zoë","custom":{"a":1.5,"b":true,"c":1}`)}, memberships.ErrUnavailable, true},
		"gone":                     {[]step{lost, missing}, memberships.ErrUnavailable, true},
	}, func(t *testing.T, tc played) {
		n := 0
		c, err := pubnub.New(append(base, option.WithHTTPClient(&http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
			if n == len(tc.steps) {
				t.Errorf("%s is one request too many", req.Method)
				return nil, errors.New("no more")
			}
			if req.Method == http.MethodGet && req.URL.Query().Get("include") != "custom,status,type" {
				t.Errorf("read with %v", req.URL.Query())
			}
			n++
			return respond(req, tc.steps[n-1].status, http.Header{}, tc.steps[n-1].body), nil
		})}))...)
		if err != nil {
			t.Fatal(err)
		}
		u, err := c.Users.Set(t.Context(), "u", pubnub.SetUserRequest{
			Name: pubnub.Text("Zoë"), Email: pubnub.Null[string](), Custom: pubnub.Custom(map[string]any{"a": 1.5, "b": true}),
		}, pubnub.SetUserParams{IfMatch: new("old")})
		if !errors.Is(err, tc.kind) || err == nil != (tc.kind == nil) || errors.Is(err, memberships.ErrOutcomeUnknown) != tc.unknown {
			t.Errorf("got %v, want %v, outcome unknown: %t", err, tc.kind, tc.unknown)
		}
		if err == nil && (u.Name != "Zoë" || u.ETag != "new") {
			t.Errorf("got %+v", u)
		}
		if n != len(tc.steps) {
			t.Errorf("%d requests, want %d", n, len(tc.steps))
		}
	})
}

// A signature is a minute good, and an attempt may come later than that: each is signed
// by itself. The emulator checks age and signature.
func TestRetriesAreSignedAnew(t *testing.T) {
	for name, do := range map[string]func(context.Context, *pubnub.Client) error{
		"a read": func(ctx context.Context, c *pubnub.Client) error {
			return drain(c.Members.ListByChannel(ctx, "demo", pubnub.ListMembersParams{}))
		},
		"a write": func(ctx context.Context, c *pubnub.Client) error {
			_, err := c.Members.Add(ctx, "demo", awayMember("niklaus"), pubnub.WriteParams{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				state := append(emulator.BuiltInState(), "\ncredentials: {pubnub: [{token: sec-c-demo, email: ada@example.com}]}\n"...)
				e, err := emulator.New(emulator.WithState("state", state), emulator.WithFaults(emulator.Fault{Status: 429, RetryAfter: 50, Times: 2}))
				if err != nil {
					t.Fatal(err)
				}
				var stamps, signatures []string
				e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
					stamps = append(stamps, r.URL.Query().Get("timestamp"))
					signatures = append(signatures, r.URL.Query().Get("signature"))
					return false
				})
				c, err := pubnub.New(option.WithHTTPClient(e.Client()), pubnub.WithUserID("ada"),
					pubnub.WithKeys("sub-c-demo", "pub-c-demo"), pubnub.WithSecretKey("sec-c-demo"))
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				if err := do(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				var want []string
				for i := range 3 {
					want = append(want, fmt.Sprint(start.Add(time.Duration(i)*50*time.Second).Unix()))
				}
				if diff := cmp.Diff(want, stamps[:3]); diff != "" {
					t.Errorf("timestamps (-want +got)\n%s", diff)
				}
				if signatures[0] == signatures[1] || signatures[1] == signatures[2] {
					t.Errorf("signed with %v", signatures)
				}
			})
		})
	}
}

// moving is a listing of the channel demo in pages of a few, during which a second
// client changes the channel: between is called before every page.
func moving(t *testing.T, size int, between func(other *pubnub.Client)) ([]string, error) {
	t.Helper()
	e, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	client := func(id string) *pubnub.Client {
		c, err := pubnub.New(pubnub.WithKeys("demo", "demo"), pubnub.WithUserID(id), option.WithHTTPClient(e.Client()))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	reader, other := client("reader"), client("other")
	e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("uuid") == "reader" {
			between(other)
		}
		return false
	})
	var got []string
	for m, err := range reader.Members.ListByChannel(t.Context(), "demo", pubnub.ListMembersParams{}, option.WithPageSize(size)) {
		if err != nil {
			return got, err
		}
		got = append(got, m.User.ID)
	}
	return got, nil
}

func TestListWhileMembersComeAndGo(t *testing.T) {
	remove := func(t *testing.T, c *pubnub.Client, id string) {
		t.Helper()
		if err := c.Members.Remove(t.Context(), "demo", []string{id}); err != nil {
			t.Fatal(err)
		}
	}
	add := func(t *testing.T, c *pubnub.Client, id string) {
		t.Helper()
		if _, err := c.Members.Add(t.Context(), "demo", userInputs(id), pubnub.WriteParams{}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := moving(t, 100, func(*pubnub.Client) {})
	if err != nil || len(all) != 25 {
		t.Fatalf("got %d members, %v, want 25", len(all), err)
	}
	for name, tc := range map[string]struct {
		at     int // the page before which something happens
		change func(*testing.T, *pubnub.Client)
		gone   string
		pages  int // the last two have nobody new: the overlap alone, and nothing
	}{
		"nothing":                           {0, nil, "", 11},
		"somebody goes before the position": {3, func(t *testing.T, c *pubnub.Client) { remove(t, c, all[1]) }, all[1], 3 + 10},
		"the last one seen goes":            {2, func(t *testing.T, c *pubnub.Client) { remove(t, c, all[2]) }, all[2], 2 + 10},
		"somebody goes behind the position": {3, func(t *testing.T, c *pubnub.Client) { remove(t, c, all[20]) }, all[20], 10},
		"somebody comes before":             {3, func(t *testing.T, c *pubnub.Client) { add(t, c, "aaa") }, "", 3 + 11},
		"one goes and one comes before": {3, func(t *testing.T, c *pubnub.Client) {
			remove(t, c, all[1])
			add(t, c, "aaa")
		}, all[1], 11},
	} {
		t.Run(name, func(t *testing.T) {
			page := 0
			got, err := moving(t, 3, func(c *pubnub.Client) {
				if page++; page == tc.at {
					tc.change(t, c)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			counts := map[string]int{}
			for _, id := range got {
				counts[id]++
			}
			for _, id := range all {
				if n := counts[id]; n != 1 && (id != tc.gone || n > 1) {
					t.Errorf("%s came %d times", id, n)
				}
			}
			if page != tc.pages {
				t.Errorf("%d pages were asked for, want %d", page, tc.pages)
			}
		})
	}
	t.Run("at random", func(t *testing.T) {
		unstable := 0
		for seed := range uint64(200) {
			rng := rand.New(rand.NewPCG(seed, 5))
			there := slices.Clone(all)
			stayed := map[string]bool{}
			for _, id := range all {
				stayed[id] = true
			}
			got, err := moving(t, 1+rng.IntN(8), func(c *pubnub.Client) {
				switch rng.IntN(12) {
				case 0:
					i := rng.IntN(len(there))
					remove(t, c, there[i])
					delete(stayed, there[i])
					there = slices.Delete(there, i, i+1)
				case 1:
					id := fmt.Sprintf("%c-%d", 'a'+rune(rng.IntN(26)), rng.IntN(1000))
					if !slices.Contains(there, id) {
						add(t, c, id)
						there = append(there, id)
					}
				}
			})
			if errors.Is(err, memberships.ErrUnstable) {
				unstable++
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			for _, id := range got {
				if seen[id] {
					t.Errorf("seed %d: %s came twice", seed, id)
				}
				seen[id] = true
			}
			for id := range stayed {
				if !seen[id] {
					t.Errorf("seed %d: %s was missed", seed, id)
				}
			}
		}
		if unstable == 0 || unstable > 150 {
			t.Errorf("%d of 200 listings were unstable", unstable)
		}
	})
}

// The page that Manage answers with is the first of a listing that its token goes on with.
func TestManagedPagesGoOn(t *testing.T) {
	e, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	c, err := pubnub.New(append(base, option.WithHTTPClient(e.Client()))...)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	var want []string
	for m, err := range c.Members.ListByChannel(ctx, "demo", pubnub.ListMembersParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, m.User.ID)
	}
	page, err := c.Members.Manage(ctx, "demo", pubnub.ManageMembersRequest{Set: userInputs("ada")}, pubnub.ManageMembersParams{}, option.WithPageSize(10))
	var got []string
	for {
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Items {
			got = append(got, m.User.ID)
		}
		if page.Next == "" {
			break
		}
		page, err = c.Members.ListByChannelPage(ctx, "demo", pubnub.ListMembersParams{}, page.Next, option.WithPageSize(10))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-listed +managed)\n%s", diff)
	}
}
