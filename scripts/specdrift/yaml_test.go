package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Keys are texts, dates too, and a key that stands twice or is merged has its last own value.
func TestParseYAML(t *testing.T) {
	got, err := parseYAML([]byte("200: a\nyes: 2020-01-01\nb: &b {c: 1, d: 2}\ne: {<<: *b, c: 3}\nf: [*b, 1.5, true, ~, '7']\nb: x\n"))
	if err != nil {
		t.Fatal(err)
	}
	b := map[string]any{"c": 1, "d": 2}
	want := map[string]any{
		"200": "a", "yes": "2020-01-01", "b": "x", "e": map[string]any{"c": 3, "d": 2}, "f": []any{b, 1.5, true, nil, "7"},
	}
	if diff := cmp.Diff(any(want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
