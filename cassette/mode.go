package cassette

import (
	"fmt"
	"os"
)

// Mode says where answers come from.
type Mode int

const (
	// Replay answers from the file, with the network shut.
	Replay Mode = iota
	// Record sends every request, and makes the file anew.
	Record
)

func (m Mode) String() string {
	switch m {
	case Replay:
		return "replay"
	case Record:
		return "record"
	}
	return fmt.Sprintf("Mode(%d)", int(m))
}

// ModeVariable is the environment variable that ForTest reads, unless WithModeVariable
// names another.
const ModeVariable = "CASSETTE"

// ModeFrom returns the mode that an environment variable names: "record", or "replay",
// which an empty or missing variable means too. Any other value is an error.
func ModeFrom(variable string) (Mode, error) {
	switch v := os.Getenv(variable); v {
	case "", Replay.String():
		return Replay, nil
	case Record.String():
		return Record, nil
	default:
		return Replay, fmt.Errorf("cassette: %s=%q, want record or replay", variable, v)
	}
}
