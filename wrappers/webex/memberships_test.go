package webex_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// step is one answer of a test's server.
type step = wrappertest.Step

// Answers to a lost write and to the reads and retries after it.
var (
	lostOne  = step{503, ""}
	already  = step{409, `{"message":"Person is already in the room.","trackingId":"x"}`}
	missing  = step{404, `{"message":"Could not find it.","trackingId":"x"}`}
	emptyOne = step{200, `{"items":[]}`}
)

// items returns a page with rows.
func items(rows ...string) step { return step{200, `{"items":[` + strings.Join(rows, ",") + `]}`} }

// row returns a membership of a room or team.
func row(group, personID, email string, moderator bool) string {
	return fmt.Sprintf(`{"id":"m-%[2]s","roomId":%[1]q,"teamId":%[1]q,"personId":%[2]q,"personEmail":%[3]q,"isModerator":%[4]t}`, group, personID, email, moderator)
}

// late is a write with a lost response, and the answers to its requests.
type late struct {
	personID, email string
	moderator       bool
	steps           []step
	kind            error // nil is success
}

func (l late) check(t *testing.T, asked []string, err error) {
	t.Helper()
	if !errors.Is(err, l.kind) || (err == nil) != (l.kind == nil) || len(asked) != len(l.steps) {
		t.Errorf("got %v after %q, want %v after %d requests", err, asked, l.kind, len(l.steps))
	}
}

// The read-back of Create finds a membership by person, room and role.
func TestMembershipsCreateIsFound(t *testing.T) {
	ada, boss := row("r", "p", "ada@example.com", false), row("r", "p", "ada@example.com", true)
	wrappertest.RunSynctest(t, map[string]late{
		"created":                              {"p", "", false, []step{lostOne, items(ada)}, nil},
		"created, moderator":                   {"p", "", true, []step{lostOne, items(boss)}, nil},
		"created by address":                   {"", "Ada@Example.com", false, []step{lostOne, items(ada)}, nil},
		"created late":                         {"p", "", false, []step{lostOne, emptyOne, already, items(ada)}, nil},
		"created by another caller, moderator": {"p", "", false, []step{lostOne, items(boss), already, items(boss)}, memberships.ErrAlreadyExists},
		"created by another caller, member":    {"p", "", true, []step{lostOne, items(ada), already, items(ada)}, memberships.ErrAlreadyExists},
		"existing before":                      {"p", "", false, []step{already}, memberships.ErrAlreadyExists},
		"an absent room":                       {"p", "", false, []step{lostOne, missing}, memberships.ErrOutcomeUnknown},
		"a list of another person":             {"p", "", false, []step{lostOne, items(row("r", "q", "ada@example.com", false))}, memberships.ErrOutcomeUnknown},
		"a list of another address":            {"", "ada@example.com", false, []step{lostOne, items(row("r", "p", "countess@example.com", false))}, memberships.ErrOutcomeUnknown},
		"a list of another room":               {"p", "", false, []step{lostOne, items(row("other", "p", "ada@example.com", false))}, memberships.ErrOutcomeUnknown},
	}, func(t *testing.T, l late) {
		c, asked := wrappertest.Scripted(t, webex.New, l.steps...)
		m, err := c.Memberships.Create(t.Context(), webex.CreateMembershipRequest{RoomID: "r", PersonID: l.personID, PersonEmail: l.email, IsModerator: l.moderator})
		l.check(t, *asked, err)
		if err == nil && (m.ID != "m-p" || m.IsModerator != l.moderator) {
			t.Errorf("got %+v", m)
		}
		want := "GET /v1/memberships?max=1000&personId=p&roomId=r"
		if l.personID == "" {
			want = "GET /v1/memberships?max=1000&personEmail=" + strings.ReplaceAll(l.email, "@", "%40") + "&roomId=r"
		}
		if len(*asked) > 1 && (*asked)[1] != want {
			t.Errorf("looked with %s, want %s", (*asked)[1], want)
		}
	})
}

// The read-back of Update finds a change if every field of the request has its new value.
func TestMembershipsUpdateIsFound(t *testing.T) {
	type change struct {
		moderator, hidden     *bool // of the request
		isModerator, isHidden bool  // of the read-back
		found                 bool
	}
	yes, no := new(true), new(false)
	wrappertest.RunSynctest(t, map[string]change{
		"promoted":                     {yes, nil, true, false, true},
		"not promoted":                 {yes, nil, false, false, false},
		"demoted":                      {no, nil, false, true, true},
		"not demoted":                  {no, nil, true, false, false},
		"hidden":                       {nil, yes, true, true, true},
		"not hidden":                   {nil, yes, true, false, false},
		"shown":                        {nil, no, false, false, true},
		"not shown":                    {nil, no, false, true, false},
		"both":                         {no, yes, false, true, true},
		"both, and the first changed":  {no, yes, true, true, false},
		"both, and the second changed": {no, yes, false, false, false},
		"both, and neither changed":    {no, yes, true, false, false},
	}, func(t *testing.T, tc change) {
		read := step{200, fmt.Sprintf(`{"id":"m","roomId":"r","personId":"p","isModerator":%t,"isRoomHidden":%t}`, tc.isModerator, tc.isHidden)}
		again := step{200, `{"id":"m","roomId":"r","personId":"again"}`}
		c, asked := wrappertest.Scripted(t, webex.New, lostOne, read, again)
		m, err := c.Memberships.Update(t.Context(), "m", webex.UpdateMembershipRequest{IsModerator: tc.moderator, IsRoomHidden: tc.hidden})
		if err != nil || len(*asked) == 2 != tc.found || (m.PersonID == "p") != tc.found {
			t.Errorf("got %+v, %v after %q, want found %t", m, err, *asked, tc.found)
		}
	})
}

// The read-back of Delete finds a removal if the membership is absent.
func TestMembershipsDeleteIsFound(t *testing.T) {
	still := step{200, row("r", "p", "ada@example.com", false)}
	wrappertest.RunSynctest(t, map[string]late{
		"removed":       {steps: []step{lostOne, missing}},
		"removed late":  {steps: []step{lostOne, still, missing, missing}},
		"sent again":    {steps: []step{lostOne, still, {204, ""}}},
		"absent before": {steps: []step{missing}, kind: memberships.ErrNotFound},
		"a denied read": {steps: []step{lostOne, {403, ""}}, kind: memberships.ErrOutcomeUnknown},
	}, func(t *testing.T, l late) {
		c, asked := wrappertest.Scripted(t, webex.New, l.steps...)
		l.check(t, *asked, c.Memberships.Delete(t.Context(), "m"))
	})
}

// An invalid argument fails before a request.
func TestMembershipsInvalidArguments(t *testing.T) {
	create := func(r webex.CreateMembershipRequest) func(context.Context, *webex.Client) error {
		return func(ctx context.Context, c *webex.Client) error {
			return wrappertest.Err(c.Memberships.Create(ctx, r))
		}
	}
	for name, tc := range map[string]struct {
		do  func(context.Context, *webex.Client) error
		has string // of the error
	}{
		"no room":                           {create(webex.CreateMembershipRequest{PersonID: "p"}), "RoomID"},
		"no person":                         {create(webex.CreateMembershipRequest{RoomID: "r"}), "PersonID and PersonEmail"},
		"a room of two lines":               {create(webex.CreateMembershipRequest{RoomID: "r\nr", PersonID: "p"}), "RoomID"},
		"a person of two lines":             {create(webex.CreateMembershipRequest{RoomID: "r", PersonID: "p\np"}), "PersonID"},
		"an address of two lines":           {create(webex.CreateMembershipRequest{RoomID: "r", PersonEmail: "a\nb@example.com"}), "PersonEmail"},
		"a valid id and an invalid address": {create(webex.CreateMembershipRequest{RoomID: "r", PersonID: "p", PersonEmail: ".."}), "PersonEmail"},
		"no field to change": {func(ctx context.Context, c *webex.Client) error {
			return wrappertest.Err(c.Memberships.Update(ctx, "m", webex.UpdateMembershipRequest{}))
		}, "IsModerator and IsRoomHidden"},
	} {
		c, asked := wrappertest.Scripted(t, webex.New)
		if err := tc.do(t.Context(), c); !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), tc.has) || len(*asked) > 0 {
			t.Errorf("%s: got %v after %q, want an invalid argument that names %s", name, err, *asked, tc.has)
		}
	}
}

// Unknown values pass through.
func TestMembershipsUnknownValues(t *testing.T) {
	c, _ := wrappertest.Scripted(t, webex.New, step{200, `{"id":"a","roomType":"holographic","personEmail":"not an address","new":{}}`})
	m, err := c.Memberships.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if m.RoomType != "holographic" || m.RoomType.Valid() || m.PersonEmail != "not an address" {
		t.Errorf("got %+v", m)
	}
}
