package reconcile

import (
	"cmp"
	"time"
)

// Journal is the lasting record of an Apply. Its methods are safe for concurrent use.
type Journal interface {
	// Entries returns the entries of earlier runs and of this one, in their order.
	Entries() []Entry
	// Record appends entries and returns after they last. After an error none of them may
	// have lasted, and Apply begins no further change.
	Record(entries ...Entry) error
}

// Entry is one line of a Journal.
type Entry struct {
	Time time.Time `json:"time"`
	Kind EntryKind `json:"kind"`
	// Plan is the hash of the plan, in begin and resume.
	Plan string `json:"plan,omitempty"`
	// Actor is the user, host and process of the run, in begin and resume.
	Actor string `json:"actor,omitempty"`
	// Key is that of the change, in intent, result and settled.
	Key string `json:"key,omitempty"`
	// Outcome is the outcome of the change, in result and settled.
	Outcome Outcome `json:"outcome,omitempty"`
	// Member is the member after the change, as far as the provider tells it.
	Member *PlanMember `json:"member,omitempty"`
	// RequestID is the provider's id of the request, if it has ids.
	RequestID string `json:"request_id,omitempty"`
	// Error is the error of a change.
	Error string `json:"error,omitempty"`
	// Done and Left are the numbers of changes that are made and that are not, in end.
	Done int `json:"done,omitempty"`
	Left int `json:"left,omitempty"`
}

// EntryKind is the kind of an Entry.
type EntryKind string

// The kinds of entries.
const (
	EntryBegin   EntryKind = "begin"   // a run begins
	EntryResume  EntryKind = "resume"  // a later run goes on
	EntryIntent  EntryKind = "intent"  // a change is about to be sent
	EntryResult  EntryKind = "result"  // the outcome of a change is known or unknown
	EntrySettled EntryKind = "settled" // a reading has shown the outcome of an intent
	EntryEnd     EntryKind = "end"     // a run has ended
)

// Outcome is the result of a planned change.
type Outcome string

// The outcomes.
const (
	OutcomeDone     Outcome = "done"
	OutcomeAlready  Outcome = "already"   // another client has made the same change
	OutcomeFailed   Outcome = "failed"    // the change was not made
	OutcomeUnknown  Outcome = "unknown"   // the change may have been made
	OutcomeNotMade  Outcome = "not_made"  // a reading has shown that an intent was not made
	OutcomeMoved    Outcome = "moved"     // the group is no longer as the plan has observed it
	OutcomeNotBegun Outcome = "not_begun" // the run ended before the change
)

// isFinal reports whether a change with the outcome needs nothing more.
func (o Outcome) isFinal() bool { return o == OutcomeDone || o == OutcomeAlready }

// history is the part of a journal about one change.
type history struct {
	begun   bool    // an intent exists
	outcome Outcome // of the last result or settled entry after the last intent; "" without one
	member  *PlanMember
	request string
}

// isOpen reports whether the change may have been made without a known result.
func (h history) isOpen() bool { return h.begun && (h.outcome == "" || h.outcome == OutcomeUnknown) }

// histories returns the history of every change in a journal.
func histories(entries []Entry) map[string]history {
	out := map[string]history{}
	for _, e := range entries {
		h := out[e.Key]
		switch e.Kind {
		case EntryIntent:
			h.begun, h.outcome = true, ""
		case EntryResult, EntrySettled:
			h.outcome, h.request = e.Outcome, cmp.Or(e.RequestID, h.request)
			if e.Member != nil {
				h.member = e.Member
			}
		default:
			continue
		}
		out[e.Key] = h
	}
	return out
}
