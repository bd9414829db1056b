package faulttest

import (
	"errors"
	"testing"

	"github.com/memberships-go/memberships"
)

// symptoms is the number of symptoms in the catalogue.
const symptoms = 13

// TestLostWrites loses the responses of writes, carried out or not, with the same
// symptoms. If reads show the effect, the call succeeds. If they do not, or fail, the
// error is ErrOutcomeUnknown. A write never has two effects.
func TestLostWrites(t *testing.T) {
	catalogue := load(t)
	found := map[string]int{}
	for _, f := range catalogue.Faults {
		if f.Symptom != "" {
			found[f.Symptom]++
		}
	}
	if len(found) != symptoms {
		t.Fatalf("%d symptoms, want %d: %v", len(found), symptoms, found)
	}
	for symptom, n := range found {
		if n != 2 {
			t.Errorf("%q is there %d times, want once carried out and once not", symptom, n)
		}
	}
	for _, a := range adapters {
		t.Run(a.String(), func(t *testing.T) {
			t.Parallel()
			for _, f := range catalogue.Faults {
				if f.Symptom == "" {
					continue
				}
				for _, op := range []string{Add, Update, Remove} {
					if !a.has(op) {
						continue
					}
					c := cell{f, catalogue.Providers[a.name], a, op, WriteAlone, 0}
					lostOnce(t, c)
					always := *f
					always.Times = 0
					c.fault = &always
					lostAlways(t, c)
					c.place = WriteAndReads
					lostBlind(t, c)
				}
			}
		})
	}
}

func name(c cell, what string) string { return c.String() + ", " + what }

// lostOnce loses one response; the call succeeds with one effect. A write without a repeat
// that was not carried out may have an unknown outcome.
func lostOnce(t *testing.T, c cell) {
	o := run(t, c)
	unknown := errors.Is(o.err, memberships.ErrOutcomeUnknown)
	if c.onlyOnce() && !c.fault.Do.Applied && unknown && o.observed.Effects == 0 && len(o.found[silentLoss]) == 0 {
		return
	}
	if o.err != nil || o.observed.Effects != 1 || len(o.found[silentLoss]) > 0 {
		t.Errorf("%s: %d effects: %v %v", name(c, "once"), o.observed.Effects, o.err, o.found[silentLoss])
	}
}

// lostAlways loses the response of every attempt. Reads show a write that was carried
// out; one that was not may still be pending.
func lostAlways(t *testing.T, c cell) {
	o := run(t, c)
	effects, failed := 0, true
	if c.fault.Do.Applied {
		effects, failed = 1, false
	}
	if o.observed.Effects != effects || errors.Is(o.err, memberships.ErrOutcomeUnknown) != failed || (o.err != nil) != failed || len(o.found[silentLoss]) > 0 {
		t.Errorf("%s: %d effects: %v %v", name(c, "always"), o.observed.Effects, o.err, o.found[silentLoss])
	}
}

// lostBlind loses the responses of reads too, so the outcome is unknown.
func lostBlind(t *testing.T, c cell) {
	o := run(t, c)
	if !errors.Is(o.err, memberships.ErrOutcomeUnknown) || o.observed.Effects > 1 || len(o.found[silentLoss]) > 0 {
		t.Errorf("%s: %d effects: %v %v", name(c, "nothing can be read"), o.observed.Effects, o.err, o.found[silentLoss])
	}
}
