package row

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/memberships-go/memberships"
)

// object is a JSON object by its keys. Two equal keys in one object are an error.
type object map[string]jsontext.Value

// parseObject parses one line of JSON.
func parseObject(line []byte) (object, error) {
	var o object
	if err := json.Unmarshal(line, &o); err != nil {
		var wrong *jsontext.SyntacticError
		if errors.As(err, &wrong) {
			return nil, fmt.Errorf("this is not JSON: %w", wrong.Err)
		}
		return nil, errors.New("expected an object")
	}
	if o == nil {
		return nil, errors.New("expected an object, found null")
	}
	return o, nil
}

// read reads the value of a key, which must be there and be expected in words.
func (o object) read(key, expected string, into any) error {
	v, ok := o[key]
	if !ok {
		return fmt.Errorf("%s is missing; expected %s", key, expected)
	}
	if v.Kind() == 'n' || json.Unmarshal(v, into) != nil {
		return fmt.Errorf("%s is %.40s; expected %s", key, v, expected)
	}
	return nil
}

// Parse parses one line: the row of a membership, or the end line, which is nil for a row.
// Unknown fields pass. An error has the found and the expected value.
func Parse(line []byte) (memberships.Membership, *End, error) {
	var m memberships.Membership
	if len(bytes.TrimSpace(line)) == 0 {
		return m, nil, errors.New("the line is empty; expected a membership or the end line")
	}
	o, err := parseObject(line)
	if err != nil {
		return m, nil, err
	}
	if end, ok := o["end"]; ok {
		e, err := parseEnd(end)
		return m, e, err
	}
	for _, f := range Fields {
		var text string
		if err := o.read(f.Name, "a text", &text); err != nil {
			return m, nil, err
		}
		if err := f.set(&m, text); err != nil {
			return m, nil, err
		}
	}
	if m.Provider == "" {
		return m, nil, errors.New(`provider is ""; expected the name of a provider`)
	}
	return m, nil, nil
}

// parseEnd parses the value of the end line.
func parseEnd(v jsontext.Value) (*End, error) {
	o, err := parseObject(v)
	if err != nil {
		return nil, fmt.Errorf("end: %w", err)
	}
	var e End
	var coverage object
	if err := errors.Join(o.read("rows", "a number", &e.Rows), o.read("coverage", "an object", &coverage)); err != nil {
		return nil, fmt.Errorf("end: %w", err)
	}
	if e.Coverage, err = parseCoverage(coverage); err != nil {
		return nil, fmt.Errorf("end: coverage: %w", err)
	}
	if e.Seal, err = parseSeal(o); err != nil {
		return nil, fmt.Errorf("end: %w", err)
	}
	return &e, nil
}

// parseCoverage parses a coverage, whose gaps must agree with its word for complete.
func parseCoverage(o object) (memberships.Coverage, error) {
	var c memberships.Coverage
	var complete bool
	var gaps []object
	if err := errors.Join(o.read("complete", "true or false", &complete), o.read("gaps", "an array of objects", &gaps)); err != nil {
		return c, err
	}
	for i, g := range gaps {
		gap, err := parseGap(g)
		if err != nil {
			return c, fmt.Errorf("gap %d: %w", i+1, err)
		}
		c.Gaps = append(c.Gaps, gap)
	}
	if complete != c.Complete() {
		return c, fmt.Errorf("complete is %t; expected %t with %d gaps", complete, c.Complete(), len(c.Gaps))
	}
	return c, nil
}

// parseGap parses one gap of a coverage.
func parseGap(o object) (memberships.Gap, error) {
	var g memberships.Gap
	for _, f := range []struct {
		key, expected string
		into          any
	}{
		{"level", "a text", &g.Level},
		{"code", "a text", &g.Code},
		{"group_kind", "a text", &g.Group.Kind},
		{"group_id", "a text", &g.Group.ID},
		{"count", "a number", &g.Count},
		{"text", "a text", &g.Text},
	} {
		if err := o.read(f.key, f.expected, f.into); err != nil {
			return g, err
		}
	}
	if g.Group != (memberships.Group{}) { // the printed text begins with the group
		g.Text = strings.TrimPrefix(g.Text, g.Group.String()+": ")
	}
	return g, nil
}

// parseSeal parses the fields of a snapshot's end line, nil if the line has no version.
func parseSeal(o object) (*Seal, error) {
	if _, ok := o["version"]; !ok {
		return nil, nil
	}
	var s Seal
	if err := o.read("version", "a number", &s.Version); err != nil {
		return nil, err
	}
	if s.Version != Version {
		return nil, fmt.Errorf("version is %d; this release reads version %d", s.Version, Version)
	}
	var taken string
	if err := errors.Join(o.read("taken", "a time", &taken), o.read("providers", "an array of texts", &s.Providers), o.read("hash", "a text", &s.Hash)); err != nil {
		return nil, err
	}
	if taken == "" {
		return &s, nil
	}
	var err error
	if s.Taken, err = time.Parse(time.RFC3339, taken); err != nil {
		return nil, fmt.Errorf("taken is %.40q; expected a time such as 2026-01-05T10:00:00Z", taken)
	}
	s.Taken = s.Taken.UTC()
	return &s, nil
}

// Version is the version of a snapshot's format.
const Version = 1
