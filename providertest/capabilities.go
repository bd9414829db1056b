package providertest

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"github.com/memberships-go/memberships"
)

func soundCapabilities(t *trial) {
	if t.Provider.Name() == "" || t.Provider.Name() != t.Again().Name() {
		t.Errorf("Name: got %q and %q; it has to be the same for every instance", t.Provider.Name(), t.Again().Name())
	}
	c := t.caps
	for _, op := range c.Operations {
		if !slices.Contains(memberships.Operations, op) {
			t.Errorf("Operations: %q is not one of memberships.Operations", op)
		}
	}
	if len(c.GroupKinds) == 0 {
		t.Errorf("GroupKinds is empty; name at least one kind, which stands in for an empty one")
	}
	if c.Can(memberships.OpOf) && len(c.OfKinds) == 0 {
		t.Errorf("OfKinds is empty though %q is declared", memberships.OpOf)
	}
	for _, k := range c.OfKinds {
		if !slices.Contains(c.GroupKinds, k) {
			t.Errorf("OfKinds: %q is not one of GroupKinds", k)
		}
	}
	if c.Can(memberships.OpAdd) && len(c.MemberKinds) == 0 {
		t.Errorf("MemberKinds is empty though %q is declared", memberships.OpAdd)
	}
	if (c.Can(memberships.OpAdd) || c.Can(memberships.OpUpdate)) && len(c.Roles) == 0 && !c.OwnRoles {
		t.Errorf("Roles is empty and OwnRoles false though %q or %q is declared", memberships.OpAdd, memberships.OpUpdate)
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
	if _, ok := t.Provider.(memberships.GroupLister); !ok && c.Can(memberships.OpGroups) {
		t.Errorf("%q is declared and the provider is no memberships.GroupLister", memberships.OpGroups)
	}
	if _, ok := t.Provider.(memberships.Resolver); !ok && c.Email {
		t.Errorf("Email is declared and the provider is no memberships.Resolver")
	}
}

func declaredWorks(t *trial) {
	for _, o := range t.operations() {
		if err := o.do(t.Context()); err != nil {
			t.Errorf("%s: got %v; make it work, or do not declare it", o.name, err)
		}
	}
}

func declaresAll(c memberships.Capabilities, _ *World) string {
	for _, op := range memberships.Operations {
		if !c.Can(op) {
			return ""
		}
	}
	if !c.Email {
		return ""
	}
	return "everything is declared"
}

// undeclaredIsUnsupported asks the provider itself, too: it may be used without a Client.
func undeclaredIsUnsupported(t *trial) {
	ctx, who := t.Context(), ref(t.Small, byID(t.Alan))
	calls := map[memberships.Operation]map[string]func() error{
		memberships.OpGroups: {
			"Client.Groups": func() error { _, err := read(t, "Groups", t.client.Groups(ctx)); return err },
			"Provider.Groups": func() error {
				if gl, ok := t.Provider.(memberships.GroupLister); ok {
					_, err := read(t, "Groups", gl.Groups(ctx))
					return err
				}
				return memberships.ErrUnsupported
			},
		},
		memberships.OpList: {
			"Client.List": func() error {
				_, err := read(t, "List", t.client.List(ctx, memberships.Filter{Group: t.Small}))
				return err
			},
			"Provider.ListPage": func() error {
				_, err := t.Provider.ListPage(ctx, memberships.Filter{Group: t.Small}, memberships.PageRequest{})
				return err
			},
		},
		memberships.OpOf: {
			"Client.MembershipsOf": func() error { _, err := read(t, "MembershipsOf", t.client.MembershipsOf(ctx, byID(t.Ada))); return err },
			"Provider.ListPage": func() error {
				_, err := t.Provider.ListPage(ctx, memberships.Filter{Member: byID(t.Ada)}, memberships.PageRequest{})
				return err
			},
		},
		memberships.OpGet: {
			"Client.Get":   func() error { _, err := t.client.Get(ctx, who); return err },
			"Provider.Get": func() error { _, err := t.Provider.Get(ctx, who); return err },
		},
		memberships.OpAdd: {
			"Client.Add":   func() error { _, err := t.client.Add(ctx, t.Small, byID(t.Niklaus), ""); return err },
			"Provider.Add": func() error { _, err := t.Provider.Add(ctx, t.Small, byID(t.Niklaus), ""); return err },
		},
		memberships.OpUpdate: {
			"Client.Update": func() error {
				_, err := t.client.Update(ctx, who, memberships.Change{Role: t.otherRole()})
				return err
			},
			"Provider.Update": func() error {
				_, err := t.Provider.Update(ctx, who, memberships.Change{Role: t.otherRole()})
				return err
			},
		},
		memberships.OpRemove: {
			"Client.Remove":   func() error { return t.client.Remove(ctx, who) },
			"Provider.Remove": func() error { return t.Provider.Remove(ctx, who) },
		},
	}
	for op, named := range calls {
		if t.caps.Can(op) {
			continue
		}
		for name, call := range named {
			t.quiet(name, func() {
				if err := call(); !errors.Is(err, memberships.ErrUnsupported) {
					t.Errorf("%s: got %v, want ErrUnsupported: %q is not declared", name, err, op)
				}
			})
		}
	}
	if !t.caps.Email {
		t.quiet("Resolve", func() {
			_, err := t.client.Resolve(ctx, memberships.Member{Email: "ada@example.com"})
			t.wantKind("Resolve", err, memberships.ErrUnsupported)
		})
	}
}

// argumentsAreChecked tries what the capabilities rule out. Operations that are not
// declared are ErrUnsupported whatever their arguments.
func argumentsAreChecked(t *trial) {
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
		_, err := t.client.Update(ctx, r, memberships.Change{Role: t.otherRole()})
		return err
	})
	changes["Update of nothing"] = func(ctx context.Context) error {
		_, err := t.client.Update(ctx, who, memberships.Change{})
		return err
	}
	for op, calls := range map[memberships.Operation]map[string]func(context.Context) error{
		memberships.OpList: filters, memberships.OpAdd: adds, memberships.OpUpdate: changes,
		memberships.OpGet: refs(memberships.OpGet, func(ctx context.Context, r memberships.Ref) error {
			_, err := t.client.Get(ctx, r)
			return err
		}),
		memberships.OpRemove: refs(memberships.OpRemove, t.client.Remove),
	} {
		for what, call := range calls {
			if t.caps.Can(op) {
				t.quiet(what, func() { t.wantKind(what, call(t.Context()), memberships.ErrInvalidArgument) })
			}
		}
	}
}

func asDeclared(t *trial) {
	for _, target := range t.harness.As {
		v := reflect.ValueOf(target)
		if v.Kind() != reflect.Pointer || v.IsNil() {
			t.Fatalf("Harness.As: %T is not a pointer to a value that As could set", target)
		}
		for name, as := range map[string]func(any) bool{"Provider.As": t.Provider.As, "Client.As": t.client.As} {
			v.Elem().SetZero()
			if !as(target) || v.Elem().IsZero() {
				t.Errorf("%s(%T): got false or nothing set; set it, and return true", name, target)
			}
		}
		if t.Provider.As(reflect.Zero(v.Type()).Interface()) {
			t.Errorf("As((%T)(nil)): got true; there is nothing to set", target)
		}
	}
}

func asRefused(t *trial) {
	type mine struct{ _ int }
	for _, target := range []any{
		nil, (*int)(nil), new(int), new(*int), new(string), 7, "", struct{}{}, mine{}, new(mine), new(*mine),
		new(any), []int{1}, map[string]int{}, func() {}, make(chan int), new(error), errors.New("x"),
	} {
		for name, as := range map[string]func(any) bool{"Provider.As": t.Provider.As, "Client.As": t.client.As} {
			func() {
				defer func() {
					if v := recover(); v != nil {
						t.Errorf("%s(%T) panics (%v); return false for types that the package comment does not name", name, target, v)
					}
				}()
				if as(target) {
					t.Errorf("%s(%T): got true, want false", name, target)
				}
			}()
		}
	}
}
