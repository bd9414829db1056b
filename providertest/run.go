package providertest

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/memberships-go/memberships"
)

// Run holds a provider to every clause. What fails says what the provider has to do.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for name, reason := range h.Exempt {
		if !slices.ContainsFunc(clauses, func(c clause) bool { return c.name == name }) {
			t.Errorf("Harness.Exempt names %q, which is no clause", name)
		}
		if reason == "" {
			t.Errorf("Harness.Exempt gives no reason for %q", name)
		}
	}
	sample := h.Open(t)
	sample.check(t)
	if t.Failed() {
		return
	}
	caps := sample.Provider.Capabilities()
	for i, c := range clauses {
		held := t.Run(c.name, func(t *testing.T) {
			if reason := c.skipped(h, caps, sample); reason != "" {
				t.Skipf("%s; the clause is: %s", reason, c.says)
			}
			if missing := c.missing(sample); missing != "" {
				t.Fatalf("the harness gives no %s, which this clause needs; if there can be none, name the clause in Harness.Exempt with the reason", missing)
			}
			if !h.InMemory {
				c.hold(t, h, h.Open(t))
				return
			}
			synctest.Test(t, func(t *testing.T) { c.hold(t, h, h.Open(t)) })
		})
		if !held && i == 0 {
			t.Fatalf("all other clauses rest on %s and were not run", c.name)
		}
	}
}

// check looks for what every world has to have.
func (w *World) check(t *testing.T) {
	t.Helper()
	for what, missing := range map[string]bool{
		"Provider": w.Provider == nil, "Again": w.Again == nil, "Requests": w.Requests == nil, "Inject": w.Inject == nil,
		"Small": w.Small.ID == "", "Large": w.Large.ID == "", "Unknown": w.Unknown.ID == "",
		"Ada": w.Ada.ID == "", "Alan": w.Alan.ID == "", "Niklaus": w.Niklaus.ID == "", "Nobody": w.Nobody.ID == "",
		"LargeSize of 3 or more": w.LargeSize < 3,
		"Kind in its groups":     w.Small.Kind == "" || w.Large.Kind == "" || w.Unknown.Kind == "",
	} {
		if missing {
			t.Errorf("the world has no %s", what)
		}
	}
}

// clause is one thing that a provider promises.
type clause struct {
	name string
	// says is the promise.
	says string
	// ops have to be declared for the clause to make sense.
	ops []memberships.Operation
	// email says that the clause finds members by e-mail address.
	email bool
	// empty says that the clause needs World.Empty, tamper which tampering it needs.
	empty  bool
	tamper Tampering
	// skip returns why the clause says nothing about a provider. It may be nil.
	skip func(memberships.Capabilities, *World) string
	run  func(*trial)
}

// skipped returns why the clause is not held against a provider, "" if it is.
func (c *clause) skipped(h Harness, caps memberships.Capabilities, w *World) string {
	if reason, ok := h.Exempt[c.name]; ok {
		return "not applicable: " + reason
	}
	for _, op := range c.ops {
		if !caps.Can(op) {
			return fmt.Sprintf("not declared: %s", op)
		}
	}
	if c.email && !caps.Email {
		return "not declared: members by e-mail address"
	}
	if c.skip != nil {
		return c.skip(caps, w)
	}
	return ""
}

// missing names what the clause needs and the harness does not give.
func (c *clause) missing(w *World) string {
	switch {
	case c.empty && w.Empty.ID == "":
		return "World.Empty"
	case c.tamper != "" && w.Tamper[c.tamper] == nil:
		return fmt.Sprintf("World.Tamper for %q", c.tamper)
	}
	return ""
}

// hold holds the clause against a world.
func (c *clause) hold(t testing.TB, h Harness, w *World) {
	t.Helper()
	if c.tamper != "" {
		w.Tamper[c.tamper]()
	}
	c.run(newTrial(t, h, w))
	if t.Failed() {
		t.Logf("%s: %s", c.name, c.says)
	}
}
