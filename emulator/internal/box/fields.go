package box

import (
	"encoding/json"
	"slices"

	gen "github.com/memberships-go/memberships/generated/box/server"
)

// pick returns the id, the type and the requested fields of v.
func pick[T any](v T, fields *gen.Fields) (out T, err error) {
	if fields == nil {
		return v, nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return out, err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		return out, err
	}
	for name := range all {
		if name != "id" && name != "type" && !slices.Contains(*fields, name) {
			delete(all, name)
		}
	}
	if b, err = json.Marshal(all); err != nil {
		return out, err
	}
	return out, json.Unmarshal(b, &out)
}
