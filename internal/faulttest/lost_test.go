package faulttest

import (
	"errors"
	"testing"

	"github.com/memberships-go/memberships"
)

// symptoms is how many ways there are to lose an answer.
const symptoms = 13

// TestLostWrites loses the answers of writes that were carried out and of writes that
// were not, with the same symptoms. Where the state shows the effect, the call ends as if
// nothing had been lost; where it does not, or cannot be read, it says that nobody knows.
// It never has two effects.
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
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			for _, f := range catalogue.Faults {
				if f.Symptom == "" {
					continue
				}
				for _, op := range []string{Add, Update, Remove} {
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

// lostOnce loses one answer: the call succeeds all the same, with one effect.
func lostOnce(t *testing.T, c cell) {
	o := run(t, c)
	if o.err != nil || o.seen.Effects != 1 || len(o.found[silentLoss]) > 0 {
		t.Errorf("%s: %d effects: %v %v", name(c, "once"), o.seen.Effects, o.err, o.found[silentLoss])
	}
}

// lostAlways loses the answer of every attempt: the state tells whether it was carried out,
// and where it was not, it may still be.
func lostAlways(t *testing.T, c cell) {
	o := run(t, c)
	effects, failed := 0, true
	if c.fault.Do.Applied {
		effects, failed = 1, false
	}
	if o.seen.Effects != effects || errors.Is(o.err, memberships.ErrOutcomeUnknown) != failed || (o.err != nil) != failed || len(o.found[silentLoss]) > 0 {
		t.Errorf("%s: %d effects: %v %v", name(c, "always"), o.seen.Effects, o.err, o.found[silentLoss])
	}
}

// lostBlind loses the answers of reads too: nobody knows, and the error says so.
func lostBlind(t *testing.T, c cell) {
	o := run(t, c)
	if !errors.Is(o.err, memberships.ErrOutcomeUnknown) || o.seen.Effects > 1 || len(o.found[silentLoss]) > 0 {
		t.Errorf("%s: %d effects: %v %v", name(c, "nothing can be read"), o.seen.Effects, o.err, o.found[silentLoss])
	}
}
