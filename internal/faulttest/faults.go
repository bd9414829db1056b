// Package faulttest checks that no fault loses data. It runs every fault of
// testdata/faults.json with every operation of every provider, over in-memory connections
// and in virtual time, and compares the results with the emulator's state.
//
// The faults are data, described in testdata/faults.md, so that another client can be
// tested with them.
package faulttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"
)

// Operations on one group; the last three write.
const (
	List   = "list"
	Get    = "get"
	Add    = "add"
	Update = "update"
	Remove = "remove"
)

// Ops are all operations.
var Ops = []string{List, Get, Add, Update, Remove}

// Writes reports whether an operation writes.
func Writes(op string) bool { return op != List && op != Get }

// Places of a fault: one page of a list or all pages; writes alone, or also the reads
// that determine their outcome.
const (
	FirstPage     = "first page"
	SecondPage    = "second page"
	LastPage      = "last page"
	EveryPage     = "every page"
	ReadAlone     = "read"
	WriteAlone    = "write"
	WriteAndReads = "write and reads"
)

// Places returns the places of an operation.
func Places(op string) []string {
	switch {
	case op == List:
		return []string{FirstPage, SecondPage, LastPage, EveryPage}
	case op == Get:
		return []string{ReadAlone}
	}
	return []string{WriteAlone, WriteAndReads}
}

// Catalogue is the content of faults.json.
type Catalogue struct {
	Format    int                  `json:"format"`
	Providers map[string]*Provider `json:"providers"`
	Faults    []*Fault             `json:"faults"`
}

// Provider locates the values of a provider's responses that mutations change.
type Provider struct {
	// Items is the array of a page, ID the path to an item's id.
	Items string `json:"items"`
	ID    string `json:"id"`
	// Size, Cursor and Offset are query parameters.
	Size   string `json:"size"`
	Cursor string `json:"cursor"`
	Offset string `json:"offset"`
	// Next is the field with the next cursor, Link the parameter in the Link header's
	// target with it.
	Next string `json:"next"`
	Link string `json:"link"`
	// Total is the field with the total of a list.
	Total string `json:"total"`
}

// Fault is one entry of the catalogue.
type Fault struct {
	Name      string   `json:"name"`
	Catalogue int      `json:"catalogue"`
	About     string   `json:"about"`
	Providers []string `json:"providers"`
	Ops       []string `json:"ops"`
	// Times is the number of attempts of one request that fail, 0 for all.
	Times  int    `json:"times"`
	Do     Action `json:"do"`
	Expect Expect `json:"expect"`
	// Undetectable lists cells whose response is valid but false, so that no client can
	// notice.
	Undetectable []Excuse `json:"undetectable"`
	// Credentials is "refreshable" if the client can get a new token.
	Credentials string `json:"credentials"`
	// Cancel and Deadline are the times after which the caller gives up.
	Cancel   Duration `json:"cancel"`
	Deadline Duration `json:"deadline"`
	// Symptom groups the faults of the lost-write test.
	Symptom string `json:"symptom"`
}

// Action is the effect of a fault, in the order of its fields.
type Action struct {
	// Dial fails the connection before anything is sent.
	Dial string `json:"dial"`
	// Request replaces the request that reaches the provider.
	Request string `json:"request"`
	// Status, Headers, Body and Fill define a response. Without a status, or with Real,
	// the provider's own response is the base.
	Status    int         `json:"status"`
	Real      bool        `json:"real"`
	Headers   [][2]string `json:"headers"`
	Body      string      `json:"body"`
	Fill      string      `json:"fill"`
	FillBytes int64       `json:"fill_bytes"`
	// Applied carries the request out although the response differs.
	Applied bool `json:"applied"`
	// Late carries the request out after a delay, whatever the response is.
	Late Duration `json:"late"`
	// Client is a fault of the caller's transport, which ignores its context.
	Client string `json:"client"`
	// StaleReads is the number of reads after a write that return the old state.
	StaleReads int `json:"stale_reads"`
	// Mutate names a change of the body, At a fraction of its length.
	Mutate string  `json:"mutate"`
	At     float64 `json:"at"`
	Gzip   bool    `json:"gzip"`
	// Wire breaks the connection or the protocol. After is "request", "headers" or
	// "half".
	Wire  string `json:"wire"`
	After string `json:"after"`
	// HTTP2 selects an HTTP/2 connection, which has wire faults of its own.
	HTTP2 bool `json:"http2"`
}

// MadeUp reports whether the response is not the provider's own.
func (a *Action) MadeUp() bool {
	return a.Dial != "" || a.Status != 0 && !a.Real || a.After == "request" || a.Wire == "dead-connection" || a.Wire == "raw"
}

// Expect is a fault's expectations: "recovers" or "fails" by operation and place, the
// kind of the error, and limits.
type Expect struct {
	List          string   `json:"list"`
	Get           string   `json:"get"`
	Write         string   `json:"write"`
	WriteAndReads string   `json:"write_and_reads"`
	Kind          string   `json:"kind"`
	MinWait       Duration `json:"min_wait"`
	MaxWait       Duration `json:"max_wait"`
	// MaxRequests is the maximum number of requests that meet the fault.
	MaxRequests *int `json:"max_requests"`
}

// At returns the expectation for an operation at a place.
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

// Excuse names providers and operations; none means all.
type Excuse struct {
	Providers []string `json:"providers"`
	Ops       []string `json:"ops"`
	Why       string   `json:"why"`
}

// Excused reports whether the fault is undetectable for an operation of a provider.
func (f *Fault) Excused(provider, op string) bool {
	return slices.ContainsFunc(f.Undetectable, func(e Excuse) bool {
		return has(e.Providers, provider) && has(e.Ops, op)
	})
}

// Applies reports whether the fault applies to an operation of a provider.
func (f *Fault) Applies(provider, op string) bool {
	return has(f.Providers, provider) && has(f.Ops, op)
}

func has(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }

// Duration is a time.Duration in text form; "" means unset.
type Duration struct {
	time.Duration
	Set bool
}

// UnmarshalText parses a duration such as "7s".
func (d *Duration) UnmarshalText(b []byte) (err error) {
	d.Duration, err = time.ParseDuration(string(b))
	d.Set = true
	return err
}

// Load reads a catalogue. An unknown field is an error, because a misspelt one would
// disable its fault.
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
