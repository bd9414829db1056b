package clerk

import (
	"fmt"
	"strconv"
	"strings"
)

// Ids have Clerk's form: a prefix for the kind, then 27 letters and digits. The digits
// after mark are a number.
const mark = "3emu"

func userID(n int64) string { return fmt.Sprintf("user_%s%023d", mark, n) }

// userNumber returns the number in a user's id.
func userNumber(id string) (int64, bool) {
	digits, ok := strings.CutPrefix(id, "user_"+mark)
	if !ok || len(digits) != 23 {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil && userID(n) == id
}

func organizationID(n int64) string { return fmt.Sprintf("org_%s%023d", mark, n) }

// membershipID returns the id of an organization's n-th membership. A repeated add gets a
// new id.
func membershipID(organization, n int64) string {
	return fmt.Sprintf("orgmem_%s%07d%016d", mark, organization, n)
}

func invitationID(n int64) string { return fmt.Sprintf("orginv_%s%023d", mark, n) }

// identificationID returns the id of the i-th address, phone number or wallet of a user.
func identificationID(user int64, i int) string {
	return fmt.Sprintf("idn_%s%020d%03d", mark, user, i)
}
