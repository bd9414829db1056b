package clerk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

// inviter returns a client of a new emulator, and the POST requests that it sends, as the
// last part of the path.
func inviter(t *testing.T, faults ...emulator.Fault) (*clerk.Client, *[]string) {
	t.Helper()
	e, err := emulator.New(emulator.WithFaults(faults...))
	if err != nil {
		t.Fatal(err)
	}
	var sent []string
	e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			sent = append(sent, r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:])
		}
		return false
	})
	c, err := clerk.New(option.WithHTTPClient(e.Client()), option.WithToken("any"), option.WithAttempts(1))
	if err != nil {
		t.Fatal(err)
	}
	return c, &sent
}

// invite returns a request for an address at example.com.
func invite(name string) clerk.CreateInvitationRequest {
	return clerk.CreateInvitationRequest{Email: name + "@example.com", Role: clerk.RoleMember}
}

// outcomes returns the text of each result: the address, or the word of its error's kind.
func outcomes(t *testing.T, results []clerk.InvitationResult) []string {
	t.Helper()
	kinds := map[string]error{
		"already": memberships.ErrAlreadyExists, "invalid": memberships.ErrInvalidArgument, "denied": memberships.ErrPermissionDenied,
		"full": memberships.ErrConflict, "unknown": memberships.ErrOutcomeUnknown, "limited": memberships.ErrRateLimited,
		"key": memberships.ErrUnauthenticated, "missing": memberships.ErrNotFound,
	}
	var all []string
	for _, r := range results {
		text := fmt.Sprint(r.Err)
		for word, kind := range kinds {
			if errors.Is(r.Err, kind) && !(word != "unknown" && errors.Is(r.Err, memberships.ErrOutcomeUnknown)) {
				text = word
			}
		}
		if r.Err == nil {
			text, _, _ = strings.Cut(r.Invitation.EmailAddress, "@")
		}
		if (r.Err == nil) != (r.Invitation != nil) {
			t.Errorf("a result has %v and %v", r.Invitation, r.Err)
		}
		all = append(all, text)
	}
	return all
}

// invitedMails returns the number of invitations of each address in the organization.
func invitedMails(t *testing.T, c *clerk.Client) map[string]int {
	t.Helper()
	all := map[string]int{}
	for _, i := range collect(t, c.Invitations.ListByOrganization(t.Context(), demo, clerk.ListOrganizationInvitationsParams{})) {
		all[strings.TrimSuffix(i.EmailAddress, "@example.com")]++
	}
	return all
}

// A request that Clerk cannot carry out is refused before it is sent.
func TestInvitationsRefuseBadInput(t *testing.T) {
	with := func(change func(*clerk.CreateInvitationRequest)) clerk.CreateInvitationRequest {
		r := invite("a")
		change(&r)
		return r
	}
	type badInput struct {
		field string // that the error names
		clerk.CreateInvitationRequest
	}
	for name, r := range map[string]badInput{
		"no role":                    {"Role", clerk.CreateInvitationRequest{Email: "a@example.com"}},
		"no address":                 {"Email", clerk.CreateInvitationRequest{Role: clerk.RoleMember}},
		"no at":                      {"Email", clerk.CreateInvitationRequest{Email: "example.com", Role: clerk.RoleMember}},
		"a name":                     {"Email", clerk.CreateInvitationRequest{Email: "A <a@example.com>", Role: clerk.RoleMember}},
		"a space":                    {"Email", clerk.CreateInvitationRequest{Email: " a@example.com", Role: clerk.RoleMember}},
		"two addresses":              {"Email", clerk.CreateInvitationRequest{Email: "a@example.com,b@example.com", Role: clerk.RoleMember}},
		"a line break":               {"Email", clerk.CreateInvitationRequest{Email: "a@example.com\n", Role: clerk.RoleMember}},
		"no days":                    {"ExpiresInDays", with(func(r *clerk.CreateInvitationRequest) { r.ExpiresInDays = new(int64(0)) })},
		"days before now":            {"ExpiresInDays", with(func(r *clerk.CreateInvitationRequest) { r.ExpiresInDays = new(int64(-1)) })},
		"too many days":              {"ExpiresInDays", with(func(r *clerk.CreateInvitationRequest) { r.ExpiresInDays = new(int64(366)) })},
		"metadata in a list":         {"PublicMetadata", with(func(r *clerk.CreateInvitationRequest) { r.PublicMetadata = json.RawMessage(`[1]`) })},
		"metadata cut":               {"PrivateMetadata", with(func(r *clerk.CreateInvitationRequest) { r.PrivateMetadata = json.RawMessage(`{"a":`) })},
		"an inviter in another path": {"InviterUserID", with(func(r *clerk.CreateInvitationRequest) { r.InviterUserID = "../user" })},
	} {
		t.Run(name, func(t *testing.T) {
			c, sent := inviter(t)
			var e *memberships.Error
			_, err := c.Invitations.Create(t.Context(), demo, r.CreateInvitationRequest)
			if !errors.As(err, &e) || !strings.Contains(err.Error(), r.field+" ") || e.Kind != memberships.ErrInvalidArgument || e.Op != "Invitations.Create" || e.StatusCode != 0 {
				t.Errorf("got %v, want invalid argument for %s", err, r.field)
			}
			results, err := c.Invitations.CreateMany(t.Context(), demo, []clerk.CreateInvitationRequest{r.CreateInvitationRequest})
			if err != nil || len(results) != 1 || !errors.As(results[0].Err, &e) || e.Kind != memberships.ErrInvalidArgument || e.Op != "Invitations.CreateMany" {
				t.Errorf("got %v, %v, want invalid argument in the result", results, err)
			}
			if len(*sent) != 0 {
				t.Errorf("sent %v", *sent)
			}
		})
	}
	c, sent := inviter(t)
	if _, err := c.Invitations.Revoke(t.Context(), demo, "i", clerk.RevokeInvitationRequest{RequestingUserID: ".."}); !errors.Is(err, memberships.ErrInvalidArgument) || len(*sent) != 0 {
		t.Errorf("got %v after %v", err, *sent)
	}
	for _, days := range []int64{1, 365} {
		r := invite(fmt.Sprint("days", days))
		r.ExpiresInDays = &days
		i := must[*clerk.Invitation](t)(c.Invitations.Create(t.Context(), demo, r))
		if i.ExpiresAt-i.CreatedAt < (days*24-2)*3600*1000 || i.ExpiresAt-i.CreatedAt > (days*24+2)*3600*1000 {
			t.Errorf("%d days: %d to %d", days, i.CreatedAt, i.ExpiresAt)
		}
	}
}

// Any number of requests takes one request for ten, and the results keep their order.
func TestInvitationsCreateMany(t *testing.T) {
	c, sent := inviter(t)
	var rs []clerk.CreateInvitationRequest
	var want []string
	for n := range 23 {
		name := fmt.Sprintf("p%02d", n)
		rs, want = append(rs, invite(name)), append(want, name)
	}
	rs[11].Role, want[11] = "", "invalid" // is not sent
	results := must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(t.Context(), demo, rs))
	if diff := cmp.Diff(want, outcomes(t, results)); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"bulk", "bulk", "bulk"}, *sent); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if got := invitedMails(t, c); len(got) != 22 {
		t.Errorf("%d invitations, want 22", len(got))
	}
	// One address, alone or after ten others, takes the request for one.
	*sent, want = nil, nil
	more := []clerk.CreateInvitationRequest{}
	for n := range 11 {
		name := fmt.Sprintf("q%02d", n)
		more, want = append(more, invite(name)), append(want, name)
	}
	results = must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(t.Context(), demo, more))
	alone := must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(t.Context(), demo, []clerk.CreateInvitationRequest{invite("alone")}))
	if diff := cmp.Diff(append(want, "alone"), outcomes(t, append(results, alone...))); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"bulk", "invitations", "invitations"}, *sent); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	// A repeat invites nobody twice.
	*sent = nil
	again := must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(t.Context(), demo, rs[:3]))
	if diff := cmp.Diff([]string{"already", "already", "already"}, outcomes(t, again)); diff != "" {
		t.Errorf("results of a repeat (-want +got):\n%s", diff)
	}
}

// One refused address fails alone.
func TestInvitationsSplitARefusedRequest(t *testing.T) {
	tests := map[string]struct {
		bad  clerk.CreateInvitationRequest
		want string
	}{
		"a member":           {invite("ada"), "already"},
		"an invited address": {invite("invited"), "already"},
		"an unknown role":    {clerk.CreateInvitationRequest{Email: "x@example.com", Role: "org:king"}, "invalid"},
		"an inviter who is no administrator": {clerk.CreateInvitationRequest{
			Email: "x@example.com", Role: clerk.RoleMember, InviterUserID: "user_3emu00000000000000000000003",
		}, "denied"},
		"an inviter who is nobody": {clerk.CreateInvitationRequest{Email: "x@example.com", Role: clerk.RoleMember, InviterUserID: nobody}, "missing"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, sent := inviter(t)
			must[*clerk.Invitation](t)(c.Invitations.Create(t.Context(), demo, invite("invited")))
			*sent = nil
			results := must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(t.Context(), demo, []clerk.CreateInvitationRequest{invite("a"), tt.bad, invite("b")}))
			if diff := cmp.Diff([]string{"a", tt.want, "b"}, outcomes(t, results)); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"bulk", "invitations", "invitations", "invitations"}, *sent); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(map[string]int{"a": 1, "b": 1, "invited": 1}, invitedMails(t, c)); diff != "" {
				t.Errorf("invitations (-want +got):\n%s", diff)
			}
		})
	}
}

// Clerk's limit of members and invitations together lets the first ones in.
func TestInvitationsOfAFullOrganization(t *testing.T) {
	c, _ := inviter(t)
	o := must[*clerk.Organization](t)(c.Organizations.Create(t.Context(), clerk.CreateOrganizationRequest{Name: "Two", CreatedBy: outsider, MaxAllowedMemberships: new(int64(2))}))
	results := must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(t.Context(), o.ID, []clerk.CreateInvitationRequest{invite("a"), invite("b")}))
	if diff := cmp.Diff([]string{"a", "full"}, outcomes(t, results)); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

// An address that comes twice is never twice in one request.
func TestInvitationsOfOneAddressTwice(t *testing.T) {
	c, sent := inviter(t)
	rs := []clerk.CreateInvitationRequest{invite("a"), invite("b"), invite("A"), invite("c")}
	results := must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(t.Context(), demo, rs))
	if diff := cmp.Diff([]string{"a", "b", "already", "c"}, outcomes(t, results)); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"bulk", "bulk", "invitations", "invitations"}, *sent); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// The error of CreateMany is about the whole call.
func TestInvitationsCreateManyChecksTheCall(t *testing.T) {
	c, sent := inviter(t)
	rs := []clerk.CreateInvitationRequest{invite("a"), invite("b")}
	for name, do := range map[string]func() ([]clerk.InvitationResult, error){
		"no organization": func() ([]clerk.InvitationResult, error) { return c.Invitations.CreateMany(t.Context(), "", rs) },
		"another path":    func() ([]clerk.InvitationResult, error) { return c.Invitations.CreateMany(t.Context(), "..", rs) },
		"no context":      func() ([]clerk.InvitationResult, error) { return c.Invitations.CreateMany(nil, demo, rs) }, //nolint:staticcheck // the case
		"a bad option": func() ([]clerk.InvitationResult, error) {
			return c.Invitations.CreateMany(t.Context(), demo, rs, option.WithPageSize(-1))
		},
	} {
		if results, err := do(); !errors.Is(err, memberships.ErrInvalidArgument) || results != nil {
			t.Errorf("%s: got %v, %v", name, results, err)
		}
	}
	if results, err := c.Invitations.CreateMany(t.Context(), demo, nil); err != nil || len(results) != 0 {
		t.Errorf("nobody: got %v, %v", results, err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	results := must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(ended, demo, rs))
	for _, r := range results {
		if !errors.Is(r.Err, context.Canceled) {
			t.Errorf("got %v, want canceled", r.Err)
		}
	}
	if len(*sent) != 0 {
		t.Errorf("sent %v", *sent)
	}
}

// A refusal of the credential, or for too many requests, ends the call.
func TestInvitationsEndWithoutAnswers(t *testing.T) {
	var rs []clerk.CreateInvitationRequest
	for n := range 25 {
		rs = append(rs, invite(fmt.Sprint("p", n)))
	}
	for word, status := range map[string]int{"limited": 429, "key": 401} {
		const path = "/v1/organizations/*/invitations/bulk"
		c, sent := inviter(t, emulator.Fault{Path: path, After: 1, Times: 1, Status: status})
		results := outcomes(t, must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(t.Context(), demo, rs)))
		if slices.Contains(results[:10], word) || slices.ContainsFunc(results[10:], func(s string) bool { return s != word }) || len(*sent) != 2 {
			t.Errorf("%d: got %v after %v", status, results, *sent)
		}
		// The same in the middle of a split request.
		c, sent = inviter(t, emulator.Fault{Path: "/v1/organizations/*/invitations", After: 1, Times: 1, Status: status})
		results = outcomes(t, must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(t.Context(), demo, append([]clerk.CreateInvitationRequest{invite("ada")}, rs[:11]...))))
		if results[0] != "already" || slices.ContainsFunc(results[1:], func(s string) bool { return s != word }) || len(*sent) != 3 {
			t.Errorf("%d: got %v after %v", status, results, *sent)
		}
		// The same at an address alone.
		c, sent = inviter(t, emulator.Fault{Path: "/v1/organizations/*/invitations", Times: 1, Status: status})
		results = outcomes(t, must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(t.Context(), demo, []clerk.CreateInvitationRequest{invite("p"), invite("P"), invite("q")})))
		if diff := cmp.Diff([]string{word, word, word}, results); diff != "" || len(*sent) != 1 {
			t.Errorf("%d: %v (-want +got):\n%s", status, *sent, diff)
		}
	}
}

// A request that never left is not split, and neither is one with an answer that is no
// refusal.
func TestInvitationsSplitARefusalOnly(t *testing.T) {
	for name, answer := range map[string]wrappertest.Handler{
		"a redirect":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTemporaryRedirect) },
		"another server":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotImplemented) },
		"a failing server": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
	} {
		sent := 0
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				sent++
			}
			answer(w, r)
		}, option.WithAttempts(1), option.WithReadBack(0))
		results := must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(t.Context(), "o", []clerk.CreateInvitationRequest{invite("a"), invite("b")}))
		if sent != 1 || results[0].Err == nil || results[1].Err == nil {
			t.Errorf("%s: %d requests, %v", name, sent, results)
		}
	}
	refused := 0
	c, err := clerk.New(option.WithToken("any"), option.WithAttempts(1), option.WithHTTPClient(&http.Client{Transport: transportFunc(func(*http.Request) (*http.Response, error) {
		refused++
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	})}))
	if err != nil {
		t.Fatal(err)
	}
	results := must[[]clerk.InvitationResult](t)(c.Invitations.CreateMany(t.Context(), "o", []clerk.CreateInvitationRequest{invite("a"), invite("b")}))
	if refused != 1 || !errors.Is(results[1].Err, memberships.ErrUnavailable) || errors.Is(results[1].Err, memberships.ErrOutcomeUnknown) {
		t.Errorf("%d requests, %v", refused, results)
	}
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// The listing decides about the addresses of a request whose response was lost.
func TestInvitationsLateMany(t *testing.T) {
	row := func(name, role string) string {
		return fmt.Sprintf(`{"id":"i-%s","email_address":"%s@example.com","role":"%s","status":"pending"}`, name, name, role)
	}
	page := func(rows ...string) string {
		return fmt.Sprintf(`{"data":[%s],"total_count":%d}`, strings.Join(rows, ","), len(rows))
	}
	a, b, other := row("a", clerk.RoleMember), row("b", clerk.RoleMember), row("other", clerk.RoleMember)
	const denied = `{"errors":[{"code":"authorization_invalid"}]}`
	type late struct {
		steps []step
		want  []string
	}
	wrappertest.RunSynctest(t, map[string]late{
		"all made":                        {[]step{{503, ""}, {200, page(other, b, a)}}, []string{"a", "b"}},
		"one made":                        {[]step{{503, ""}, {200, page(a)}, {200, page(a)}}, []string{"a", "unknown"}},
		"none made":                       {[]step{{503, ""}, {200, page(other)}, {200, page()}}, []string{"unknown", "unknown"}},
		"one in another role":             {[]step{{503, ""}, {200, page(a, row("b", clerk.RoleAdmin))}, {200, page(a, row("b", clerk.RoleAdmin))}}, []string{"a", "unknown"}},
		"seen late":                       {[]step{{503, ""}, {200, page()}, {200, page(b, a)}}, []string{"a", "b"}},
		"no readable list":                {[]step{{503, ""}, {403, denied}}, []string{"unknown", "unknown"}},
		"an answer in another order":      {[]step{{200, page(b, a)}}, []string{"a", "b"}},
		"an answer without a row":         {[]step{{200, page(a)}, {200, page(b, a)}}, []string{"a", "b"}},
		"an answer without an id":         {[]step{{200, page(a, strings.Replace(b, "i-b", "", 1))}, {200, page(b, a)}}, []string{"a", "b"}},
		"an answer in another role":       {[]step{{200, page(row("a", "org:boss"), b)}}, []string{"a", "b"}},
		"a refusal that has invited some": {[]step{{400, invitedAlready}, {400, invitedAlready}, {200, b}}, []string{"already", "b"}},
	}, func(t *testing.T, tc late) {
		c, asked := wrappertest.Scripted(t, clerk.New, tc.steps...)
		results, err := c.Invitations.CreateMany(t.Context(), "o", []clerk.CreateInvitationRequest{invite("a"), invite("b")})
		if err != nil || len(*asked) != len(tc.steps) {
			t.Errorf("got %v after %v", err, *asked)
		}
		if diff := cmp.Diff(tc.want, outcomes(t, results)); diff != "" {
			t.Errorf("results (-want +got):\n%s", diff)
		}
	})
}

// Every parameter of a list reaches Clerk.
func TestInvitationParams(t *testing.T) {
	const nothing = `{"data":[],"total_count":0}`
	c, asked := wrappertest.Scripted(t, clerk.New, step{Status: 200, Body: nothing}, step{Status: 200, Body: nothing}, step{Status: 200, Body: nothing}, step{Status: 200, Body: nothing}, step{Status: 200, Body: nothing})
	errs := errors.Join(
		drain(c.Invitations.List(t.Context(), clerk.ListInvitationsParams{})),
		drain(c.Invitations.List(t.Context(), clerk.ListInvitationsParams{OrderBy: new("-email_address"), Status: new(clerk.InvitationExpired), Query: new("a b")})),
		drain(c.Invitations.ListByOrganization(t.Context(), "o", clerk.ListOrganizationInvitationsParams{Status: new(clerk.InvitationPending), Email: new("a+b@example.com")})),
		drain(c.Invitations.ListByOrganization(t.Context(), "o", clerk.ListOrganizationInvitationsParams{OrderBy: new("email_address")})),
		drain(c.Invitations.ListByUser(t.Context(), "u", clerk.ListUserInvitationsParams{Status: new(clerk.InvitationRevoked)})),
	)
	want := []string{
		"GET /v1/organization_invitations?limit=500&order_by=%2Bcreated_at",
		"GET /v1/organization_invitations?limit=500&order_by=-email_address&query=a+b&status=expired",
		"GET /v1/organizations/o/invitations?email_address=a%2Bb%40example.com&limit=500&order_by=%2Bcreated_at&status=pending",
		"GET /v1/organizations/o/invitations?limit=500&order_by=email_address",
		"GET /v1/users/u/organization_invitations?limit=500&status=revoked",
	}
	if diff := cmp.Diff(want, *asked); diff != "" || errs != nil {
		t.Errorf("%v (-want +got):\n%s", errs, diff)
	}
	// An empty filter would widen the list.
	if err := drain(c.Invitations.ListByOrganization(t.Context(), "o", clerk.ListOrganizationInvitationsParams{Status: new("")})); !errors.Is(err, memberships.ErrInvalidArgument) {
		t.Errorf("got %v", err)
	}
}
