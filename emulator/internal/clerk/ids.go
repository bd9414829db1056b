package clerk

import (
	"fmt"
	"strconv"
	"strings"
)

// Ids have the service's shape: a prefix that tells the kind, and 27 letters and
// digits. Here they hold a number behind a mark.
const mark = "3emu"

func userID(n int64) string { return fmt.Sprintf("user_%s%023d", mark, n) }

// userNumber is the inverse of userID.
func userNumber(id string) (int64, bool) {
	digits, ok := strings.CutPrefix(id, "user_"+mark)
	if !ok || len(digits) != 23 {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil && userID(n) == id
}

func organizationID(n int64) string { return fmt.Sprintf("org_%s%023d", mark, n) }

// membershipID counts within an organization; who comes back gets another id.
func membershipID(organization, n int64) string {
	return fmt.Sprintf("orgmem_%s%07d%016d", mark, organization, n)
}

// identificationID names the i-th address, number or wallet of a user.
func identificationID(user int64, i int) string {
	return fmt.Sprintf("idn_%s%020d%03d", mark, user, i)
}
