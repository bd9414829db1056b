package googlechat_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

var (
	manager = googlechat.Role(googlechat.RoleManager)
	member  = googlechat.Role(googlechat.RoleMember)
	human   = googlechat.MemberType(googlechat.UserHuman)
	bot     = googlechat.MemberType(googlechat.UserBot)
	notBot  = googlechat.NotMemberType(googlechat.UserBot)
)

func TestMembershipFilter(t *testing.T) {
	tests := []struct {
		filter googlechat.MembershipFilter
		want   string // "" for an error
	}{
		{manager, `role = "ROLE_MANAGER"`},
		{notBot, `member.type != "BOT"`},
		{manager.Or(member), `role = "ROLE_MANAGER" OR role = "ROLE_MEMBER"`},
		{human.And(manager), `member.type = "HUMAN" AND role = "ROLE_MANAGER"`},
		{human.And(manager.Or(member)), `member.type = "HUMAN" AND (role = "ROLE_MANAGER" OR role = "ROLE_MEMBER")`},
		{human.And(manager).Or(bot), `(member.type = "HUMAN" AND role = "ROLE_MANAGER") OR member.type = "BOT"`},
		{manager.Or(member).Or(human), `role = "ROLE_MANAGER" OR role = "ROLE_MEMBER" OR member.type = "HUMAN"`},
		{manager.And(manager), `role = "ROLE_MANAGER" AND role = "ROLE_MANAGER"`},
		{googlechat.Role(`A" OR role = "B`), `role = "A\" OR role = \"B"`},
		{googlechat.Role(`A\`), `role = "A\\"`},
		{googlechat.Role("ROLE_NEW"), `role = "ROLE_NEW"`},

		{googlechat.MembershipFilter{}, ""},
		{manager.And(googlechat.MembershipFilter{}), ""},
		{googlechat.Role(""), ""},
		{googlechat.Role("A\nB"), ""},
		{googlechat.Role("A\xff"), ""},
		{manager.And(member), ""},
		{human.And(bot), ""},
		{human.And(notBot), ""},
		{manager.And(human).And(member), ""},
		{manager.And(manager.Or(member)), ""},
		{human.Or(manager.And(member)), ""},
	}
	for _, tc := range tests {
		got, err := tc.filter.Build()
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if tc.want == "" != errors.Is(err, memberships.ErrInvalidArgument) || tc.want != "" && err != nil {
			t.Errorf("%q: got %v", tc.want, err)
		}
	}
}

// And and Or do not change their operands.
func TestMembershipFilterIsAValue(t *testing.T) {
	base := manager.Or(human)
	_ = base.Or(bot)
	_ = base.Or(notBot)
	if got, _ := base.Build(); got != `role = "ROLE_MANAGER" OR member.type = "HUMAN"` {
		t.Errorf("got %s", got)
	}
}

func TestSpaceTypeFilter(t *testing.T) {
	got, err := googlechat.SpaceTypeFilter(googlechat.SpaceTypeSpace, googlechat.SpaceTypeGroupChat)
	if want := `spaceType = "SPACE" OR spaceType = "GROUP_CHAT"`; got != want || err != nil {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	for _, types := range [][]googlechat.SpaceType{nil, {""}, {googlechat.SpaceTypeSpace, "A\tB"}} {
		if got, err := googlechat.SpaceTypeFilter(types...); !errors.Is(err, memberships.ErrInvalidArgument) || got != "" {
			t.Errorf("%q: got %s, %v, want invalid argument", types, got, err)
		}
	}
}

// The emulator accepts every built filter, and the filter keeps the right members.
func TestMembershipFilterKeeps(t *testing.T) {
	emu, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	c, err := googlechat.New(option.WithHTTPClient(emu.Client()), option.WithToken("any"))
	if err != nil {
		t.Fatal(err)
	}
	const space = "AAAA0000001"
	if _, err := c.Memberships.Create(t.Context(), space, googlechat.AppMember(), googlechat.CreateMembershipParams{}); err != nil {
		t.Fatal(err)
	}
	names := func(p googlechat.ListMembershipsParams, keep func(*googlechat.Membership) bool) (out []string) {
		for _, m := range collect(t, c.Memberships.ListBySpace(t.Context(), space, p)) {
			if keep(m) {
				out = append(out, m.Name)
			}
		}
		return out
	}
	type keep = func(*googlechat.Membership) bool
	filters := []googlechat.MembershipFilter{manager, member, human, bot, notBot}
	keeps := []keep{
		func(m *googlechat.Membership) bool { return m.Role == googlechat.RoleManager },
		func(m *googlechat.Membership) bool { return m.Role == googlechat.RoleMember },
		func(m *googlechat.Membership) bool { return m.Member.Type == googlechat.UserHuman },
		func(m *googlechat.Membership) bool { return m.Member.Type == googlechat.UserBot },
		func(m *googlechat.Membership) bool { return m.Member.Type != googlechat.UserBot },
	}
	try := func(f googlechat.MembershipFilter, k keep) {
		t.Helper()
		expr, err := f.Build()
		if err != nil {
			return
		}
		want := names(googlechat.ListMembershipsParams{}, k)
		got := names(googlechat.ListMembershipsParams{Filter: &expr}, func(*googlechat.Membership) bool { return true })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", expr, diff)
		}
	}
	for i, f := range filters {
		try(f, keeps[i])
		for j, g := range filters {
			both := func(m *googlechat.Membership) bool { return keeps[i](m) && keeps[j](m) }
			either := func(m *googlechat.Membership) bool { return keeps[i](m) || keeps[j](m) }
			try(f.And(g), both)
			try(f.Or(g), either)
			for k, h := range filters {
				try(f.And(g).Or(h), func(m *googlechat.Membership) bool { return both(m) || keeps[k](m) })
				try(f.Or(g).And(h), func(m *googlechat.Membership) bool { return either(m) && keeps[k](m) })
			}
		}
	}
}

// node is the fuzz test's form of an expression.
type node struct {
	Field, Op, Value string
	Sides            []node
}

func join(op string, sides ...node) node {
	j := node{Op: op}
	for _, s := range sides {
		if s.Sides != nil && s.Op == op {
			j.Sides = append(j.Sides, s.Sides...)
		} else {
			j.Sides = append(j.Sides, s)
		}
	}
	return j
}

func (n node) terms() (all []node) {
	if n.Sides == nil {
		return []node{n}
	}
	for _, s := range n.Sides {
		all = append(all, s.terms()...)
	}
	return all
}

// invalid reports whether Build must refuse the expression.
func (n node) invalid() bool {
	if n.Sides == nil {
		return n.Value == "" || !utf8.ValidString(n.Value) || strings.ContainsFunc(n.Value, unicode.IsControl)
	}
	for i, s := range n.Sides {
		if s.invalid() {
			return true
		}
		for _, other := range n.Sides[:i] {
			for _, a := range other.terms() {
				for _, b := range s.terms() {
					if n.Op == "AND" && a.Field == b.Field && a.Value != b.Value {
						return true
					}
				}
			}
		}
	}
	return false
}

// FuzzMembershipFilter builds an expression of the values in the form of shape, and parses
// its text.
func FuzzMembershipFilter(f *testing.F) {
	f.Add("ROLE_MANAGER", "HUMAN", "BOT", uint8(0))
	f.Fuzz(func(t *testing.T, a, b, c string, shape uint8) {
		filters := []googlechat.MembershipFilter{
			googlechat.Role(googlechat.MembershipRole(a)),
			googlechat.MemberType(googlechat.UserType(b)),
			googlechat.NotMemberType(googlechat.UserType(c)),
		}
		nodes := []node{{"role", "=", a, nil}, {"member.type", "=", b, nil}, {"member.type", "!=", c, nil}}
		joined := func(bit int, f, g googlechat.MembershipFilter, m, n node) (googlechat.MembershipFilter, node) {
			if shape>>bit&1 == 0 {
				return f.And(g), join("AND", m, n)
			}
			return f.Or(g), join("OR", m, n)
		}
		built, want := filters[0], nodes[0]
		switch shape & 3 {
		case 1:
			built, want = joined(2, filters[0], filters[1], nodes[0], nodes[1])
		case 2: // the first two come first
			built, want = joined(2, filters[0], filters[1], nodes[0], nodes[1])
			built, want = joined(3, built, filters[2], want, nodes[2])
		case 3: // the last two come first
			built, want = joined(2, filters[1], filters[2], nodes[1], nodes[2])
			built, want = joined(3, filters[0], built, nodes[0], want)
		}
		expr, err := built.Build()
		if (err != nil) != want.invalid() {
			t.Fatalf("%+v: got %q, %v", want, expr, err)
		}
		if err != nil {
			return
		}
		p := &filterReader{rest: expr}
		got, err := p.expression()
		if err != nil || p.rest != "" {
			t.Fatalf("%s cannot be parsed at %q: %v", expr, p.rest, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s was parsed as another expression (-want +got)\n%s", expr, diff)
		}
	})
}

// filterReader parses expressions that are grouped by parentheses only.
type filterReader struct{ rest string }

func (p *filterReader) cut(prefix string) bool {
	rest, ok := strings.CutPrefix(p.rest, prefix)
	p.rest = rest
	return ok
}

func (p *filterReader) expression() (node, error) {
	out, err := p.unit()
	if err != nil || !strings.HasPrefix(p.rest, " ") {
		return out, err
	}
	op := "OR"
	if strings.HasPrefix(p.rest, " AND ") {
		op = "AND"
	}
	out = node{Op: op, Sides: []node{out}}
	for p.cut(" " + op + " ") {
		side, err := p.unit()
		if err != nil {
			return out, err
		}
		out.Sides = append(out.Sides, side)
	}
	return out, nil
}

func (p *filterReader) unit() (node, error) {
	if p.cut("(") {
		out, err := p.expression()
		if err == nil && !p.cut(")") {
			err = errors.New("no parenthesis")
		}
		return out, err
	}
	var out node
	switch {
	case p.cut(`role = "`):
		out = node{Field: "role", Op: "="}
	case p.cut(`member.type = "`):
		out = node{Field: "member.type", Op: "="}
	case p.cut(`member.type != "`):
		out = node{Field: "member.type", Op: "!="}
	default:
		return out, errors.New("no term")
	}
	for p.rest != "" {
		if p.cut(`"`) {
			return out, nil
		}
		p.cut(`\`)
		_, n := utf8.DecodeRuneInString(p.rest)
		out.Value += p.rest[:n]
		p.rest = p.rest[n:]
	}
	return out, errors.New("no closing quote")
}
