package seed

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/memberships-go/memberships/internal/nesting"
)

// DecodeJSON reads one JSON value without unknown fields into v.
func DecodeJSON(data []byte, v any) error {
	if err := nesting.Check(data); err != nil {
		return errors.New("the body is nested too deep")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is more after the value")
		}
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("the body is empty")
	}
	if err != nil {
		return errors.New("expected JSON: " + strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}
