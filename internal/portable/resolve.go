package portable

import (
	"errors"

	"github.com/memberships-go/memberships"
)

// ResolveEach resolves members one after the other. After an error that is not about one
// member it sends nothing more, and gives the error to all later members.
func ResolveEach(members []memberships.Member, resolve func(memberships.Member) (memberships.Resolution, error)) ([]memberships.Resolution, error) {
	out := make([]memberships.Resolution, len(members))
	for i, m := range members {
		r, err := resolve(m)
		r.Err = err
		out[i] = r
		if err != nil && !ofMember(err) {
			for j := i + 1; j < len(members); j++ {
				out[j].Err = err
			}
			break
		}
	}
	return out, nil
}

// ofMember reports whether an error of a look-up is about its member alone.
func ofMember(err error) bool {
	return errors.Is(err, memberships.ErrNotFound) || errors.Is(err, memberships.ErrAmbiguous) || errors.Is(err, memberships.ErrInvalidArgument)
}
