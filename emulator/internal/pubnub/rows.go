package pubnub

import (
	"slices"
	"strings"
	"time"

	"github.com/oapi-codegen/nullable"

	gen "github.com/memberships-go/memberships/generated/pubnub/server"
)

// include lists the optional fields of a request. Unknown names are ignored.
type include []string

func (i include) has(name string) bool { return slices.Contains(i, name) }

// optional returns s as null if it is nil, and absent if the field is not included.
func optional(included bool, s *string) nullable.Nullable[string] {
	switch {
	case !included:
		return nil
	case s == nil:
		return nullable.NewNullNullable[string]()
	}
	return nullable.NewNullableWithValue(*s)
}

func optionalObject(included bool, m map[string]any) nullable.Nullable[map[string]any] {
	switch {
	case !included:
		return nil
	case m == nil:
		return nullable.NewNullNullable[map[string]any]()
	}
	return nullable.NewNullableWithValue(m)
}

func (m metadata) get(included bool, name string) nullable.Nullable[string] {
	v, ok := m.text[name]
	if !ok {
		return optional(included, nil)
	}
	return optional(included, &v)
}

// user returns a user as a response shows it: with its own fields if whole is set, and with
// the included fields. A nil m leaves the id alone.
func user(id string, m *metadata, inc include, prefix string, whole bool) gen.User {
	u := gen.User{ID: id}
	if m == nil {
		return u
	}
	if whole {
		u.Name, u.ExternalID = m.get(true, "name"), m.get(true, "externalId")
		u.ProfileURL, u.Email = m.get(true, "profileUrl"), m.get(true, "email")
		u.Updated, u.ETag = stampOf(id, m)
	}
	u.Type, u.Status = m.get(inc.has(prefix+"type"), "type"), m.get(inc.has(prefix+"status"), "status")
	u.Custom = optionalObject(inc.has(prefix+"custom"), m.custom)
	return u
}

func channel(id string, m *metadata, inc include, prefix string, whole bool) gen.Channel {
	c := gen.Channel{ID: id}
	if m == nil {
		return c
	}
	if whole {
		c.Name, c.Description = m.get(true, "name"), m.get(true, "description")
		c.Updated, c.ETag = stampOf(id, m)
	}
	c.Type, c.Status = m.get(inc.has(prefix+"type"), "type"), m.get(inc.has(prefix+"status"), "status")
	c.Custom = optionalObject(inc.has(prefix+"custom"), m.custom)
	return c
}

func stampOf(id string, m *metadata) (*time.Time, *string) {
	eTag := m.eTag(id)
	return &m.updated, &eTag
}

// find returns the metadata with an id, nil if there is none.
func find(t *table[metadata], id string) *metadata {
	if m, ok := t.Get(id); ok {
		return &m
	}
	return nil
}

// lookupIn returns the lookup of a membership: its own fields, and with prefix the fields
// of its other side.
func lookupIn(m membership, prefix string, other *table[metadata], id string) lookup {
	return func(field string) any {
		name, nested := strings.CutPrefix(field, prefix)
		switch {
		case !nested:
			return m.field(field)
		case name == "id":
			return id
		}
		if o := find(other, id); o != nil {
			return o.field(name)
		}
		return nil
	}
}

func lookupMetadata(id string, m metadata) lookup {
	return func(field string) any {
		if field == "id" {
			return id
		}
		return m.field(field)
	}
}
