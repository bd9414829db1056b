package cassette

import (
	"fmt"
	"os"
)

// Mode is the source of answers: the file or the provider.
type Mode int

const (
	// Replay answers from the file, without a network.
	Replay Mode = iota
	// Record sends every request, and replaces the file.
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

// ModeFrom returns the mode that an environment variable names: "record" or "replay". An
// empty or missing variable means replay; any other value is an error.
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
