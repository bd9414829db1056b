package webex_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
)

// Each response decides the verdict of its operations, in the order of Operations.
func TestDiagnoseVerdicts(t *testing.T) {
	const (
		me, rooms, teams = "GET /people/me", "GET /rooms", "GET /teams"
		list             = "GET /memberships"
		change           = "PUT /memberships/Y2lzY29zcGFyazovL3VzL01FTUJFUlNISVAvMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwOjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMA"
		a, d, u          = memberships.VerdictAllowed, memberships.VerdictDenied, memberships.VerdictUndetermined
	)
	ada := step{200, `{"id":"p","displayName":"Ada","type":"person","emails":["ada@example.com","countess@example.com"]}`}
	type diagnosis struct {
		answers  map[string]step // other than those for a token with all scopes
		change   step
		identity string
		verdicts []memberships.Verdict
	}
	const adaIs = "Ada <ada@example.com> (person)"
	wrappertest.RunSynctest(t, map[string]diagnosis{
		"all scopes":              {nil, missing, adaIs, []memberships.Verdict{a, a, a, a, a, a, a}},
		"people only":             {map[string]step{rooms: denied, teams: denied, list: denied}, denied, adaIs, []memberships.Verdict{d, d, d, d, d, d, d}},
		"rooms denied":            {map[string]step{rooms: denied}, missing, adaIs, []memberships.Verdict{d, a, a, a, a, a, a}},
		"teams denied":            {map[string]step{teams: denied}, missing, adaIs, []memberships.Verdict{d, a, a, a, a, a, a}},
		"changes denied":          {nil, denied, adaIs, []memberships.Verdict{a, a, a, a, d, d, d}},
		"the caller denied":       {map[string]step{me: denied}, missing, "", []memberships.Verdict{a, a, d, a, a, a, a}},
		"a bot without addresses": {map[string]step{me: {200, `{"id":"p","displayName":"Bot","type":"bot"}`}}, missing, "Bot (bot)", []memberships.Verdict{a, a, a, a, a, a, a}},
		"other failures":          {map[string]step{rooms: failing, list: failing}, failing, adaIs, []memberships.Verdict{u, u, u, u, u, u, u}},
	}, func(t *testing.T, tc diagnosis) {
		answers := map[string]step{me: ada, rooms: emptyOne, teams: emptyOne, list: emptyOne}
		for request, answer := range tc.answers {
			answers[request] = answer
		}
		answers[change] = tc.change
		c, asked := answering(t, answers)
		got, err := c.Diagnose(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var verdicts []memberships.Verdict
		var ops []memberships.Operation
		for _, f := range got.Findings {
			ops, verdicts = append(ops, f.Operation), append(verdicts, f.Verdict)
			if f.Verdict == d && !strings.Contains(f.Grant, "spark:") || f.Verdict != a && f.Detail == "" {
				t.Errorf("got %+v", f)
			}
			if f.Operation == memberships.OpListByMember && f.Verdict == a && !strings.Contains(f.Detail, "owner of the token") {
				t.Errorf("detail of a listing by member: %q", f.Detail)
			}
		}
		if diff := cmp.Diff(memberships.Operations(), ops) + cmp.Diff(tc.verdicts, verdicts); diff != "" || got.Identity != tc.identity {
			t.Errorf("of %q (-want +got):\n%s", got.Identity, diff)
		}
		for _, request := range *asked {
			if !strings.HasPrefix(request, "GET ") && !strings.HasPrefix(request, change) {
				t.Errorf("sent %s", request)
			}
		}
	})
}

// Diagnose returns an error and no findings for a refused token.
func TestDiagnoseRefusedToken(t *testing.T) {
	c, asked := answering(t, map[string]step{"GET /people/me": {401, `{"message":"no","trackingId":"x"}`}})
	if d, err := c.Diagnose(t.Context()); !errors.Is(err, memberships.ErrUnauthenticated) || len(d.Findings) > 0 || len(*asked) != 1 {
		t.Errorf("got %+v, %v after %q", d, err, *asked)
	}
}
