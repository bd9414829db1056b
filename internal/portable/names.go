package portable

import "strings"

// Joiner makes texts of two words each, many to an allocation. It is not safe for
// concurrent use.
type Joiner struct{ block strings.Builder }

// Join returns a and b with a space between them, if both have anything to show.
func (j *Joiner) Join(a, b string) string {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	if a == "" || b == "" {
		return a + b
	}
	n := len(a) + 1 + len(b)
	if free := j.block.Cap() - j.block.Len(); free < n {
		size := n // one is often all that there is
		if j.block.Cap() > 0 {
			size = max(n, joinerBlock)
		}
		j.block = strings.Builder{}
		j.block.Grow(size)
	}
	at := j.block.Len()
	j.block.WriteString(a)
	j.block.WriteByte(' ')
	j.block.WriteString(b)
	return j.block.String()[at:]
}

// joinerBlock is how much one text that is kept keeps with it.
const joinerBlock = 4 << 10
