package decode

import (
	"slices"
	"strings"
)

const (
	// block is the size of a block of text. A string that a caller keeps keeps its block.
	block = 8 << 10
	// rawBlock is the size of a block of raw values, which are fewer.
	rawBlock = 4 << 10
	// row is the largest number of strings in a block for lists. The blocks of a document
	// grow by rowStep.
	row     = 256
	rowStep = 32
	// optionals is the largest number of values in a block for optional numbers or
	// booleans.
	optionals = 256
)

// arena allocates the text of one document in blocks. Each part of a block is written once.
type arena struct {
	text     strings.Builder // the block for strings
	free     []byte          // the rest of the block for bytes, which callers may change
	freeRows []string
	lists    int
	integers pointers[int64]
	booleans pointers[bool]
}

// string returns a copy of s. rest is the largest amount of text after it.
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

// bytes returns a copy of s that shares no memory.
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

// strings returns a copy of list that shares no memory.
func (a *arena) strings(list []string) []string {
	if len(list) == 0 {
		return []string{}
	}
	if len(list) > len(a.freeRows) {
		if a.lists++; a.lists == 1 || len(list) > rowStep/2 { // often there is one list only
			return slices.Clone(list)
		}
		a.freeRows = make([]string, min(row, rowStep*a.lists))
	}
	n := copy(a.freeRows, list)
	own := a.freeRows[:n:n]
	a.freeRows = a.freeRows[n:]
	return own
}

// pointers allocates optional values of one type. The first block has one value, because a
// document often has no other, and the next ones grow.
type pointers[T any] struct {
	free []T
	last int // the size of the last block
}

// point returns a pointer to a copy of v.
func (b *pointers[T]) point(v T) *T {
	if len(b.free) == 0 {
		b.last = min(max(8*b.last, 1), optionals)
		b.free = make([]T, b.last)
	}
	own := &b.free[0]
	*own, b.free = v, b.free[1:]
	return own
}
