package providertest

import (
	"strings"

	"github.com/memberships-go/memberships"
)

// resolveExact tries addresses that a prefix search would match.
func resolveExact(t *checker) {
	r := must[memberships.Resolution](t, "Resolve")(t.client.Resolve(t.Context(), byEmail(t.Niklaus)))
	if r.Member.ID != t.Niklaus.ID || r.Member.Email == "" || r.How == "" {
		t.Errorf("Resolve: got %+v, want the id %s, an e-mail address, and how it was found", r, t.Niklaus.ID)
	}
	beginning, _, _ := strings.Cut(t.Niklaus.Email, "@")
	for _, email := range []string{t.Nobody.Email, beginning, "x" + t.Niklaus.Email} {
		r, err := t.client.Resolve(t.Context(), memberships.Member{Email: email})
		if err == nil {
			t.Errorf("Resolve: got %s for %s; compare whole addresses, a search may find others", r.Member, email)
			continue
		}
		t.wantKind("Resolve of "+email, err, memberships.ErrNotFound, memberships.ErrInvalidArgument)
	}
}

func resolveAmbiguous(t *checker) {
	_, err := t.client.Resolve(t.Context(), byEmail(t.Niklaus))
	t.wantKind("Resolve of an address that two people have", err, memberships.ErrAmbiguous)
	if t.caps.Can(memberships.OpAdd) {
		t.unchanged("Add by an address that two people have", t.Small, func() {
			_, err := t.client.Add(t.Context(), t.Small, byEmail(t.Niklaus), "")
			t.wantKind("Add by an address that two people have", err, memberships.ErrAmbiguous)
		})
	}
}

// resolveNotFound distinguishes an unknown address from a missing resource.
func resolveNotFound(t *checker) {
	_, err := t.client.Resolve(t.Context(), byEmail(t.Nobody))
	t.wantKind("Resolve of an address without an account", err, memberships.ErrNoSuchMember)
	for after := range 2 {
		t.Inject(&Fault{Kind: NotFound, After: after})
		r, err := t.client.Resolve(t.Context(), byEmail(t.Niklaus))
		t.Inject(nil)
		if err == nil {
			if after == 0 || r.Member.ID != t.Niklaus.ID {
				t.Errorf("Resolve whose requests are not found after %d: got %+v and no error", after, r)
			}
			continue
		}
		t.wantKind("Resolve whose requests are not found", err, memberships.ErrNotFound, memberships.ErrMalformed)
		t.wantOpen("Resolve whose requests are not found", err)
	}
}

// resolveMany resolves a list with a duplicate and an unknown address.
func resolveMany(t *checker) {
	who := []memberships.Member{t.Niklaus, t.Nobody, t.Alan, t.Niklaus}
	var asked []memberships.Member
	for _, m := range who {
		asked = append(asked, byEmail(m))
	}
	found := must[[]memberships.Resolution](t, "Provider.Resolve")(t.Provider.Resolve(t.Context(), asked))
	if len(found) != len(who) {
		t.Errorf("Provider.Resolve: got %d resolutions of %d members", len(found), len(who))
		return
	}
	for i, r := range found {
		what := "Provider.Resolve of " + who[i].Email + ", among others"
		switch {
		case who[i] == t.Nobody:
			t.wantKind(what, r.Err, memberships.ErrNoSuchMember)
			if r.Member.ID != "" {
				t.Errorf("%s: got %+v beside the error", what, r.Member)
			}
		case r.Err != nil:
			t.Errorf("%s: got %v; one that is not found does not spoil the others", what, r.Err)
		case r.Member.ID != who[i].ID || !strings.EqualFold(r.Member.Email, who[i].Email) || r.How == "":
			t.Errorf("%s: got %+v, want %s; keep the order", what, r, who[i].ID)
		}
	}
	t.quiet("Provider.Resolve of no members", func() {
		if found, err := t.Provider.Resolve(t.Context(), nil); err != nil || len(found) != 0 {
			t.Errorf("Provider.Resolve of no members: got %v, %v", found, err)
		}
	})
}
