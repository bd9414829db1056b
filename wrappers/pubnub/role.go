package pubnub

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// rolePlace is the field that holds the role of a membership: a custom value or type.
type rolePlace struct {
	custom string
	inType bool
}

type rolePlaceKey struct{}

// WithRoleInCustom sets the name of the custom value that Provider reads and writes as the
// role of a membership. The default is "role".
func WithRoleInCustom(name string) option.Option {
	return config.ProviderOption(api.Name, func(c *config.Config) error {
		if name == "" {
			return errors.New("WithRoleInCustom: the name is empty")
		}
		c.Set(rolePlaceKey{}, rolePlace{custom: name})
		return nil
	})
}

// WithRoleInType makes Provider read and write the type of a membership as its role.
func WithRoleInType() option.Option {
	return config.ProviderOption(api.Name, func(c *config.Config) error {
		c.Set(rolePlaceKey{}, rolePlace{inType: true})
		return nil
	})
}

// of returns the role of a membership. previous is the role name of the membership before,
// which saves an allocation if it repeats.
func (place rolePlace) of(custom json.RawMessage, kind string, previous *string) (memberships.Role, string) {
	if place.inType {
		return named(kind)
	}
	raw, err := decode.Property(custom, place.custom)
	if err != nil {
		return memberships.RoleUnknown, ""
	}
	if n := len(*previous); n == 0 || len(raw) != n+2 || string(raw[1:n+1]) != *previous || raw[0] != '"' {
		*previous = nameOf(raw)
	}
	return named(*previous)
}

// nameOf returns the role name in a custom value.
func nameOf(raw json.RawMessage) string {
	switch string(raw) { // common roles cost no allocation
	case "", "null":
		return ""
	case `"member"`:
		return string(memberships.RoleMember)
	case `"manager"`:
		return string(memberships.RoleManager)
	case `"owner"`:
		return string(memberships.RoleOwner)
	}
	if s := string(raw); s[0] != '"' {
		return s // a number, boolean, object or array
	} else if inner := s[1 : len(s)-1]; !strings.Contains(inner, `\`) {
		return inner
	}
	var unquoted string
	_ = json.Unmarshal(raw, &unquoted)
	return unquoted
}

func named(name string) (memberships.Role, string) {
	switch r := memberships.Role(name); r {
	case "":
		return memberships.RoleMember, ""
	case memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner:
		return r, name
	}
	return memberships.RoleUnknown, name
}

// checkRole refuses a role that holds a control character, and the roles "." and "..". Any
// other text may be a role.
func checkRole(op memberships.Operation, r memberships.Role) error {
	if r == "" {
		return nil
	}
	return refuse(op, transport.CheckID("the role", string(r)))
}

// put sets the role in the new content of a membership, whose custom values are custom.
func (place rolePlace) put(in *MemberInput, r memberships.Role, custom json.RawMessage) error {
	if place.inType {
		in.Type = Text(string(r))
		return nil
	}
	values, err := valuesOf(custom)
	if err != nil {
		return api.Fail(memberships.OpUpdate, memberships.ErrMalformed, "the membership's custom is not an object")
	}
	merged := map[string]any{}
	for name, v := range values {
		merged[name] = v
	}
	merged[place.custom] = string(r)
	in.Custom = Custom(merged)
	return nil
}

func valuesOf(custom json.RawMessage) (map[string]json.RawMessage, error) {
	if len(custom) == 0 {
		return nil, nil
	}
	var values map[string]json.RawMessage
	err := json.Unmarshal(custom, &values)
	return values, err
}
