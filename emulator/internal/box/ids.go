package box

import "strconv"

// Ids are digits. A user's and a group's are made of a number; those of the
// memberships that are there from the start of the group's and the user's, those of
// later ones are counted. So a membership that is made anew has a new id.
const (
	firstUser  = 11_000_000_000
	firstGroup = 9_000_000
	firstAdded = 500_000_000
	perGroup   = 1_000_000_000 // more than there are users
)

func userID(n int64) string { return strconv.FormatInt(firstUser+n, 10) }

// userNumber is the inverse of userID.
func userNumber(id string) (int64, bool) {
	v, ok := digits(id)
	return v - firstUser, ok && v > firstUser
}

func groupID(serial int64) string { return strconv.FormatInt(firstGroup+serial, 10) }

// digits reads an id in its one spelling.
func digits(id string) (int64, bool) {
	v, err := strconv.ParseInt(id, 10, 64)
	return v, err == nil && v > 0 && strconv.FormatInt(v, 10) == id
}
