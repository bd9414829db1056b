package row

import (
	"strings"
	"testing"
)

// A line that is neither a row nor an end line has an error with the found and the expected
// value.
func TestParseFails(t *testing.T) {
	end := func(fields string) string { return `{"end":{` + fields + `}}` }
	const coverage = `"coverage":{"complete":true,"gaps":[]}`
	seal := func(fields string) string { return end(`"rows":1,` + coverage + `,"version":1,` + fields) }
	gap := func(fields string) string {
		return end(`"rows":1,"coverage":{"complete":false,"gaps":[{` + fields + `}]}`)
	}
	for name, tt := range map[string]struct{ line, want string }{
		"empty":           {"", "the line is empty; expected a membership or the end line"},
		"white space":     {" \t\n", "the line is empty; expected a membership or the end line"},
		"half an object":  {`{"provider":"box"`, "this is not JSON: unexpected EOF"},
		"no JSON":         {`{x`, "this is not JSON: invalid character 'x'"},
		"a key twice":     {`{"a":"","a":""}`, `this is not JSON: duplicate object member name`},
		"an array":        {"[]", "expected an object"},
		"null":            {"null", "expected an object, found null"},
		"a missing field": {strings.Replace(bareText, `"email":"",`, "", 1), "email is missing; expected a text"},
		"null for a text": {strings.Replace(bareText, `"email":""`, `"email":null`, 1), "email is null; expected a text"},
		"a number":        {strings.Replace(bareText, `"email":""`, `"email":7`, 1), "email is 7; expected a text"},
		"no provider":     {strings.Replace(bareText, `"box"`, `""`, 1), `provider is ""; expected the name of a provider`},
		"no time":         {strings.Replace(bareText, `"created":""`, `"created":"yesterday"`, 1), `created is "yesterday"; expected a time such as 2026-01-05T10:00:00Z`},

		"an end without an object":  {`{"end":7}`, "end: expected an object"},
		"an end without a count":    {end(coverage), "end: rows is missing; expected a number"},
		"an end with a text":        {end(`"rows":"1",` + coverage), `end: rows is "1"; expected a number`},
		"an end without a coverage": {end(`"rows":1`), "end: coverage is missing; expected an object"},
		"no word for complete":      {end(`"rows":1,"coverage":{"gaps":[]}`), "end: coverage: complete is missing; expected true or false"},
		"no gaps":                   {end(`"rows":1,"coverage":{"complete":true}`), "end: coverage: gaps is missing; expected an array of objects"},
		"complete without gaps":     {end(`"rows":1,"coverage":{"complete":false,"gaps":[]}`), "end: coverage: complete is false; expected true with 0 gaps"},
		"a gap without a level":     {gap(`"code":"x"`), "end: coverage: gap 1: level is missing; expected a text"},
		"a gap with a text":         {gap(`"level":"hidden","code":"x","group_kind":"","group_id":"","count":"3","text":""`), `end: coverage: gap 1: count is "3"; expected a number`},

		"a version of no number": {end(`"rows":1,` + coverage + `,"version":"1"`), `end: version is "1"; expected a number`},
		"a later version":        {end(`"rows":1,` + coverage + `,"version":2`), "end: version is 2; this release reads version 1"},
		"no time in the seal":    {seal(`"providers":[],"hash":"h"`), "end: taken is missing; expected a time"},
		"another time":           {seal(`"taken":"today","providers":[],"hash":"h"`), `end: taken is "today"; expected a time such as 2026-01-05T10:00:00Z`},
		"no providers":           {seal(`"taken":"","hash":"h"`), "end: providers is missing; expected an array of texts"},
		"no hash":                {seal(`"taken":"","providers":[]`), "end: hash is missing; expected a text"},
	} {
		t.Run(name, func(t *testing.T) {
			_, end, err := Parse([]byte(tt.line))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) || end != nil {
				t.Errorf("got %v, %v, want %q", end, err, tt.want)
			}
		})
	}
}

// Further fields of a row and of an end line pass.
func TestParseFurtherFields(t *testing.T) {
	for _, line := range []string{
		strings.Replace(bareText, "{", `{"later":[1],`, 1),
		`{"end":{"rows":0,"coverage":{"complete":true,"gaps":[],"later":1},"later":1}}`,
	} {
		if _, _, err := Parse([]byte(line)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}
