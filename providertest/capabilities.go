package providertest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/memberships-go/memberships"
)

func soundCapabilities(t *checker) {
	if t.Provider.Name() == "" || t.Provider.Name() != t.Again().Name() {
		t.Errorf("Name: got %q and %q; it has to be the same for every instance", t.Provider.Name(), t.Again().Name())
	}
	c := t.caps
	for _, op := range c.Operations {
		if !slices.Contains(memberships.Operations(), op) {
			t.Errorf("Operations: %q is not one of memberships.Operations", op)
		}
	}
	if len(c.GroupKinds) == 0 {
		t.Errorf("GroupKinds is empty; name at least one kind, which stands in for an empty one")
	}
	if c.Can(memberships.OpListByMember) && len(c.SearchedKinds) == 0 {
		t.Errorf("SearchedKinds is empty though %q is declared", memberships.OpListByMember)
	}
	for _, k := range c.SearchedKinds {
		if !slices.Contains(c.GroupKinds, k) {
			t.Errorf("SearchedKinds: %q is not one of GroupKinds", k)
		}
	}
	if c.Can(memberships.OpAdd) && len(c.MemberKinds) == 0 {
		t.Errorf("MemberKinds is empty though %q is declared", memberships.OpAdd)
	}
	if (c.Can(memberships.OpAdd) || c.Can(memberships.OpUpdate)) && len(c.Roles) == 0 && !c.OwnRoles {
		t.Errorf("Roles is empty and OwnRoles false though %q or %q is declared", memberships.OpAdd, memberships.OpUpdate)
	}
	if c.Invites && (!c.Can(memberships.OpAdd) || !c.Email) {
		t.Errorf("Invites is declared without %q or Email; an invitation is an addition by address", memberships.OpAdd)
	}
	for _, r := range c.Roles {
		if r == memberships.RoleUnknown || r == "" {
			t.Errorf("Roles: %q cannot be given", r)
		}
		if c.RoleNames[r] == "" {
			t.Errorf("RoleNames does not say what the provider calls %q", r)
		}
	}
	if c.MaxPageSize < 1 {
		t.Errorf("MaxPageSize: got %d, want the largest page that there is", c.MaxPageSize)
	}
	before, again := fmt.Sprintf("%+v", c), t.Provider.Capabilities()
	if got := fmt.Sprintf("%+v", again); got != before {
		t.Errorf("Capabilities: got %s, and at another call %s", before, got)
	}
	clear(again.Operations)
	clear(again.GroupKinds)
	clear(again.SearchedKinds)
	clear(again.MemberKinds)
	clear(again.PromotesCaller)
	clear(again.Roles)
	clear(again.RoleNames)
	if got := fmt.Sprintf("%+v", t.Provider.Capabilities()); got != before {
		t.Errorf("Capabilities: a caller who changed what it got made %s of %s; return copies", got, before)
	}
}

func declaredWorks(t *checker) {
	const advice = "make it work, or do not declare it"
	for _, o := range t.operations() {
		if err := o.do(t.Context()); err != nil {
			t.Errorf("%s: got %v; %s", o.name, err, advice)
		}
	}
	if t.caps.Diagnose {
		if _, err := t.client.Diagnose(t.Context()); err != nil {
			t.Errorf("Diagnose: got %v; %s", err, advice)
		}
	}
	if t.caps.ListsAll {
		if _, err := read(t, "Provider.List of all groups", t.Provider.List(t.Context(), memberships.Query{}, nil)); err != nil {
			t.Errorf("Provider.List of all groups: got %v; %s", err, advice)
		}
	}
	if t.caps.Watch {
		t.watch("Watch", t.Provider, "", func(s *events) { s.one() })
	}
}

func declaresAll(c memberships.Capabilities, _ *Fixture) string {
	for _, op := range memberships.Operations() {
		if !c.Can(op) {
			return ""
		}
	}
	if !c.Email || !c.Diagnose || !c.Watch || !c.ListsAll {
		return ""
	}
	return "everything is declared"
}

// undeclaredIsUnsupported calls the Client and the Provider itself, which callers may use
// directly.
func undeclaredIsUnsupported(t *checker) {
	ctx, who, p := t.Context(), ref(t.Small, byID(t.Alan)), t.Provider
	can := func(op memberships.Operation) bool { return t.caps.Can(op) }
	for _, undeclared := range []struct {
		what     string
		declared bool
		calls    map[string]func() error
	}{
		{"Operations has " + string(memberships.OpGroups), can(memberships.OpGroups), map[string]func() error{
			"Client.Groups":   func() error { return ended(t, t.client.Groups(ctx)) },
			"Provider.Groups": func() error { return ended(t, p.Groups(ctx, memberships.Query{}, nil)) },
		}},
		{"Operations has " + string(memberships.OpList), can(memberships.OpList), map[string]func() error{
			"Client.List":       func() error { return ended(t, t.client.List(ctx, t.filter(t.Small))) },
			"Client.Pages":      func() error { return ended(t, t.client.Pages(ctx, t.filter(t.Small), memberships.PageRequest{})) },
			"Provider.List":     func() error { return ended(t, p.List(ctx, query(t.Small), nil)) },
			"Provider.ListPage": func() error { _, err := p.ListPage(ctx, query(t.Small), memberships.PageRequest{}); return err },
		}},
		{"Operations has " + string(memberships.OpListByMember), can(memberships.OpListByMember), map[string]func() error{
			"Client.MembershipsOf": func() error { return ended(t, t.client.MembershipsOf(ctx, byID(t.Ada))) },
			"Provider.List":        func() error { return ended(t, p.List(ctx, memberships.Query{Member: byID(t.Ada)}, nil)) },
			"Provider.ListPage": func() error {
				_, err := p.ListPage(ctx, memberships.Query{Member: byID(t.Ada)}, memberships.PageRequest{})
				return err
			},
		}},
		{"Operations has " + string(memberships.OpGet), can(memberships.OpGet), map[string]func() error{
			"Client.Get":   func() error { _, err := t.client.Get(ctx, who); return err },
			"Provider.Get": func() error { _, err := p.Get(ctx, who); return err },
		}},
		{"Operations has " + string(memberships.OpAdd), can(memberships.OpAdd), map[string]func() error{
			"Client.Add": func() error { _, err := t.client.Add(ctx, t.Small, byID(t.Niklaus), ""); return err },
			"Provider.Apply of an addition": func() error {
				return t.one(memberships.Change{Op: memberships.OpAdd, Ref: ref(t.Small, byID(t.Niklaus))})
			},
		}},
		{"Operations has " + string(memberships.OpUpdate), can(memberships.OpUpdate), map[string]func() error{
			"Client.Update": func() error { _, err := t.client.Update(ctx, who, t.otherRole()); return err },
			"Provider.Apply of an update": func() error {
				return t.one(memberships.Change{Op: memberships.OpUpdate, Ref: who, Role: t.otherRole()})
			},
		}},
		{"Operations has " + string(memberships.OpRemove), can(memberships.OpRemove), map[string]func() error{
			"Client.Remove":               func() error { _, err := t.client.Remove(ctx, who); return err },
			"Provider.Apply of a removal": func() error { return t.one(memberships.Change{Op: memberships.OpRemove, Ref: who}) },
		}},
		{"Email", t.caps.Email, map[string]func() error{
			"Client.Resolve": func() error {
				_, err := t.client.Resolve(ctx, memberships.Member{Email: "ada@example.com"})
				return err
			},
			"Provider.Resolve": func() error {
				found, err := p.Resolve(ctx, []memberships.Member{{Email: "ada@example.com"}})
				if err == nil && len(found) == 1 {
					err = found[0].Err
				}
				return err
			},
		}},
		{"ListsAll", t.caps.ListsAll, map[string]func() error{
			"Provider.List of all groups": func() error { return ended(t, p.List(ctx, memberships.Query{}, nil)) },
			"Provider.ListPage of all groups": func() error {
				_, err := p.ListPage(ctx, memberships.Query{}, memberships.PageRequest{})
				return err
			},
		}},
		{"Diagnose", t.caps.Diagnose, map[string]func() error{
			"Client.Diagnose":   func() error { _, err := t.client.Diagnose(ctx); return err },
			"Provider.Diagnose": func() error { _, err := p.Diagnose(ctx); return err },
		}},
		{"Watch", t.caps.Watch, map[string]func() error{
			"Client.Watch":   func() error { return ended(t, t.client.Watch(ctx, "")) },
			"Provider.Watch": func() error { return ended(t, p.Watch(ctx, "")) },
		}},
	} {
		if undeclared.declared {
			continue
		}
		for name, call := range undeclared.calls {
			t.quiet(name, func() {
				if err := call(); !errors.Is(err, memberships.ErrUnsupported) {
					t.Errorf("%s: got %v, want ErrUnsupported: Capabilities does not say %s; declare it, or embed memberships.Unsupported", name, err, undeclared.what)
				}
			})
		}
	}
}

// ended returns the last error of a sequence.
func ended[T any](t *checker, seq iter.Seq2[T, error]) error {
	t.Helper()
	_, err := read(t, "the sequence", seq)
	return err
}

// one makes one change through the Provider itself.
func (t *checker) one(ch memberships.Change) error {
	t.Helper()
	results, err := read(t, "Apply", t.Provider.Apply(t.Context(), []memberships.Change{ch}))
	switch {
	case err != nil:
		return err
	case len(results) != 1:
		return fmt.Errorf("%d results of one change", len(results))
	}
	return results[0].Err
}

// argumentsAreChecked tries arguments that the capabilities exclude. An undeclared
// operation is ErrUnsupported whatever its arguments.
func argumentsAreChecked(t *checker) {
	who := ref(t.Small, byID(t.Alan))
	elsewhere := memberships.Group{Kind: "galaxy", ID: t.Small.ID}
	nobody := memberships.Member{}
	refs := func(op memberships.Operation, do func(context.Context, memberships.Ref) error) map[string]func(context.Context) error {
		calls := map[string]func(context.Context) error{}
		for what, r := range map[string]memberships.Ref{
			"a kind of group that there is not":               ref(elsewhere, t.Alan),
			"an id and a kind of group that there is not":     {ID: "x", Group: memberships.Group{Kind: "galaxy"}},
			"a group without a member":                        ref(t.Small, nobody),
			"a member without a group":                        {Member: t.Alan},
			"nothing":                                         {},
			"a group without an id that has a name":           ref(memberships.Group{Kind: t.Small.Kind, Name: "Small"}, t.Alan),
			"a member without an id or address, and its name": ref(t.Small, memberships.Member{Name: "Alan"}),
		} {
			calls[string(op)+" of "+what] = func(ctx context.Context) error { return do(ctx, r) }
		}
		return calls
	}
	filters := map[string]func(context.Context) error{}
	for what, f := range map[string]memberships.Filter{
		"a kind of group that there is not": {Group: elsewhere},
		"a group without an id":             {Group: memberships.Group{Kind: t.Small.Kind}},
		"nothing":                           {},
	} {
		filters["List of "+what] = func(ctx context.Context) error {
			_, err := read(t, "List", t.client.List(ctx, f))
			return err
		}
	}
	filters["Pages of size -1"] = func(ctx context.Context) error {
		_, err := read(t, "Pages", t.client.Pages(ctx, memberships.Filter{Group: t.Small}, memberships.PageRequest{Size: -1}))
		return err
	}
	adds := map[string]func(context.Context) error{}
	for what, r := range map[string]memberships.Role{"RoleUnknown": memberships.RoleUnknown, "a role with a line break": "a\nb"} {
		adds["Add with "+what] = func(ctx context.Context) error {
			_, err := t.client.Add(ctx, t.Small, t.Niklaus, r)
			return err
		}
	}
	adds["Add of a kind of member that there is not"] = func(ctx context.Context) error {
		_, err := t.client.Add(ctx, t.Small, memberships.Member{Kind: "robot", ID: t.Niklaus.ID}, "")
		return err
	}
	adds["Add of nobody"] = func(ctx context.Context) error {
		_, err := t.client.Add(ctx, t.Small, nobody, "")
		return err
	}
	changes := refs(memberships.OpUpdate, func(ctx context.Context, r memberships.Ref) error {
		_, err := t.client.Update(ctx, r, t.otherRole())
		return err
	})
	changes["Update of nothing"] = func(ctx context.Context) error {
		_, err := t.client.Update(ctx, who, "")
		return err
	}
	for op, calls := range map[memberships.Operation]map[string]func(context.Context) error{
		memberships.OpList: filters, memberships.OpAdd: adds, memberships.OpUpdate: changes,
		memberships.OpGet: refs(memberships.OpGet, func(ctx context.Context, r memberships.Ref) error {
			_, err := t.client.Get(ctx, r)
			return err
		}),
		memberships.OpRemove: refs(memberships.OpRemove, func(ctx context.Context, r memberships.Ref) error {
			_, err := t.client.Remove(ctx, r)
			return err
		}),
	} {
		for what, call := range calls {
			if t.caps.Can(op) {
				t.quiet(what, func() { t.wantKind(what, call(t.Context()), memberships.ErrInvalidArgument) })
			}
		}
	}
}
