package client

import (
	"errors"

	"github.com/memberships-go/memberships"
)

// Permission is a permission or a setting that a call requires, in the provider's terms. It
// is the Err of the errors of a refused call.
type Permission struct {
	// Meaning is the meaning of the provider's response, if its message does not say it.
	Meaning string
	// Certain reports that nothing else causes the response.
	Certain bool
	// Grant names the permission or the setting, such as "the scope manage_groups".
	Grant string
	// Scopes are the OAuth scopes of Grant, all of which are required.
	Scopes []string
	// Where is the place of the grant, as a path in the provider's console or as a person. It
	// may be empty.
	Where string
}

// Error names the permission and the place to grant it.
func (p *Permission) Error() string {
	text := "required: " + p.Grant
	if p.Meaning != "" {
		text = p.Meaning + "; " + text
	}
	if p.Where != "" {
		text += " (" + p.Where + ")"
	}
	return text
}

// PermissionOf returns the Permission in the chain of an error, nil if there is none.
func PermissionOf(err error) *Permission {
	p := (*Permission)(nil)
	errors.As(err, &p)
	return p
}

// required returns the permission that a refused call requires, as an error; nil if it is
// unknown or the call was not refused for a permission.
func (v *API) required(kind error, op string, f ErrorDetails) error {
	if v.Requires == nil || kind != memberships.ErrPermissionDenied {
		return nil
	}
	if p := v.Requires(op, f); p != nil {
		return p
	}
	return nil
}
