package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrEdited reports that a plan does not have the content that NewPlan gave it.
var ErrEdited = errors.New("the plan was edited or cut: its hash is not that of its content")

// maxPlan is the largest size of a plan's JSON in bytes.
const maxPlan = 1 << 30

// seal sets the hash.
func (p *Plan) seal() error {
	hash, err := p.contentHash()
	p.Hash = hash
	return err
}

// contentHash returns the hash of all fields but Hash.
func (p *Plan) contentHash() (string, error) {
	content := *p
	content.Hash = ""
	text, err := json.Marshal(&content)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// Write writes the plan as JSON.
func (p *Plan) Write(w io.Writer) error {
	text, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// ReadPlan reads a plan that Write has written. It fails with [ErrEdited] if anything in it
// was changed, and names the format of a plan of another release.
func ReadPlan(r io.Reader) (*Plan, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxPlan+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxPlan:
		return nil, fmt.Errorf("the plan is larger than %d bytes", maxPlan)
	}
	var head struct {
		Format *string `json:"format"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, jsonError(text, err)
	}
	switch {
	case head.Format == nil:
		return nil, errors.New(`the file is no plan: it has no "format"`)
	case *head.Format != PlanFormat:
		return nil, fmt.Errorf("the plan has the format %q, and this release reads %q: make the plan anew", *head.Format, PlanFormat)
	}
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.DisallowUnknownFields()
	p := new(Plan)
	if err := dec.Decode(p); err != nil {
		return nil, jsonError(text, err)
	}
	hash, err := p.contentHash()
	switch {
	case err != nil:
		return nil, err
	case hash != p.Hash:
		return nil, ErrEdited
	}
	return p, nil
}

// jsonError adds the line and column to an error in JSON.
func jsonError(text []byte, err error) error {
	at := int64(len(text))
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		at = kind.Offset
		err = fmt.Errorf("the value of %q has the wrong type, %s", kind.Field, kind.Value)
	}
	before := string(text[:min(at, int64(len(text)))])
	line := 1 + strings.Count(before, "\n")
	column := len(before) - strings.LastIndex(before, "\n")
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}
