package client

import (
	"encoding/json"

	"github.com/memberships-go/memberships/internal/decode"
)

// The types of these tests have no generated decoders.

func (v *thing) DecodeJSON(r *decode.Reader, p int) int      { return viaJSON(r, p, v) }
func (v *cursorPage) DecodeJSON(r *decode.Reader, p int) int { return viaJSON(r, p, v) }
func (v *groupPage) DecodeJSON(r *decode.Reader, p int) int  { return viaJSON(r, p, v) }
func (v *sparsePage) DecodeJSON(r *decode.Reader, p int) int { return viaJSON(r, p, v) }
func (p *rows) DecodeJSON(r *decode.Reader, at int) int      { return viaJSON(r, at, p) }

// viaJSON decodes v by encoding/json.
func viaJSON(r *decode.Reader, p int, v any) int {
	raw, next := r.Raw(p, nil)
	if raw != nil && json.Unmarshal(raw, v) != nil {
		return r.Misfit(p, "another kind")
	}
	return next
}
