package emulator

import (
	"slices"

	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// listedFault is a fault as the control API has it.
type listedFault struct {
	ID int `json:"id"`
	Fault
	Keep bool `json:"keep"`
	// Matched is the number of requests that have matched.
	Matched int `json:"matched"`
}

// resetFaults sets the faults of the start.
func (e *Emulator) resetFaults() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults = nil
	for _, f := range e.settings.faults {
		e.addFault(&fault{Fault: f})
	}
}

// addFault adds a fault behind the others. The caller holds the lock.
func (e *Emulator) addFault(f *fault) {
	e.faultID++
	f.id = e.faultID
	e.faults = append(slices.Clip(e.faults), f)
}

func (f *fault) listed() listedFault { return listedFault{f.id, f.Fault, !f.once, f.matched} }

// Faults implements control.Emulator.
func (s steering) Faults() any {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	out := []listedFault{}
	for _, f := range s.e.faults {
		out = append(out, f.listed())
	}
	return out
}

// AddFault implements control.Emulator. A fault without times applies once, and then goes
// away; keep lets it stay.
func (s steering) AddFault(body []byte) (any, error) {
	var in struct {
		Fault
		Keep bool `json:"keep"`
	}
	if err := seed.DecodeJSON(body, &in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	f := &fault{Fault: in.Fault, once: !in.Keep}
	if f.once && f.Times == 0 {
		f.Times = 1
	}
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	if len(s.e.faults) >= maxFaults {
		return nil, errTooManyFaults
	}
	s.e.addFault(f)
	return f.listed(), nil
}

// RemoveFaults implements control.Emulator.
func (s steering) RemoveFaults(id int) bool {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	before := len(s.e.faults)
	s.e.faults = slices.DeleteFunc(slices.Clone(s.e.faults), func(f *fault) bool { return id == 0 || f.id == id })
	return id == 0 || len(s.e.faults) < before
}
