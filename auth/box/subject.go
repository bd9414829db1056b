package box

import "errors"

// Subject is the account that an app acts as by its own credentials: its service account in
// an enterprise, or a user. One of the ids is empty.
type Subject struct {
	EnterpriseID, UserID string
}

// kind returns the type of the subject and its id, as Box names them.
func (s Subject) kind() (kind, id string, err error) {
	switch {
	case s.EnterpriseID != "" && s.UserID != "":
		return "", "", errors.New("box: a subject is an enterprise or a user, not both")
	case s.UserID != "":
		return "user", s.UserID, nil
	case s.EnterpriseID != "":
		return "enterprise", s.EnterpriseID, nil
	}
	return "", "", errors.New("box: a subject has the id of an enterprise or of a user")
}
