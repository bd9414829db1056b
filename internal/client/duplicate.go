package client

import (
	"cmp"

	"github.com/memberships-go/memberships"
)

// Duplicate is the effect of a second sending of a write after the first was carried out.
type Duplicate int

const (
	// Harms means a second effect, or an undocumented one. The write is never sent again
	// after an ambiguous result.
	Harms Duplicate = iota
	// Refused means an error that shows that the first sending was carried out, or that
	// another caller did the same.
	Refused
	// Merged means a success without a further change.
	Merged
)

// duplicate returns the Duplicate of the call, or else that of its method.
func (p *prepared) duplicate() Duplicate {
	if p.call.Duplicate != Harms {
		return p.call.Duplicate
	}
	return p.client.api.Duplicates[p.call.Name]
}

// refusal returns the error kind of a second sending of the write.
func (p *prepared) refusal() error {
	if p.isRemoval() {
		return memberships.ErrNotFound
	}
	return cmp.Or(p.call.Refusal, memberships.ErrAlreadyExists)
}
