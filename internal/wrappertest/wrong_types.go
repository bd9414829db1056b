package wrappertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
)

// WrongTypes replaces each field of the second of three rows with a value of every other
// JSON type, and reads the listing. In a strict field, named by its path such as user.id,
// that is ErrMalformed. Any other field costs no row. row returns a complete row with an
// id; list returns the ids of a listing of rows.
func WrongTypes(t *testing.T, row func(id int) string, strict []string, list func(t *testing.T, rows []string) ([]string, error)) {
	t.Helper()
	good := []string{row(1), row(2), row(3)}
	want, err := list(t, good)
	if err != nil || len(want) != len(good) {
		t.Fatalf("the rows as they are: got %q, %v", want, err)
	}
	tried := map[string]bool{}
	for _, path := range paths(object(t, good[1]), "") {
		isStrict := slices.Contains(strict, path) || slices.ContainsFunc(strict, func(s string) bool { return strings.HasPrefix(s, path+".") })
		tried[path] = true
		for kind, value := range map[string]any{"text": "text", "number": 7, "huge number": json.Number("1.5e300"), "truth": true, "object": map[string]any{"x": 1}, "array": []any{map[string]any{}, 1}} {
			second := object(t, good[1])
			if !put(second, path, value) {
				continue
			}
			b, err := json.Marshal(second)
			if err != nil {
				t.Fatal(err)
			}
			got, err := list(t, []string{good[0], string(b), good[2]})
			switch {
			case isStrict && !errors.Is(err, memberships.ErrMalformed):
				t.Errorf("%s, which is strict, with %s: got %v, want malformed", path, kind, err)
			case !isStrict && (err != nil || !cmp.Equal(want, got)):
				t.Errorf("%s with %s: got %q, %v, want %q", path, kind, got, err, want)
			}
		}
	}
	for _, path := range strict {
		if !tried[path] {
			t.Errorf("the row has no %s", path)
		}
	}
}

func object(t *testing.T, row string) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(row), &m); err != nil {
		t.Fatalf("%s: %v", row, err)
	}
	return m
}

// paths returns the paths of all fields, nested ones included.
func paths(m map[string]any, before string) (all []string) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		all = append(all, before+name)
		if inner, ok := m[name].(map[string]any); ok {
			all = append(all, paths(inner, before+name+".")...)
		}
	}
	return all
}

// put sets the value at a path. It returns false if the old value has the same JSON type.
func put(m map[string]any, path string, value any) bool {
	name, rest, deep := strings.Cut(path, ".")
	if deep {
		return put(m[name].(map[string]any), rest, value)
	}
	if kindOf(m[name]) == kindOf(value) {
		return false
	}
	m[name] = value
	return true
}

func kindOf(v any) string {
	switch v.(type) {
	case int, float64, json.Number:
		return "number"
	}
	return fmt.Sprintf("%T", v)
}
