// Package chain has lines of JSON, each with a checksum and the checksum of the line before,
// so that no line can be changed, left out, repeated or moved unnoticed.
package chain

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Chain is the end of some lines: their number and the last checksum. The zero value is the
// beginning.
type Chain struct {
	Lines int
	Sum   string
}

// line is a line without its checksum.
type line struct {
	Line   int             `json:"line"`
	Before string          `json:"before"` // the checksum of the line before
	Entry  json.RawMessage `json:"entry"`
}

// The end of every line is the checksum of all bytes before it.
const (
	sumStart  = `,"sum":"`
	sumFinish = "\"}\n"
	sumSize   = len(sumStart) + sha256.Size*2 + len(sumFinish)
)

// Append returns the next line, which holds entry as JSON.
func (c *Chain) Append(entry any) ([]byte, error) {
	content, err := json.Marshal(entry)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(line{c.Lines + 1, c.Sum, content})
	if err != nil {
		return nil, err
	}
	text = text[:len(text)-1] // the brace follows the checksum
	c.Lines, c.Sum = c.Lines+1, checksum(text)
	return append(text, sumStart+c.Sum+sumFinish...), nil
}

func checksum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Next checks that a line with its end follows the chain, and reads its content into entry.
func (c *Chain) Next(text []byte, entry any) error {
	if len(text) < sumSize {
		return errors.New("the line is too short")
	}
	content := text[:len(text)-sumSize]
	sum := checksum(content)
	if string(text[len(content):]) != sumStart+sum+sumFinish {
		return errors.New("the line was changed: its checksum is not that of its content")
	}
	var l line
	if err := json.Unmarshal(append(content[:len(content):len(content)], '}'), &l); err != nil {
		return fmt.Errorf("the line is not JSON: %w", err)
	}
	switch {
	case l.Line != c.Lines+1:
		return fmt.Errorf("the line has the number %d, want %d: a line is missing, repeated or in another place", l.Line, c.Lines+1)
	case l.Before != c.Sum:
		return errors.New("the line does not follow the one before it")
	}
	if err := json.Unmarshal(l.Entry, entry); err != nil {
		return fmt.Errorf("the entry cannot be read: %w", err)
	}
	c.Lines, c.Sum = l.Line, sum
	return nil
}
