package portable

import "strings"

// NameBuilder makes full names of two parts each, with one allocation for many names. Its
// zero value is ready. It is not safe for concurrent use.
type NameBuilder struct{ block strings.Builder }

// Join returns a and b with a space between them. It trims both, and leaves an empty one out.
func (n *NameBuilder) Join(a, b string) string {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	if a == "" || b == "" {
		return a + b
	}
	length := len(a) + 1 + len(b)
	if free := n.block.Cap() - n.block.Len(); free < length {
		size := length // the first name is often the only one
		if n.block.Cap() > 0 {
			size = max(length, nameBlock)
		}
		n.block = strings.Builder{}
		n.block.Grow(size)
	}
	at := n.block.Len()
	n.block.WriteString(a)
	n.block.WriteByte(' ')
	n.block.WriteString(b)
	return n.block.String()[at:]
}

// nameBlock is the size of the memory that names share. A name that is kept keeps all of it.
const nameBlock = 4 << 10
