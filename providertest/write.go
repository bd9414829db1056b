package providertest

import (
	"errors"
	"strings"

	"github.com/memberships-go/memberships"
)

// wantRole checks the role of a membership by its portable or its own name.
func (t *checker) wantRole(what string, m memberships.Membership, r memberships.Role) {
	t.Helper()
	if m.Role != r && m.RoleName != string(r) {
		t.Errorf("%s: got the role %q (%q), want %q", what, m.Role, m.RoleName, r)
	}
}

func addWithRoles(t *checker) {
	for _, r := range append([]memberships.Role{""}, t.caps.Roles...) {
		made := must[memberships.Membership](t, "Add with the role "+string(r))(t.client.Add(t.Context(), t.Small, byID(t.Niklaus), r))
		want := r
		if want == "" {
			want = memberships.RoleMember
		}
		t.wantRole("Add with the role "+string(r), made, want)
		if made.Member.ID != t.Niklaus.ID || made.Group.ID != t.Small.ID || made.State != memberships.StateActive {
			t.Errorf("Add: got %+v, want an active membership of %s in %s", made, t.Niklaus, t.Small)
		}
		found := t.get(t.Small, t.Niklaus)
		t.wantRole("Get after Add", found, want)
		if found.ID != made.ID {
			t.Errorf("Add: got the id %q, and Get has %q", made.ID, found.ID)
		}
		if r == "" && t.caps.Can(memberships.OpList) {
			t.wantMembers("List after Add", t.members(t.Small), 3, t.Ada, t.Alan, t.Niklaus)
		}
		if !t.caps.Can(memberships.OpRemove) {
			return // the next role would find him there
		}
		if _, err := t.client.Remove(t.Context(), made.Ref()); err != nil {
			t.Fatalf("Remove of what Add returned: %v", err)
		}
	}
}

func addByEmail(t *checker) {
	made := must[memberships.Membership](t, "Add by e-mail address")(t.client.Add(t.Context(), t.Small, byEmail(t.Niklaus), ""))
	if made.Member.ID != t.Niklaus.ID {
		t.Errorf("Add by the address %s: added %s, want %s", t.Niklaus.Email, made.Member.ID, t.Niklaus.ID)
	}
}

func addDuplicate(t *checker) {
	duplicates := []memberships.Member{byID(t.Alan)}
	if t.caps.Email {
		duplicates = append(duplicates, byEmail(t.Alan))
	}
	for _, who := range duplicates {
		what := "Add of " + who.String() + ", who is a member"
		t.unchanged(what, t.Small, func() {
			_, err := t.client.Add(t.Context(), t.Small, who, t.otherRole())
			t.wantKind(what, err, memberships.ErrAlreadyExists)
		})
	}
}

func addUnknownMember(t *checker) {
	t.unchanged("Add of a member that does not exist", t.Small, func() {
		_, err := t.client.Add(t.Context(), t.Small, byID(t.Nobody), "")
		t.wantKind("Add of a member that does not exist", err, memberships.ErrNotFound, memberships.ErrInvalidArgument)
	})
}

func addUnknownEmail(t *checker) {
	made, err := t.client.Add(t.Context(), t.Small, byEmail(t.Nobody), "")
	if err != nil {
		t.wantKind("Add by an address without an account", err, memberships.ErrNotFound, memberships.ErrInvalidArgument)
	} else if made.Member.Email != "" && !strings.EqualFold(made.Member.Email, t.Nobody.Email) {
		t.Errorf("Add by the address %s: added %s, whose address that is not", t.Nobody.Email, made.Member.Email)
	}
	if !t.caps.Can(memberships.OpList) {
		return
	}
	want := 2
	if err == nil {
		want = 3
	}
	t.wantMembers("List after Add by an address without an account", t.members(t.Small), want, t.Ada, t.Alan)
}

func addUnknownGroup(t *checker) {
	_, err := t.client.Add(t.Context(), t.Unknown, byID(t.Niklaus), "")
	t.wantNotFound("Add to a group that does not exist", err)
}

func addHalfWay(t *checker) {
	who := byID(t.Niklaus)
	if t.caps.Email {
		who = byEmail(t.Niklaus)
	}
	for after := range 4 {
		t.Inject(&Fault{Kind: PermissionDenied, After: after})
		made, err := t.client.Add(t.Context(), t.Small, who, t.otherRole())
		t.Inject(nil)
		there, missing := t.client.Get(t.Context(), ref(t.Small, byID(t.Niklaus)))
		switch returned := made.Member.ID != ""; {
		case errors.Is(err, memberships.ErrOutcomeUnknown):
		case missing == nil && !returned:
			t.Errorf("Add whose requests failed after %d: got no membership and %v, and he is in; return what was made beside the error", after, err)
		case missing != nil && (returned || err == nil):
			t.Errorf("Add whose requests failed after %d: got %+v and %v, and he is not in", after, made, err)
		case err == nil && there.Role != t.otherRole():
			t.Errorf("Add whose requests failed after %d: got no error, and he has the role %q", after, there.Role)
		}
		if missing == nil {
			if _, err := t.client.Remove(t.Context(), there.Ref()); err != nil {
				t.Fatalf("Remove: %v", err)
			}
		}
	}
}

func hasOneRole(c memberships.Capabilities, _ *Fixture) string {
	if len(c.Roles) > 1 {
		return ""
	}
	return "not declared: a second role"
}

func updateHalfWay(t *checker) {
	for after := range 3 {
		before := t.get(t.Small, t.Alan)
		t.Inject(&Fault{Kind: PermissionDenied, After: after})
		_, err := t.client.Update(t.Context(), ref(t.Small, byID(t.Alan)), t.otherRole())
		t.Inject(nil)
		want := t.otherRole()
		if err != nil {
			want = before.Role
		}
		if got := t.get(t.Small, t.Alan); got.Role != want && !errors.Is(err, memberships.ErrOutcomeUnknown) {
			t.Errorf("Update from %q to %q whose requests failed after %d: got %v, and the role is %q", before.Role, t.otherRole(), after, err, got.Role)
		}
	}
}

func updateRoles(t *checker) {
	ada := t.get(t.Small, t.Ada)
	for _, r := range append(t.caps.Roles[:len(t.caps.Roles):len(t.caps.Roles)], memberships.RoleMember) {
		what := "Update to the role " + string(r)
		changed := must[memberships.Membership](t, what)(t.client.Update(t.Context(), ref(t.Small, byID(t.Alan)), r))
		t.wantRole(what, changed, r)
		t.wantRole("Get after "+what, t.get(t.Small, t.Alan), r)
		if changed.Member.ID != t.Alan.ID || changed.Group.ID != t.Small.ID {
			t.Errorf("%s: got %+v, want the membership that was changed", what, changed)
		}
	}
	t.wantSame("Update of Alan changed Ada's membership", []memberships.Membership{ada}, []memberships.Membership{t.get(t.Small, t.Ada)})
}

func takesNoOwnRoles(c memberships.Capabilities, _ *Fixture) string {
	if c.OwnRoles {
		return ""
	}
	return "not declared: OwnRoles"
}

func updateOwnRole(t *checker) {
	ada := t.get(t.Small, t.Ada)
	if ada.RoleName == "" {
		t.Fatalf("OwnRoles is declared and a membership has no RoleName")
	}
	changed := must[memberships.Membership](t, "Update to "+ada.RoleName)(
		t.client.Update(t.Context(), ref(t.Small, byID(t.Alan)), memberships.Role(ada.RoleName)))
	if changed.RoleName != ada.RoleName || changed.Role != ada.Role {
		t.Errorf("Update to %q: got %q (%q), want %q (%q)", ada.RoleName, changed.RoleName, changed.Role, ada.RoleName, ada.Role)
	}
}

func updateNotMember(t *checker) {
	t.unchanged("Update of a person who is not a member", t.Small, func() {
		_, err := t.client.Update(t.Context(), ref(t.Small, byID(t.Niklaus)), memberships.RoleMember)
		t.wantKind("Update of a person who is not a member", err, memberships.ErrNotFound)
	})
}

func removeTwice(t *checker) {
	who := ref(t.Small, byID(t.Alan))
	if _, err := t.client.Remove(t.Context(), who); err != nil {
		t.Fatalf("Remove: %v", err)
	}
	_, err := t.client.Remove(t.Context(), who)
	t.wantKind("Remove of a removed member", err, memberships.ErrNotFound)
	if t.caps.Can(memberships.OpGet) {
		_, err := t.client.Get(t.Context(), who)
		t.wantKind("Get after Remove", err, memberships.ErrNotMember)
	}
	if t.caps.Can(memberships.OpList) {
		t.wantMembers("List after Remove", t.members(t.Small), 1, t.Ada)
		t.wantMembers("List of another group after Remove", t.members(t.Large), t.LargeSize, t.Ada, t.Alan)
	}
}

func removeByID(t *checker) {
	m := t.get(t.Small, t.Alan)
	if m.ID == "" {
		return // group and member are the key, which remove/twice has
	}
	id := memberships.Ref{ID: m.ID, Group: memberships.Group{Kind: t.Small.Kind}}
	if _, err := t.client.Remove(t.Context(), id); err != nil {
		t.Fatalf("Remove by id: %v", err)
	}
	_, err := t.client.Remove(t.Context(), id)
	t.wantKind("Remove by the id of what was removed", err, memberships.ErrNotFound)
	_, err = t.client.Get(t.Context(), id)
	t.wantKind("Get by the id of what was removed", err, memberships.ErrNotFound)
	if t.caps.Can(memberships.OpUpdate) {
		_, err = t.client.Update(t.Context(), id, memberships.RoleMember)
		t.wantKind("Update by the id of what was removed", err, memberships.ErrNotFound)
	}
	_, err = t.client.Get(t.Context(), ref(t.Small, byID(t.Alan)))
	t.wantKind("Get after Remove by id", err, memberships.ErrNotMember)
}

func removeUnknownGroup(t *checker) {
	_, err := t.client.Remove(t.Context(), ref(t.Unknown, byID(t.Alan)))
	t.wantNotFound("Remove from a group that does not exist", err)
}

// removeUnknownEmail repeats a removal after the account is gone. The missing account
// alone proves nothing, because its membership may be hidden.
func removeUnknownEmail(t *checker) {
	who := ref(t.Small, byEmail(t.Nobody))
	t.unchanged("Remove by an address without an account", t.Small, func() {
		_, err := t.client.Remove(t.Context(), who)
		t.wantKind("Remove by an address without an account", err, memberships.ErrNotMember)
	})
	hide := t.Tamper[Hidden]
	if hide == nil {
		return // coverage/hidden says why
	}
	hide()
	_, err := t.client.Remove(t.Context(), who)
	t.wantUndetermined("Remove by an address without an account, from a group of which a part is hidden", err)
}
