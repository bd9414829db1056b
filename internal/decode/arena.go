package decode

import (
	"slices"
	"strings"
)

const (
	// block is how much text is kept together: whoever keeps one string of a page keeps
	// this much of it at the most.
	block = 8 << 10
	// rawBlock is the same for values that are kept as they are, which are fewer.
	rawBlock = 4 << 10
	// row is how many strings of lists are kept together.
	row = 64
)

// arena holds the text of one document, in blocks that are filled once and never
// written again.
type arena struct {
	text     strings.Builder // the block that strings go to
	free     []byte          // of the block for what callers may change
	freeRows []string
	lists    int
}

// string returns a copy of s. rest is how much more text there can be.
func (a *arena) string(s []byte, rest int) string {
	n := a.text.Len()
	if len(s) > a.text.Cap()-n {
		if len(s) > block/4 {
			return string(s)
		}
		a.text = strings.Builder{}
		a.text.Grow(min(block, len(s)+rest))
		n = 0
	}
	a.text.Write(s)
	return a.text.String()[n:]
}

// bytes returns a copy of s that nothing else can reach.
func (a *arena) bytes(s []byte, rest int) []byte {
	if len(s) > len(a.free) {
		if len(s) > rawBlock/4 {
			return slices.Clone(s)
		}
		a.free = make([]byte, min(rawBlock, len(s)+rest))
	}
	n := copy(a.free, s)
	own := a.free[:n:n]
	a.free = a.free[n:]
	return own
}

// strings returns a copy of list that nothing else can reach.
func (a *arena) strings(list []string) []string {
	if len(list) == 0 {
		return []string{}
	}
	if len(list) > len(a.freeRows) {
		if a.lists++; a.lists == 1 || len(list) > row/4 { // often there is just the one
			return slices.Clone(list)
		}
		a.freeRows = make([]string, row)
	}
	n := copy(a.freeRows, list)
	own := a.freeRows[:n:n]
	a.freeRows = a.freeRows[n:]
	return own
}
