package providertest

import (
	"fmt"

	"github.com/memberships-go/memberships"
)

func takesOneAtATime(c memberships.Capabilities, _ *Fixture) string {
	if c.ResolveBatch > 1 || c.ChangeBatch > 1 {
		return ""
	}
	return "not declared: several addresses or changes at once"
}

// batchesAreTaken passes as many addresses and changes at once as are declared.
func batchesAreTaken(t *checker) {
	if n := t.caps.ResolveBatch; n > 1 && t.caps.Email {
		t.resolvesBatch(n)
	}
	if n := t.caps.ChangeBatch; n > 1 && t.caps.Can(memberships.OpRemove) {
		t.appliesBatch(n)
	}
}

// unknownEmail returns the i-th address without an account.
func (t *checker) unknownEmail(i int) memberships.Member {
	return memberships.Member{Kind: memberships.MemberUser, Email: fmt.Sprintf("x%d.%s", i, t.Nobody.Email)}
}

func (t *checker) resolvesBatch(n int) {
	what := fmt.Sprintf("Provider.Resolve of %d at once", n)
	who := []memberships.Member{byEmail(t.Niklaus)}
	for i := range n - 2 {
		who = append(who, t.unknownEmail(i))
	}
	who = append(who, byEmail(t.Alan))
	got := must[[]memberships.Resolution](t, what)(t.Provider.Resolve(t.Context(), who))
	if len(got) != n {
		t.Errorf("%s: got %d resolutions", what, len(got))
		return
	}
	if got[0].Member.ID != t.Niklaus.ID || got[n-1].Member.ID != t.Alan.ID {
		t.Errorf("%s: the first is %+v and the last is %+v, want %s and %s", what, got[0], got[n-1], t.Niklaus.ID, t.Alan.ID)
	}
	for _, r := range got[1 : n-1] {
		t.wantKind(what+", of an address without an account", r.Err, memberships.ErrNoSuchMember)
	}
}

func (t *checker) appliesBatch(n int) {
	rows := []bulkRow{removes(t.Large, byID(t.Niklaus), memberships.ErrNotFound), removes(t.Large, byID(t.Alan))}[:min(n, 2)]
	for i := 0; t.caps.Email && len(rows) < n; i++ {
		rows = append(rows, removes(t.Large, t.unknownEmail(i), memberships.ErrNoSuchMember, memberships.ErrNotMember))
	}
	t.wantBatch(fmt.Sprintf("Provider.Apply of %d removals at once", len(rows)), rows)
	if t.caps.Can(memberships.OpUpdate) {
		t.wantBatch("Provider.Apply of two updates at once", []bulkRow{
			t.updates(t.Small, byID(t.Niklaus), memberships.ErrNotFound), t.updates(t.Small, byID(t.Alan)),
		})
	}
	if t.caps.Can(memberships.OpAdd) {
		t.wantBatch("Provider.Apply of two additions at once", []bulkRow{
			adds(t.Large, byID(t.Ada), memberships.ErrAlreadyExists), adds(t.Large, byID(t.Alan)),
		})
	}
	if t.caps.Can(memberships.OpList) && t.caps.Can(memberships.OpAdd) {
		t.wantMembers("List after Provider.Apply of several at once", t.members(t.Large), t.LargeSize, t.Ada, t.Alan)
	}
}

// wantBatch makes changes by one call of the provider and checks the results.
func (t *checker) wantBatch(what string, rows []bulkRow) {
	t.Helper()
	for i := range rows {
		rows[i].Ref.Member.Kind = memberships.MemberUser // as the Client sets it
	}
	t.wantResults(what, rows, list(t, what, t.Provider.Apply(t.Context(), changesIn(rows))))
}
