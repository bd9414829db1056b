package pubnub_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// site is an emulator with a client of it, whose requests pass through between: it answers
// in place of the emulator, or returns nil.
type site struct {
	*memberships.Client
	typed   *pubnub.Client
	sent    []string // method, and the number of entries of a PATCH
	between func(req *http.Request, body string, entries int) *http.Response
	lose    bool // the answer of the next PATCH
}

func newSite(t *testing.T, opts ...option.Option) *site {
	t.Helper()
	e, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{}
	next := e.Client().Transport
	rt := roundTrip(func(req *http.Request) (*http.Response, error) {
		body, entries := "", 0
		if req.Body != nil {
			b, err := io.ReadAll(req.Body)
			if err != nil {
				return nil, err
			}
			body = string(b)
			req.Body = io.NopCloser(strings.NewReader(body))
			entries = strings.Count(body, `"uuid"`)
		}
		s.sent = append(s.sent, strings.TrimSpace(fmt.Sprintf("%s %.0d", req.Method, entries)))
		if s.between != nil {
			if resp := s.between(req, body, entries); resp != nil {
				return resp, nil
			}
		}
		resp, err := next.RoundTrip(req)
		if s.lose && req.Method == http.MethodPatch && err == nil {
			s.lose = false
			_ = resp.Body.Close()
			return nil, errors.New("the connection broke")
		}
		return resp, err
	})
	s.typed, err = pubnub.New(slices.Concat(base, []option.Option{option.WithHTTPClient(&http.Client{Transport: rt})}, opts)...)
	if err != nil {
		t.Fatal(err)
	}
	s.Client = memberships.New(s.typed.Provider())
	return s
}

var crowd = memberships.Group{Kind: memberships.KindChannel, ID: "crowd"}

// fill gives the channel crowd so many members, u000 and so on, with metadata.
func (s *site) fill(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		_, err := s.typed.Users.Set(t.Context(), user(i), pubnub.SetUserRequest{Email: pubnub.Text(mail(i))}, pubnub.SetUserParams{})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n > 0 {
		var all []string
		for i := range n {
			all = append(all, user(i))
		}
		if _, err := s.typed.Members.Add(t.Context(), crowd.ID, userInputs(all...), pubnub.WriteParams{}); err != nil {
			t.Fatal(err)
		}
	}
	s.sent = nil
}

func user(i int) string { return fmt.Sprintf("u%03d", i) }
func mail(i int) string { return fmt.Sprintf("u%03d@example.com", i) }

func changeOf(op memberships.Operation, who memberships.Member, role memberships.Role) memberships.Change {
	return memberships.Change{Op: op, Ref: memberships.Ref{Group: crowd, Member: who}, Role: role}
}

// apply returns the outcomes of changes, in order.
func (s *site) apply(ctx context.Context, changes ...memberships.Change) []string {
	var got []string
	for r, err := range s.Apply(ctx, slices.Values(changes), memberships.BulkOptions{}) {
		if err != nil {
			got = append(got, "at last "+wrappertest.Outcome(memberships.Membership{}, err))
			continue
		}
		skipped := ""
		if r.Skipped {
			skipped = "skipped: "
		}
		got = append(got, skipped+wrappertest.Outcome(r.Membership, r.Err))
	}
	return got
}

// members returns the channel crowd, with the roles.
func (s *site) members(t *testing.T) []string {
	t.Helper()
	var got []string
	for m, err := range s.List(t.Context(), memberships.Filter{Group: crowd}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, m.Member.ID+" "+m.RoleName)
	}
	return got
}

func TestApplyMany(t *testing.T) {
	add := func(who memberships.Member) memberships.Change {
		return changeOf(memberships.OpAdd, who, memberships.RoleManager)
	}
	update := func(who memberships.Member) memberships.Change {
		return changeOf(memberships.OpUpdate, who, memberships.RoleOwner)
	}
	remove := func(who memberships.Member) memberships.Change { return changeOf(memberships.OpRemove, who, "") }
	in := func(id, role string) string {
		return fmt.Sprintf("%s <%[1]s@example.com> is %[2]s (%[2]s) in channel:crowd, active", id, role)
	}
	was := func(id string) string {
		return fmt.Sprintf("%s <%[1]s@example.com> is member () in channel:crowd, active", id)
	}
	bare := func(id string) string { return id + " <> is manager (manager) in channel:crowd, active" }
	for _, tt := range []struct {
		name    string
		changes []memberships.Change
		want    []string
		left    []string
		sent    []string
	}{
		{"additions by id", []memberships.Change{add(byID("x")), add(byID("u001")), add(byID("y"))},
			[]string{bare("x"), "already exists", bare("y")},
			[]string{"u000 ", "u001 ", "u002 ", "x manager", "y manager"}, []string{"GET", "PATCH 2"}},
		{"additions of members", []memberships.Change{add(byID("u000")), add(byID("u001"))},
			[]string{"already exists", "already exists"}, []string{"u000 ", "u001 ", "u002 "}, []string{"GET"}},
		{"additions by address", []memberships.Change{add(byEmail("ada@example.com")), add(byEmail("nobody@example.com")), add(byEmail("u001@example.com")), add(byEmail("grace@example.com"))},
			[]string{in("ada", "manager"), "no such member", "already exists", in("grace", "manager")},
			[]string{"ada manager", "grace manager", "u000 ", "u001 ", "u002 "}, []string{"GET", "GET", "PATCH 2"}},
		{"updates", []memberships.Change{update(byID("u002")), update(byID("x")), update(byEmail("U000@example.com")), update(byEmail("nobody@example.com"))},
			[]string{in("u002", "owner"), "not a member", in("u000", "owner"), "no such member"},
			[]string{"u000 owner", "u001 ", "u002 owner"}, []string{"GET", "GET", "PATCH 2"}},
		{"removals", []memberships.Change{remove(byID("u002")), remove(byID("x")), remove(byEmail("u000@example.com"))},
			[]string{was("u002"), "not a member", was("u000")}, []string{"u001 "}, []string{"GET", "GET", "PATCH 2"}},
		{"removals of strangers", []memberships.Change{remove(byID("x")), remove(byID("y"))},
			[]string{"not a member", "not a member"}, []string{"u000 ", "u001 ", "u002 "}, []string{"GET", "GET"}},
		{"a user by id and by address", []memberships.Change{remove(byID("u000")), remove(byEmail("u000@example.com")), remove(byID("u001"))},
			[]string{was("u000"), "not a member", was("u001")}, []string{"u002 "}, []string{"GET", "GET", "PATCH 2", "GET", "GET"}},
		{"invalid ids", []memberships.Change{add(byID("a,b")), add(byID("x")), add(byID("a/b")), add(byID(strings.Repeat("i", 93))), add(byID("y*")), add(byID(`y"||id!="`))},
			[]string{"invalid argument", bare("x"), "invalid argument", "invalid argument", "invalid argument", bare(`y"||id!="`)},
			[]string{"u000 ", "u001 ", "u002 ", "x manager", `y"||id!=" manager`}, []string{"GET", "PATCH 2"}},
		{"one change", []memberships.Change{add(byID("x"))}, []string{bare("x")}, []string{"u000 ", "u001 ", "u002 ", "x manager"}, []string{"GET", "PATCH 1"}},
		{"no change", nil, nil, []string{"u000 ", "u001 ", "u002 "}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			s.fill(t, 3)
			if diff := cmp.Diff(tt.want, s.apply(t.Context(), tt.changes...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.sent, s.sent); diff != "" {
				t.Errorf("sent (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.left, s.members(t)); diff != "" {
				t.Errorf("left (-want +got)\n%s", diff)
			}
		})
	}
}

// An update of many keeps the other custom values, the status and the type of each.
func TestApplyKeepsTheContent(t *testing.T) {
	for place, opts := range map[string][]option.Option{"custom": nil, "type": {pubnub.WithRoleInType()}} {
		s := newSite(t, opts...)
		in := userInputs("a", "b")
		in[0].Custom, in[0].Status = pubnub.Custom(map[string]any{"n": 1, "role": "x"}), pubnub.Text("away")
		in[1].Custom, in[1].Type = pubnub.Custom(map[string]any{"big": "9007199254740993"}), pubnub.Text("t")
		if _, err := s.typed.Members.Add(t.Context(), crowd.ID, in, pubnub.WriteParams{}); err != nil {
			t.Fatal(err)
		}
		s.apply(t.Context(), changeOf(memberships.OpUpdate, byID("b"), "captain"), changeOf(memberships.OpUpdate, byID("a"), memberships.RoleOwner))
		var got []string
		for m, err := range s.typed.Members.ListByChannel(t.Context(), crowd.ID, pubnub.ListMembersParams{Include: []string{pubnub.IncludeCustom, pubnub.IncludeStatus, pubnub.IncludeType}}) {
			if err != nil {
				t.Fatal(err)
			}
			var custom map[string]any
			if err := json.Unmarshal(m.Custom, &custom); err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(m.User.ID, custom, m.Status, m.Type))
		}
		want := []string{"amap[n:1 role:owner]away", "bmap[big:9007199254740993 role:captain]t"}
		if place == "type" {
			want = []string{"amap[n:1 role:x]awayowner", "bmap[big:9007199254740993]captain"}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", place, diff)
		}
	}
}

// refusal is an answer of App Context.
func refusal(req *http.Request, status int) *http.Response {
	return respond(req, status, http.Header{}, fmt.Sprintf(`{"status":%d,"error":{"message":"no","source":"objects"}}`, status))
}

// A refused request is divided, so that the refused entries fail alone.
func TestApplyDividesARefusedRequest(t *testing.T) {
	channel := `{"message":"Forbidden","payload":{"channels":["crowd"]},"error":true,"service":"Access Manager","status":403}`
	keyset := `{"message":"Invalid Subscribe Key","error":true,"service":"Access Manager","status":400}`
	for _, tt := range []struct {
		name   string
		answer func(req *http.Request, body string, entries int) *http.Response
		bad    string // the outcome of u005
		good   string // that of the others, "" if they are added
		sent   []string
	}{
		{"400", func(req *http.Request, body string, _ int) *http.Response {
			if strings.Contains(body, `"u005"`) {
				return refusal(req, 400)
			}
			return nil
		}, "invalid argument", "", []string{"GET", "PATCH 8", "PATCH 4", "PATCH 4", "PATCH 2", "PATCH 1", "PATCH 1", "PATCH 2"}},
		{"403", func(req *http.Request, body string, _ int) *http.Response {
			if strings.Contains(body, `"u005"`) {
				return refusal(req, 403)
			}
			return nil
		}, "permission denied", "", []string{"GET", "PATCH 8", "PATCH 4", "PATCH 4", "PATCH 2", "PATCH 1", "PATCH 1", "PATCH 2"}},
		{"413", func(req *http.Request, _ string, entries int) *http.Response {
			if entries > 3 {
				return refusal(req, 413)
			}
			return nil
		}, "", "", []string{"GET", "PATCH 8", "PATCH 4", "PATCH 2", "PATCH 2", "PATCH 4", "PATCH 2", "PATCH 2"}},
		{"414 of the reading", func(req *http.Request, _ string, _ int) *http.Response {
			if strings.Count(req.URL.Query().Get("filter"), "uuid.id") > 4 {
				return refusal(req, 414)
			}
			return nil
		}, "", "", []string{"GET", "GET", "GET", "PATCH 8", "PATCH 4", "PATCH 4"}},
		{"the channel", func(req *http.Request, _ string, entries int) *http.Response {
			if entries > 0 {
				return respond(req, 403, http.Header{}, channel)
			}
			return nil
		}, "permission denied", "permission denied", []string{"GET", "PATCH 8"}},
		{"the keyset", func(req *http.Request, _ string, _ int) *http.Response {
			return respond(req, 400, http.Header{}, keyset)
		},
			"invalid argument", "invalid argument", []string{"GET"}},
		{"a reading that is denied", func(req *http.Request, _ string, _ int) *http.Response { return refusal(req, 403) },
			"permission denied", "permission denied", []string{"GET"}},
		{"a reading that ignores its filter", func(req *http.Request, _ string, entries int) *http.Response {
			if entries == 0 {
				return respond(req, 200, http.Header{}, `{"status":200,"totalCount":1,"data":[{"uuid":{"id":"other"},"eTag":"e","updated":"2026-01-01T00:00:00Z"}]}`)
			}
			return nil
		}, "malformed answer", "malformed answer", []string{"GET"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, option.WithAttempts(1))
			s.between = tt.answer
			var changes []memberships.Change
			var want []string
			for i := range 8 {
				changes = append(changes, changeOf(memberships.OpAdd, byID(user(i)), ""))
				outcome := tt.good
				if i == 5 {
					outcome = tt.bad
				}
				if outcome == "" {
					outcome = user(i) + " <> is member () in channel:crowd, active"
				}
				want = append(want, outcome)
			}
			if diff := cmp.Diff(want, s.apply(t.Context(), changes...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.sent, s.sent); diff != "" {
				t.Errorf("sent (-want +got)\n%s", diff)
			}
		})
	}
}

// A refusal for the size halves the later requests of the client too.
func TestApplyRemembersTheLimit(t *testing.T) {
	for name, status := range map[string]int{"413": 413, "414": 414, "400": 400} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.between = func(req *http.Request, _ string, entries int) *http.Response {
				if entries > 60 {
					return refusal(req, status)
				}
				return nil
			}
			for range 2 {
				var changes []memberships.Change
				for i := range 100 {
					changes = append(changes, changeOf(memberships.OpAdd, byID(user(i)), ""))
				}
				for i, outcome := range s.apply(t.Context(), changes...) {
					if want := user(i) + " <> is member () in channel:crowd, active"; outcome != want {
						t.Fatalf("%s, want %s", outcome, want)
					}
				}
				if err := s.typed.Channels.Remove(t.Context(), crowd.ID); err != nil {
					t.Fatal(err)
				}
				for i := range 100 {
					changes[i].Op = memberships.OpRemove
				}
				s.apply(t.Context(), changes...)
			}
			add := []string{"GET", "PATCH 50", "PATCH 50"}
			want := slices.Concat([]string{"GET", "PATCH 100", "PATCH 50", "PATCH 50", "DELETE"}, add, add, []string{"DELETE"}, add)
			if diff := cmp.Diff(want, s.sent); diff != "" {
				t.Errorf("sent (-want +got)\n%s", diff)
			}
			s.sent = nil
			if _, err := s.typed.Members.Add(t.Context(), crowd.ID, manyInputs(120), pubnub.WriteParams{}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"PATCH 50", "PATCH 50", "PATCH 20"}, s.sent); diff != "" {
				t.Errorf("Members.Add sent (-want +got)\n%s", diff)
			}
		})
	}
	s := newSite(t)
	s.between = func(req *http.Request, _ string, entries int) *http.Response {
		if entries > 30 {
			return refusal(req, 413)
		}
		return nil
	}
	if rows, err := s.typed.Members.Add(t.Context(), crowd.ID, manyInputs(100), pubnub.WriteParams{}); err != nil || len(rows) != 100 {
		t.Fatal(len(rows), err)
	}
	if diff := cmp.Diff([]string{"PATCH 100", "PATCH 50", "PATCH 25", "PATCH 25", "PATCH 25", "PATCH 25"}, s.sent); diff != "" {
		t.Errorf("Members.Add sent (-want +got)\n%s", diff)
	}
}

func manyInputs(n int) []pubnub.MemberInput {
	var all []string
	for i := range n {
		all = append(all, user(i))
	}
	return userInputs(all...)
}

// A lost answer of a write of many is settled by a reading, entry by entry.
func TestApplySettlesLostAnswers(t *testing.T) {
	three := func(op memberships.Operation) []memberships.Change {
		return []memberships.Change{changeOf(op, byID("u000"), memberships.RoleOwner), changeOf(op, byID("u001"), memberships.RoleOwner), changeOf(op, byID("u002"), memberships.RoleOwner)}
	}
	for _, op := range []memberships.Operation{memberships.OpAdd, memberships.OpUpdate, memberships.OpRemove} {
		t.Run(string(op), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSite(t)
				if op != memberships.OpAdd {
					s.fill(t, 3)
				}
				s.lose = true
				for _, outcome := range s.apply(t.Context(), three(op)...) {
					if !strings.Contains(outcome, "active") {
						t.Errorf("got %s", outcome)
					}
				}
				if diff := cmp.Diff([]string{"GET", "PATCH 3", "GET"}, s.sent); diff != "" {
					t.Errorf("sent (-want +got)\n%s", diff)
				}
			})
		})
	}
	t.Run("made in part", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newSite(t, option.WithoutRepeat())
			s.between = func(req *http.Request, _ string, entries int) *http.Response {
				if entries != 3 {
					return nil
				}
				if _, err := s.typed.Members.Add(t.Context(), crowd.ID, userInputs("u001", "x"), pubnub.WriteParams{}); err != nil {
					t.Error(err)
				}
				return respond(req, 502, http.Header{}, "")
			}
			changes := three(memberships.OpAdd)
			for i := range changes {
				changes[i].Role = ""
			}
			want := []string{"outcome unknown", "u001 <> is member () in channel:crowd, active", "outcome unknown"}
			if diff := cmp.Diff(want, s.apply(t.Context(), changes...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	})
}

// A write that PubNub accepts and does not make is unknown for the entries that lack their
// effect.
func TestApplyComparesTheAnswer(t *testing.T) {
	for _, op := range []memberships.Operation{memberships.OpAdd, memberships.OpRemove} {
		s := newSite(t)
		if op == memberships.OpRemove {
			s.fill(t, 3)
		}
		s.between = func(req *http.Request, _ string, entries int) *http.Response {
			if entries == 0 {
				return nil
			}
			return respond(req, 200, http.Header{}, `{"status":200,"data":[{"uuid":{"id":"u001"},"eTag":"e","updated":"2026-01-01T00:00:00Z"}]}`)
		}
		got := s.apply(t.Context(), changeOf(op, byID("u000"), ""), changeOf(op, byID("u001"), ""), changeOf(op, byID("u002"), ""))
		for i, outcome := range got {
			if unknown := (i == 1) == (op == memberships.OpRemove); unknown != (outcome == "outcome unknown") {
				t.Errorf("%s %d: %s", op, i, outcome)
			}
		}
	}
}

// The end of the context in the middle tells which changes were made.
func TestApplyEndsInTheMiddle(t *testing.T) {
	s := newSite(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	writes := 0
	s.between = func(_ *http.Request, _ string, entries int) *http.Response {
		if entries > 0 {
			if writes++; writes == 2 {
				cancel()
			}
		}
		return nil
	}
	var changes []memberships.Change
	for i := range 350 {
		changes = append(changes, changeOf(memberships.OpAdd, byID(user(i)), ""))
	}
	made, unknown, not := 0, 0, 0
	for r, err := range s.Apply(ctx, slices.Values(changes), memberships.BulkOptions{Concurrency: 1}) {
		switch {
		case err != nil:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("at last %v", err)
			}
		case r.Err == nil:
			made++
		case errors.Is(r.Err, memberships.ErrOutcomeUnknown):
			unknown++
		case errors.Is(r.Err, context.Canceled):
			not++
		default:
			t.Errorf("got %v", r.Err)
		}
	}
	s.between = nil
	if n := len(s.members(t)); made != 100 || unknown != 100 || not != 150 || n < made || n > made+unknown {
		t.Errorf("%d were made, %d are unknown and %d were not made; the channel has %d", made, unknown, not, n)
	}
}

// A refused credential ends the changes.
func TestApplyEndsAtARefusedCredential(t *testing.T) {
	s := newSite(t)
	s.between = func(req *http.Request, _ string, entries int) *http.Response {
		if entries > 0 {
			return refusal(req, 401)
		}
		return nil
	}
	var changes []memberships.Change
	for i := range 100 { // long ids take two requests
		changes = append(changes, changeOf(memberships.OpAdd, byID(strings.Repeat("x", 80)+user(i)), ""))
	}
	for _, outcome := range s.apply(t.Context(), changes...) {
		if outcome != "unauthenticated" {
			t.Errorf("got %s", outcome)
		}
	}
	writes := 0
	for _, sent := range s.sent {
		if strings.HasPrefix(sent, "PATCH") {
			writes++
		}
	}
	if writes != 1 {
		t.Errorf("sent %v", s.sent)
	}
}

// Changes of several operations and channels in one Apply of the provider keep their order.
func TestApplyOfTheProvider(t *testing.T) {
	s := newSite(t)
	s.fill(t, 3)
	other := changeOf(memberships.OpAdd, byID("z"), "")
	other.Ref.Group.ID = "other"
	changes := []memberships.Change{
		changeOf(memberships.OpRemove, byID("u000"), ""), changeOf(memberships.OpRemove, byID("u001"), ""),
		changeOf(memberships.OpAdd, byID("u000"), ""), changeOf(memberships.OpAdd, byID("u001"), ""), changeOf(memberships.OpAdd, byID("u001"), ""),
		other, {Op: "promote", Ref: other.Ref},
	}
	var got []string
	for r, err := range s.typed.Provider().Apply(t.Context(), changes) {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(changes[len(got)], r.Change); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		got = append(got, map[bool]string{true: "made"}[r.Err == nil]+fmt.Sprint(errors.Is(r.Err, memberships.ErrAlreadyExists), errors.Is(r.Err, memberships.ErrUnsupported)))
	}
	want := []string{"madefalse false", "madefalse false", "madefalse false", "madefalse false", "true false", "madefalse false", "false true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	n := 0
	for range s.typed.Provider().Apply(t.Context(), changes) { // a break sends nothing more
		n = len(s.sent)
		break
	}
	if len(s.sent) != n {
		t.Errorf("sent %v after a break", s.sent[n:])
	}
}
