package box

import "strconv"

// Ids are digits. The ids of users and groups contain their number. The id of a seeded
// membership contains the numbers of group and user; the ids of later memberships are
// counted, so a repeated add gets a new id.
const (
	firstUser  = 11_000_000_000
	firstGroup = 9_000_000
	firstAdded = 500_000_000
	perGroup   = 1_000_000_000 // more than the number of users
)

func userID(n int64) string { return strconv.FormatInt(firstUser+n, 10) }

// userNumber returns the number in a user's id.
func userNumber(id string) (int64, bool) {
	v, ok := digits(id)
	return v - firstUser, ok && v > firstUser
}

func groupID(serial int64) string { return strconv.FormatInt(firstGroup+serial, 10) }

// digits parses an id that is in canonical form.
func digits(id string) (int64, bool) {
	v, err := strconv.ParseInt(id, 10, 64)
	return v, err == nil && v > 0 && strconv.FormatInt(v, 10) == id
}
