package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/row"
)

// sums are the hashes of rows.
type sums struct {
	all  [][sha256.Size]byte
	seen map[[sha256.Size]byte]int // line of the first row with an identity, by its hash
}

// add adds the encoded row of m. It returns the line of an equal earlier row, and does not
// add the row then. Two rows without an identity may be equal.
func (s *sums) add(m memberships.Membership, encoded []byte, line int) (earlier int, repeated bool) {
	sum := sha256.Sum256(encoded)
	if identified(m) {
		if earlier, repeated = s.seen[sum]; repeated {
			return earlier, true
		}
		if s.seen == nil {
			s.seen = map[[sha256.Size]byte]int{}
		}
		s.seen[sum] = line
	}
	s.all = append(s.all, sum)
	return 0, false
}

// hash returns the hash of a snapshot with the added rows.
func (s *sums) hash(providers []string, c memberships.Coverage) string {
	slices.SortFunc(s.all, func(a, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) })
	h := sha256.New()
	for _, sum := range s.all {
		h.Write(sum[:])
	}
	h.Write(row.AppendCoverage(row.AppendNames(nil, providers), c))
	return hex.EncodeToString(h.Sum(nil))
}

// identified reports whether a row names its member or its membership.
func identified(m memberships.Membership) bool {
	return m.Member.ID != "" || m.Member.Email != "" || m.ID != ""
}
