package clerk

import (
	"bytes"
	"encoding/json"
	"strings"
)

// merged reports whether a merge of patch leaves metadata unchanged: at every depth, the
// keys of patch have their values, and keys with a null are absent.
func merged(metadata, patch json.RawMessage) bool {
	if len(patch) == 0 {
		return true
	}
	now, err := decodeNumbers(metadata)
	want, err2 := decodeNumbers(patch)
	return err == nil && err2 == nil && holds(now, want)
}

func decodeNumbers(raw json.RawMessage) (v any, err error) {
	if len(raw) == 0 {
		return map[string]any{}, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return v, d.Decode(&v)
}

// holds reports whether a merge of want leaves now unchanged.
func holds(now, want any) bool {
	wanted, ok := want.(map[string]any)
	if !ok {
		return same(now, want)
	}
	object, ok := now.(map[string]any)
	if !ok {
		return false
	}
	for k, v := range wanted {
		is, there := object[k]
		if there != (v != nil) || there && !holds(is, v) {
			return false
		}
	}
	return true
}

// same reports whether two values are equal, at every depth. Numbers may differ in
// spelling; large integers are compared exactly.
func same(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && sameNumber(a, b)
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !same(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			if w, there := b[k]; !there || !same(v, w) {
				return false
			}
		}
		return true
	}
	return a == b // strings, truth values and null
}

func sameNumber(a, b json.Number) bool {
	if a == b {
		return true
	}
	if !strings.ContainsAny(string(a+b), ".eE") {
		return false
	}
	x, err := a.Float64()
	y, err2 := b.Float64()
	return err == nil && err2 == nil && x == y
}
