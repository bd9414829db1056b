// Package faulttest proves that no fault loses data: it runs every fault of
// testdata/faults.json against every operation of every provider, over connections in
// memory and in virtual time, and asks the emulator what became of it.
//
// The faults are data, described in testdata/faults.md, so that others can run them
// against another client.
package faulttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"
)

// Operations on one group: three of them write.
const (
	List   = "list"
	Get    = "get"
	Add    = "add"
	Update = "update"
	Remove = "remove"
)

// Ops are all operations.
var Ops = []string{List, Get, Add, Update, Remove}

// Writes reports whether an operation changes something.
func Writes(op string) bool { return op != List && op != Get }

// Where a fault strikes: one page of a listing or all of them; a write alone, or also
// the reads that find out what became of it.
const (
	FirstPage     = "first page"
	SecondPage    = "second page"
	LastPage      = "last page"
	EveryPage     = "every page"
	ReadAlone     = "read"
	WriteAlone    = "write"
	WriteAndReads = "write and reads"
)

// Places are those of an operation.
func Places(op string) []string {
	switch {
	case op == List:
		return []string{FirstPage, SecondPage, LastPage, EveryPage}
	case op == Get:
		return []string{ReadAlone}
	}
	return []string{WriteAlone, WriteAndReads}
}

// Catalogue is the file.
type Catalogue struct {
	Format    int                  `json:"format"`
	Providers map[string]*Provider `json:"providers"`
	Faults    []*Fault             `json:"faults"`
}

// Provider names what mutations look for in a provider's answers.
type Provider struct {
	// Items is the list of a page; ID the path to the id of an item.
	Items string `json:"items"`
	ID    string `json:"id"`
	// Size, Cursor and Offset are query parameters.
	Size   string `json:"size"`
	Cursor string `json:"cursor"`
	Offset string `json:"offset"`
	// Next is the field that holds the next cursor; Link the parameter of the Link
	// header's target that does.
	Next string `json:"next"`
	Link string `json:"link"`
	// Total is the field that counts the whole listing.
	Total string `json:"total"`
}

// Fault is one thing that goes wrong.
type Fault struct {
	Name      string   `json:"name"`
	Catalogue int      `json:"catalogue"`
	About     string   `json:"about"`
	Providers []string `json:"providers"`
	Ops       []string `json:"ops"`
	// Times is how often it strikes the same request, 0 for ever.
	Times  int    `json:"times"`
	Do     Action `json:"do"`
	Expect Expect `json:"expect"`
	// Undetectable excuses cells whose answer is a good one that does not tell the truth.
	Undetectable []Excuse `json:"undetectable"`
	// Credentials is "refreshable" if the client can get another token.
	Credentials string `json:"credentials"`
	// Cancel and Deadline are after what time the caller gives up.
	Cancel   Duration `json:"cancel"`
	Deadline Duration `json:"deadline"`
	// Symptom names the faults of the lost-write test.
	Symptom string `json:"symptom"`
}

// Action is what is done, in the order of its fields.
type Action struct {
	// Dial fails the connection: nothing is ever sent.
	Dial string `json:"dial"`
	// Request asks the provider something else than the client did.
	Request string `json:"request"`
	// Status, Headers, Body and Fill make an answer. Without a status and with Real the
	// provider's own answer is the base.
	Status    int         `json:"status"`
	Real      bool        `json:"real"`
	Headers   [][2]string `json:"headers"`
	Body      string      `json:"body"`
	Fill      string      `json:"fill"`
	FillBytes int64       `json:"fill_bytes"`
	// Applied carries the request out though its answer is another one.
	Applied bool `json:"applied"`
	// Late carries the request out after a while, whatever was answered.
	Late Duration `json:"late"`
	// Client is a transport of the caller's that goes wrong, whatever its context says.
	Client string `json:"client"`
	// StaleReads is how many reads after a write still see what was before it.
	StaleReads int `json:"stale_reads"`
	// Mutate changes the body, At a fraction of it.
	Mutate string  `json:"mutate"`
	At     float64 `json:"at"`
	Gzip   bool    `json:"gzip"`
	// Wire breaks the connection or the protocol, After "request", "headers" or "half".
	Wire  string `json:"wire"`
	After string `json:"after"`
	// HTTP2 makes the connection one of HTTP/2, which has wires of its own.
	HTTP2 bool `json:"http2"`
}

// MadeUp reports whether the answer is not the provider's.
func (a *Action) MadeUp() bool {
	return a.Dial != "" || a.Status != 0 && !a.Real || a.After == "request" || a.Wire == "dead-connection" || a.Wire == "raw"
}

// Expect is what a client owes beyond honesty: "recovers" or "fails" by operation and
// place, an error's kind, and bounds.
type Expect struct {
	List          string   `json:"list"`
	Get           string   `json:"get"`
	Write         string   `json:"write"`
	WriteAndReads string   `json:"write_and_reads"`
	Kind          string   `json:"kind"`
	MinWait       Duration `json:"min_wait"`
	MaxWait       Duration `json:"max_wait"`
	// MaxRequests bounds how often the struck requests are sent in all.
	MaxRequests *int `json:"max_requests"`
}

// At returns what is expected of an operation at a place.
func (e *Expect) At(op, place string) string {
	switch {
	case op == List:
		return e.List
	case op == Get:
		return e.Get
	case place == WriteAlone:
		return e.Write
	}
	return e.WriteAndReads
}

// Excuse names operations of providers, all where it names none.
type Excuse struct {
	Providers []string `json:"providers"`
	Ops       []string `json:"ops"`
	Why       string   `json:"why"`
}

// Excused reports whether no client could tell.
func (f *Fault) Excused(provider, op string) bool {
	return slices.ContainsFunc(f.Undetectable, func(e Excuse) bool {
		return has(e.Providers, provider) && has(e.Ops, op)
	})
}

// Applies reports whether f goes with an operation of a provider.
func (f *Fault) Applies(provider, op string) bool {
	return has(f.Providers, provider) && has(f.Ops, op)
}

func has(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }

// Duration is a time.Duration in its text form; "" is not set.
type Duration struct {
	time.Duration
	Set bool
}

// UnmarshalText reads "7s".
func (d *Duration) UnmarshalText(b []byte) (err error) {
	d.Duration, err = time.ParseDuration(string(b))
	d.Set = true
	return err
}

// Load reads a catalogue. What it does not know is an error: a misspelt field would
// make a fault that never strikes.
func Load(file string) (*Catalogue, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	c := new(Catalogue)
	if err := dec.Decode(c); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	seen := map[string]bool{}
	for _, f := range c.Faults {
		if seen[f.Name] || f.Name == "" || f.Catalogue < 1 || f.Catalogue > 66 || f.About == "" {
			return nil, fmt.Errorf("%s: fault %q lacks a name of its own, a number or what it is about", file, f.Name)
		}
		seen[f.Name] = true
		for _, p := range f.Providers {
			if c.Providers[p] == nil {
				return nil, fmt.Errorf("%s: fault %q: there is no provider %q", file, f.Name, p)
			}
		}
		if err := f.Do.check(); err != nil {
			return nil, fmt.Errorf("%s: fault %q: %w", file, f.Name, err)
		}
	}
	return c, nil
}

func (a *Action) check() error {
	switch {
	case a.Dial != "" && !slices.Contains(dials, a.Dial):
		return fmt.Errorf("there is no dial %q", a.Dial)
	case a.Client != "" && !slices.Contains(clients, a.Client):
		return fmt.Errorf("there is no client %q", a.Client)
	case a.Request != "" && !slices.Contains(requests, a.Request):
		return fmt.Errorf("there is no request %q", a.Request)
	case a.Mutate != "" && mutations[a.Mutate] == nil && !slices.Contains(byteMutations, a.Mutate):
		return fmt.Errorf("there is no mutation %q", a.Mutate)
	case a.Wire != "" && !a.HTTP2 && !slices.Contains(wires, a.Wire), a.HTTP2 && !slices.Contains(wires2, a.Wire):
		return fmt.Errorf("there is no wire %q", a.Wire)
	case unknownForm(a) != "":
		return fmt.Errorf("there is no form %q", unknownForm(a))
	case a.After != "" && !slices.Contains([]string{"request", "headers", "half"}, a.After):
		return fmt.Errorf("there is no moment after %q", a.After)
	}
	return nil
}
