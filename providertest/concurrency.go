package providertest

import (
	"errors"
	"slices"
	"sync"

	"github.com/memberships-go/memberships"
)

func diagnosesNothing(c memberships.Capabilities, _ *Fixture) string {
	if c.Diagnose {
		return ""
	}
	return "not declared: Diagnose"
}

func diagnoseIsHarmless(t *checker) {
	t.unchanged("Diagnose", t.Small, func() {
		d := must[memberships.Diagnosis](t, "Diagnose")(t.client.Diagnose(t.Context()))
		found := map[memberships.Operation]int{}
		for _, f := range d.Findings {
			found[f.Operation]++
			switch f.Verdict {
			case memberships.VerdictAllowed, memberships.VerdictUndetermined:
			case memberships.VerdictDenied:
				t.Errorf("Diagnose: %q is denied (%s) to a credential that may do everything", f.Operation, f.Detail)
			default:
				t.Errorf("Diagnose: the verdict on %q is %q", f.Operation, f.Verdict)
			}
			if f.Grant == "" && (len(f.Scopes) > 0 || f.Where != "") {
				t.Errorf("Diagnose: the finding on %q has scopes or a place without a Grant, which names them", f.Operation)
			}
			if f.Verdict == memberships.VerdictUndetermined && f.Detail == "" {
				t.Errorf("Diagnose: the finding on %q does not say why it is undetermined", f.Operation)
			}
		}
		for _, op := range memberships.Operations() {
			want := 0
			if t.caps.Can(op) {
				want = 1
			}
			if found[op] != want {
				t.Errorf("Diagnose: %d findings on %q, want one for each declared operation", found[op], op)
			}
		}
	})
	t.Inject(&Fault{Kind: Unauthenticated})
	d, err := t.client.Diagnose(t.Context())
	if err != nil {
		t.wantKind("Diagnose with a rejected credential", err, memberships.ErrUnauthenticated)
	}
	for _, f := range d.Findings {
		if f.Verdict == memberships.VerdictAllowed {
			t.Errorf("Diagnose: %q is allowed to a rejected credential", f.Operation)
		}
	}
}

// concurrencyIsSafe runs all reads while several goroutines add the same member.
func concurrencyIsSafe(t *checker) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	failures := map[string]error{}
	report := func(what string, err error) {
		mu.Lock()
		defer mu.Unlock()
		failures[what] = err
	}
	added := 0
	for range 4 {
		for _, o := range t.operations() {
			if o.write {
				continue
			}
			wg.Go(func() {
				if err := o.do(t.Context()); err != nil {
					report(o.name, err)
				}
			})
		}
		if !t.caps.Can(memberships.OpAdd) {
			continue
		}
		wg.Go(func() {
			_, err := t.client.Add(t.Context(), t.Small, byID(t.Niklaus), "")
			switch {
			case err == nil:
				mu.Lock()
				defer mu.Unlock()
				added++
			case !errors.Is(err, memberships.ErrAlreadyExists) && !errors.Is(err, memberships.ErrConflict):
				report("Add", err)
			}
		})
	}
	wg.Wait()
	for what, err := range failures {
		t.Errorf("%s among others at once: %v", what, err)
	}
	if !t.caps.Can(memberships.OpAdd) {
		return
	}
	if added == 0 {
		t.Errorf("Add: of four at once, none says that it added the member")
	}
	if t.caps.Can(memberships.OpList) {
		n := len(slices.DeleteFunc(t.members(t.Small), func(m memberships.Membership) bool { return m.Member.ID != t.Niklaus.ID }))
		if n != 1 {
			t.Errorf("Add: of four at once, %d memberships came, want one", n)
		}
	}
}
