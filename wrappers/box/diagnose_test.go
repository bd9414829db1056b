package box_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// Diagnose finds the permissions of several callers and changes nothing.
func TestProviderDiagnose(t *testing.T) {
	const all, none = "groups list of get add update remove", ""
	tests := map[string]struct {
		token, as string
		identity  string
		allowed   string
		details   map[memberships.Operation]string
	}{
		"administrator":       {"ada", "", "Ada Lovelace <ada@example.com> (admin)", all, nil},
		"admin of a group":    {"ada", "grace", "Grace Hopper <grace@example.com> (user)", "list of get add update remove", map[memberships.Operation]string{memberships.OpAdd: "Demo", memberships.OpListByMember: "own"}},
		"member of a group":   {"ada", "alan", "Alan Turing <alan@example.com> (user)", "list of get", map[memberships.Operation]string{memberships.OpGet: "by group and member"}},
		"member of no group":  {"ada", "radia", "Radia Perlman <radia@example.com> (user)", "of", map[memberships.Operation]string{memberships.OpList: "no group"}},
		"token without scope": {"narrow", "", "Ada Lovelace <ada@example.com> (admin)", none, map[memberships.Operation]string{memberships.OpRemove: "insufficient_scope", memberships.OpListByMember: "insufficient_scope"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			opts := []option.Option{option.WithToken(tt.token)}
			if tt.as != "" {
				c, _ := portable(t)
				opts = append(opts, box.WithAsUser(userNamed(t, c, tt.as).ID))
			}
			c, sent := portable(t, opts...)
			d, err := c.Diagnose(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var ops []memberships.Operation
			var allowed []string
			for _, f := range d.Findings {
				ops = append(ops, f.Operation)
				if f.Verdict == memberships.VerdictAllowed {
					allowed = append(allowed, string(f.Operation))
				}
				if f.Verdict == memberships.VerdictDenied {
					missing := "the role of an admin or co-admin"
					if name == "token without scope" {
						missing = "the scope manage_groups"
					}
					if f.Detail == "" || !strings.HasPrefix(f.Grant, missing) || !strings.Contains(f.Where, "Admin Console") || (len(f.Scopes) == 1) != (name == "token without scope") {
						t.Errorf("%s: %+v, want %s", f.Operation, f, missing)
					}
				}
				if want := tt.details[f.Operation]; !strings.Contains(f.Detail, want) {
					t.Errorf("%s: %q lacks %q", f.Operation, f.Detail, want)
				}
			}
			if diff := cmp.Diff(memberships.Operations(), ops); diff != "" {
				t.Errorf("operations (-want +got):\n%s", diff)
			}
			if got := strings.Join(allowed, " "); got != tt.allowed || d.Identity != tt.identity {
				t.Errorf("%s may %q, want %s may %q", d.Identity, got, tt.identity, tt.allowed)
			}
			for _, s := range *sent {
				if !strings.HasPrefix(s, "GET ") && s != "PUT /2.0/group_memberships/0" {
					t.Errorf("sent %s", s)
				}
			}
		})
	}
}

// The verdicts of single responses, in the order of memberships.Operations.
func TestProviderDiagnoseVerdicts(t *testing.T) {
	const (
		me, groups, of      = "GET /users/me", "GET /groups", "GET /users/u/memberships"
		members, one        = "GET /groups/g/memberships", "GET /group_memberships/m-v-g"
		change              = "PUT /group_memberships/0"
		a, d, u             = memberships.VerdictAllowed, memberships.VerdictDenied, memberships.VerdictUndetermined
		user, seen, nothing = `{"id":"u","name":"U","login":"u@example.com"}`, `{"total_count":1,"limit":1,"entries":[{"id":"g","name":"G"}]}`, `{"total_count":0,"limit":1,"entries":[]}`
	)
	v, admin, member := listed(1, entry("v", "g", "member")), listed(1, entry("u", "g", "admin")), listed(1, entry("u", "g", "member"))
	found := `{"id":"m-v-g","role":"member"}`
	type table = map[string]any
	tests := map[string]struct {
		answers  table
		verdicts []memberships.Verdict
	}{
		"administrator who is a member of no group": {table{groups: seen, of: nothing, members: v, one: found, change: 404}, []memberships.Verdict{a, a, a, a, a, a, a}},
		"administrator without a group":             {table{groups: nothing, of: nothing, change: 404}, []memberships.Verdict{a, u, a, u, a, a, a}},
		"administrator, group without members":      {table{groups: seen, of: nothing, members: nothing, change: 404}, []memberships.Verdict{a, a, a, a, a, a, a}},
		"administrator who may read":                {table{groups: seen, of: nothing, members: v, one: found, change: 403}, []memberships.Verdict{a, a, a, a, d, d, d}},
		"admin of a group":                          {table{groups: 403, of: admin, members: v, one: found, change: 404}, []memberships.Verdict{d, a, a, a, a, a, a}},
		"admin of a group who may read":             {table{groups: 403, of: admin, members: v, one: found, change: 403}, []memberships.Verdict{d, a, a, a, d, d, d}},
		"member of a group":                         {table{groups: 403, of: member, members: v, one: 403, change: 404}, []memberships.Verdict{d, a, a, a, d, d, d}},
		"member who may not see the members":        {table{groups: 403, of: member, members: 403, change: 404}, []memberships.Verdict{d, d, a, d, d, d, d}},
		"failed read of the caller's groups":        {table{groups: 403, of: 503, change: 404}, []memberships.Verdict{d, u, u, u, u, u, u}},
		"failed read and denied change":             {table{groups: 403, of: 503, change: 403}, []memberships.Verdict{d, u, u, u, d, d, d}},
		"failed read of the enterprise":             {table{groups: 503, of: member, members: v, one: found, change: 404}, []memberships.Verdict{u, a, a, a, u, u, u}},
		"failed change":                             {table{groups: seen, of: nothing, members: v, one: found, change: 429}, []memberships.Verdict{a, a, a, a, u, u, u}},
		"a membership removed during the diagnosis": {table{groups: seen, of: nothing, members: v, one: 404, change: 404}, []memberships.Verdict{a, a, a, u, a, a, a}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.answers[me] = user
			var sent []string
			got, err := scripted(t, &sent, tt.answers).Diagnose(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var verdicts []memberships.Verdict
			for _, f := range got.Findings {
				verdicts = append(verdicts, f.Verdict)
				if f.Verdict != a && f.Detail == "" || f.Verdict == d && f.Grant == "" {
					t.Errorf("got %+v", f)
				}
			}
			if diff := cmp.Diff(tt.verdicts, verdicts); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
		})
	}
}

// Failed requests give no verdict.
func TestProviderDiagnoseAfterFailures(t *testing.T) {
	c := memberships.New(serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/2.0/users/me" {
			_, _ = w.Write([]byte(`{"id":"u","name":"U","login":"u@example.com"}`))
			return
		}
		w.WriteHeader(http.StatusBadGateway)
	}).Provider())
	d, err := c.Diagnose(t.Context())
	if err != nil || len(d.Findings) != len(memberships.Operations()) || d.Identity != "U <u@example.com>" {
		t.Fatalf("got %+v, %v", d, err)
	}
	for _, f := range d.Findings {
		if f.Verdict != memberships.VerdictUndetermined || f.Detail == "" {
			t.Errorf("got %+v", f)
		}
	}
	c = memberships.New(serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }).Provider())
	if d, err := c.Diagnose(t.Context()); !errors.Is(err, memberships.ErrUnauthenticated) {
		t.Errorf("without credentials: %+v, %v", d, err)
	}
}
