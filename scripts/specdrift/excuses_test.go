package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestWrongExcuses(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"an unknown key", "watch: []\nignored: []\n", `:2:1: there is no key "ignored" here`},
		{"an unknown key of an entry", "excuses:\n  - {schema: A, reason: b}\n  - {schema: A, change: b, reason: c}\n", `:3:17: there is no key "change" here`},
		{"an unknown key of an ignored operation", "ignore_operations:\n  - operation: GET /a\n    why: b\n", `:3:5: there is no key "why" here`},
		{"no reason", "excuses:\n\n  - {schema: A, property: b}\n", "line 3: the entry gives no reason"},
		{"a blank reason", "ignore_operations:\n  - {operation: GET /a, reason: ' '}\n", "line 2: the entry gives no reason"},
		{"nothing ignored", "ignore_operations:\n  - {reason: a}\n", "line 2: the entry names no operation"},
		{"no method", "ignore_operations:\n  - {operation: GET, reason: a}\n", `line 2: "GET" is not an operation`},
		{"nothing excused", "excuses:\n  - {reason: a}\n", "line 2: the excuse names no operation"},
		{"an operation and a schema", "excuses:\n  - {operation: GET /a, schema: B, reason: c}\n", "not for both"},
		{"a parameter and a property", "excuses:\n  - {operation: GET /a, parameter: b, property: c, reason: d}\n", "not for both"},
		{"a parameter of a schema", "excuses:\n  - {schema: A, parameter: b, reason: c}\n", "a schema has no parameters"},
		{"a property of nothing", "excuses:\n  - {property: a, reason: b}\n", "a property needs the schema"},
		{"a reference in a schema", "excuses:\n  - {reference: '#/a', schema: B, reason: c}\n", "for nothing else"},
		{"an empty list", "excuses:\n  - {schema: A, property: [], reason: b}\n", "line 2: a name is empty"},
		{"an empty name", "excuses:\n  - {schema: A, property: [b, ''], reason: c}\n", "line 2: a name is empty"},
		{"an unknown kind", "excuses:\n  - {schema: A, kind: format, reason: b}\n", `line 2: unknown kind "format"`},
		{"an unknown form", "excuses:\n  - {schema: A, form: swagger, reason: b}\n", `line 2: unknown form "swagger"`},
		{"a rest in the middle", "watch: [/a/**/b]\n", "has something after **"},
		{"a list where a text goes", "upstream_prefix: [a]\n", ":1:18: expected a text, found a list"},
		{"not YAML", "excuses: [\n", ":1:11: this is not YAML"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "drift.yaml")
			write(t, file, tc.text)
			_, err := loadExcuses(file)
			if err == nil || !strings.HasPrefix(err.Error(), file+":") || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want one with %q", err, tc.want)
			}
		})
	}
}

func TestPattern(t *testing.T) {
	for _, tc := range []struct {
		pattern, operation string
		want               bool
	}{
		{"GET /a/{x}/b", "GET /a/{y}/b", true},
		{"get /a", "GET /a/", true},
		{"GET /a", "PUT /a", false},
		{"* /a", "PUT /a", true},
		{"/a", "PUT /a", true},
		{"/a/*", "GET /a/{x}", true},
		{"/a/*", "GET /a/b", true},
		{"/a/*", "GET /a", false},
		{"/a/*", "GET /a/b/c", false},
		{"/a/**", "GET /a", true},
		{"/a/**", "GET /a/b/c", true},
		{"/a/**", "GET /ab", false},
		{"/a*/**", "GET /a:b", true},
		{"/a:*", "GET /a:b", true},
		{"/a:*", "GET /a", false},
		{"* /**", "", false},
	} {
		if got := pattern(tc.pattern).match(tc.operation); got != tc.want {
			t.Errorf("%q matches %q: %v, want %v", tc.pattern, tc.operation, got, tc.want)
		}
	}
}

func TestMatchProperty(t *testing.T) {
	for _, tc := range []struct {
		pattern, path string
		want          bool
	}{
		{"a", "a", true},
		{"a", "a.b", false},
		{"*", "a.b", true},
		{"a.*", "a.b", true},
		{"a.*", "a[].b", true},
		{"a.*", "a{}", true},
		{"a.*", "a", false},
		{"a.*", "ab", false},
		{"a[].b", "a[].b", true},
	} {
		if got := matchProperty(tc.pattern, tc.path); got != tc.want {
			t.Errorf("%q matches %q: %v, want %v", tc.pattern, tc.path, got, tc.want)
		}
	}
}
