package pubnub

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/oapi-codegen/nullable"
)

// WriteParams selects the properties of the rows that Add and Update return.
type WriteParams struct {
	// Include adds properties to custom, status and type, which are always there.
	Include []string
}

func (p WriteParams) include() []string {
	all := []string{IncludeCustom, IncludeStatus, IncludeType}
	for _, name := range p.Include {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// Custom returns custom values for an input: strings, numbers, booleans and
// nil by name. They replace all custom values. Integers above 2^53-1, such as
// timetokens, must be strings, because PubNub rounds them.
func Custom(values map[string]any) nullable.Nullable[json.RawMessage] {
	b, err := json.Marshal(values)
	if err != nil {
		b = []byte("unusable") // checkCustom refuses it
	}
	return nullable.NewNullableWithValue(json.RawMessage(b))
}

// Text returns a value for a field of an input that may also be absent or null.
func Text(s string) nullable.Nullable[string] { return nullable.NewNullableWithValue(s) }

// Null returns the null that clears a field of an input.
func Null[T any]() nullable.Nullable[T] { return nullable.NewNullNullable[T]() }

// checkCustom refuses custom values that PubNub refuses or rounds silently.
func checkCustom(custom nullable.Nullable[json.RawMessage]) error {
	if !custom.IsSpecified() || custom.IsNull() {
		return nil
	}
	raw := custom.MustGet()
	const limit = 1<<53 - 1
	var values map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&values); err != nil || dec.More() {
		return errors.New("custom is not a JSON object of scalar values")
	}
	for name, v := range values {
		switch v := v.(type) {
		case map[string]any, []any:
			return fmt.Errorf("custom %q is not a string, number, boolean or null", name)
		case json.Number:
			n, err := v.Int64()
			if !strings.ContainsAny(v.String(), ".eE") && (err != nil || n > limit || n < -limit) {
				return fmt.Errorf("custom %q is an integer that PubNub would round; send it as a string", name)
			}
		}
	}
	return nil
}

// holds reports whether read has every field of input. Null and absent are equal.
func holds(input, read any) bool {
	want, got := fields(input), fields(read)
	for name, v := range want {
		if w, g := cmp.Or[any](v, ""), cmp.Or[any](got[name], ""); !reflect.DeepEqual(w, g) {
			return false
		}
	}
	return want != nil && got != nil
}

func fields(v any) map[string]any {
	var out map[string]any
	b, err := json.Marshal(v)
	if err != nil || json.Unmarshal(b, &out) != nil {
		return nil
	}
	return out
}
