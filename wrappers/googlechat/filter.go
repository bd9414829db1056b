package googlechat

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/memberships-go/memberships"
)

// MembershipFilter is an expression for ListMembershipsParams.Filter. [Role], [MemberType]
// and [NotMemberType] return terms, And and Or join them, and Build returns the text.
type MembershipFilter struct {
	// A term has a field, an operator and a value; a join has an operator, AND or OR,
	// and sides.
	field, op, value string
	sides            []MembershipFilter
}

// Role keeps members with a role. Google Chat documents filters by [RoleMember] and
// [RoleManager] only.
func Role(r MembershipRole) MembershipFilter {
	return MembershipFilter{field: "role", op: "=", value: string(r)}
}

// MemberType keeps people or apps: [UserHuman] or [UserBot].
func MemberType(t UserType) MembershipFilter {
	return MembershipFilter{field: "member.type", op: "=", value: string(t)}
}

// NotMemberType keeps members of other types.
func NotMemberType(t UserType) MembershipFilter {
	return MembershipFilter{field: "member.type", op: "!=", value: string(t)}
}

// And keeps the members that f and g both keep. Build refuses two values of one field on
// the sides of an AND, as Google Chat does.
func (f MembershipFilter) And(g MembershipFilter) MembershipFilter { return join("AND", f, g) }

// Or keeps the members that f or g keeps.
func (f MembershipFilter) Or(g MembershipFilter) MembershipFilter { return join("OR", f, g) }

func join(op string, sides ...MembershipFilter) MembershipFilter {
	j := MembershipFilter{op: op}
	for _, s := range sides {
		if s.op == op {
			j.sides = append(j.sides, s.sides...)
		} else {
			j.sides = append(j.sides, s)
		}
	}
	return j
}

// Build returns the text of the expression. An invalid value, and a combination that Google
// Chat refuses, is memberships.ErrInvalidArgument.
func (f MembershipFilter) Build() (string, error) {
	expr, err := f.write()
	return expr, invalid("MembershipFilter.Build", err)
}

func (f MembershipFilter) write() (string, error) {
	if f.sides == nil {
		return term(f.field, f.op, f.value)
	}
	parts := make([]string, len(f.sides))
	for i, s := range f.sides {
		part, err := s.write()
		if err != nil {
			return "", err
		}
		if s.sides != nil { // the precedence of AND and OR is not documented
			part = "(" + part + ")"
		}
		parts[i] = part
		if f.op == "AND" {
			for _, other := range f.sides[:i] {
				if err := compatible(other, s); err != nil {
					return "", err
				}
			}
		}
	}
	return strings.Join(parts, " "+f.op+" "), nil
}

// compatible returns an error for sides of an AND that have different values of one field.
// It also refuses such a value inside an OR, which Google Chat does not document.
func compatible(a, b MembershipFilter) error {
	for s := range a.terms {
		for t := range b.terms {
			if s.field == t.field && s.value != t.value {
				return fmt.Errorf("an AND has two values for %s: %q and %q", s.field, s.value, t.value)
			}
		}
	}
	return nil
}

// terms yields the terms of an expression.
func (f MembershipFilter) terms(yield func(MembershipFilter) bool) {
	if f.sides == nil {
		yield(f)
		return
	}
	for _, s := range f.sides {
		for t := range s.terms {
			if !yield(t) {
				return
			}
		}
	}
}

// SpaceTypeFilter returns an expression for ListSpacesParams.Filter that keeps spaces
// of these types. An invalid type, and an empty list of types, is
// memberships.ErrInvalidArgument.
func SpaceTypeFilter(types ...SpaceType) (string, error) {
	const op = "SpaceTypeFilter"
	if len(types) == 0 {
		return "", invalid(op, errors.New("the filter has no type"))
	}
	parts := make([]string, len(types))
	for i, t := range types {
		var err error
		if parts[i], err = term("spaceType", "=", string(t)); err != nil {
			return "", invalid(op, err)
		}
	}
	return strings.Join(parts, " OR "), nil
}

func invalid(op string, err error) error {
	if err == nil {
		return nil
	}
	return &memberships.Error{Provider: api.Name, Op: op, Kind: memberships.ErrInvalidArgument, Err: err}
}

// quoter escapes the characters that would end a quoted value.
var quoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func term(field, op, value string) (string, error) {
	switch {
	case field == "":
		return "", errors.New("the filter is empty")
	case value == "":
		return "", fmt.Errorf("the value for %s is empty", field)
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		return "", fmt.Errorf("the value for %s holds a control character or invalid UTF-8", field)
	}
	return field + " " + op + ` "` + quoter.Replace(value) + `"`, nil
}
