package input

import (
	"encoding/json"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/memberships-go/memberships/internal/phrase"
)

// end parses the last line of a list, which has the number of rows and the coverage.
func (s *Source) end(at Cell, line jsontext.Value) error {
	var end struct {
		Rows     *int            `json:"rows"`
		Coverage json.RawMessage `json:"coverage"`
	}
	if err := json.Unmarshal(line, &end); err != nil || end.Rows == nil {
		return &Error{s.Name, at.Line, at.Column, "the end line does not say how many rows there are"}
	}
	if *end.Rows != s.rows {
		return &Error{s.Name, at.Line, at.Column, fmt.Sprintf("the end line counts %s, and the file has %s: it is not the listing as it was printed", phrase.Count(*end.Rows, "row"), phrase.Number(int64(s.rows)))}
	}
	var coverage any
	if len(end.Coverage) > 0 {
		if err := json.Unmarshal(end.Coverage, &coverage); err != nil {
			return &Error{s.Name, at.Line, at.Column, "the end line's coverage is not JSON"}
		}
	}
	s.hide(coverage)
	return nil
}

// hide records the gaps of level hidden in a coverage.
func (s *Source) hide(v any) {
	switch v := v.(type) {
	case []any:
		for _, v := range v {
			s.hide(v)
		}
	case map[string]any:
		if v["level"] != "hidden" {
			for _, v := range v {
				s.hide(v)
			}
			return
		}
		for _, key := range []string{"text", "detail", "code"} {
			if text, ok := v[key].(string); ok && text != "" {
				s.hidden = append(s.hidden, text)
				return
			}
		}
		s.hidden = append(s.hidden, "something was left out")
	}
}
