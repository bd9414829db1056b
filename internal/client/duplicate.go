package client

import (
	"cmp"

	"github.com/memberships-go/memberships"
)

// Duplicate says what becomes of a write that is sent a second time after the first one
// was carried out.
type Duplicate int

const (
	// Harms: it has an effect of its own, or nobody says. The write is never sent again
	// after an unclear answer.
	Harms Duplicate = iota
	// Refused: the provider refuses it, and the refusal shows that the first one was
	// carried out, or that somebody else did the same.
	Refused
	// Merged: the provider accepts it, and nothing changes.
	Merged
)

// duplicate is the rule of a call: its own, or that of its method.
func (p *prepared) duplicate() Duplicate {
	if p.call.Duplicate != Harms {
		return p.call.Duplicate
	}
	return p.client.api.Duplicates[p.call.Name]
}

// refusal is the kind that a second sending of a write is refused with.
func (p *prepared) refusal() error {
	if p.isRemoval() {
		return memberships.ErrNotFound
	}
	return cmp.Or(p.call.Refusal, memberships.ErrAlreadyExists)
}
