package providertest

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/memberships-go/memberships"
)

// Run tests a provider against every clause. The text of a failure names the required
// behaviour.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for name, reason := range h.Exempt {
		if !slices.ContainsFunc(clauses, func(c clause) bool { return c.name == name }) {
			t.Errorf("Harness.Exempt names %q, which does not exist", name)
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
		passed := t.Run(c.name, func(t *testing.T) {
			if reason := c.skipped(h, caps, sample); reason != "" {
				t.Skipf("%s; the clause is: %s", reason, c.says)
			}
			if missing := c.missing(sample); missing != "" {
				t.Fatalf("the harness lacks %s, which this clause needs; provide it, or name the clause in Harness.Exempt with the reason", missing)
			}
			if !h.InMemory {
				c.test(t, h, h.Open(t))
				return
			}
			synctest.Test(t, func(t *testing.T) { c.test(t, h, h.Open(t)) })
		})
		if !passed && i == 0 {
			t.Fatalf("the other clauses depend on %s and were not run", c.name)
		}
	}
}

// check reports missing parts of a fixture.
func (w *Fixture) check(t *testing.T) {
	t.Helper()
	for what, missing := range map[string]bool{
		"Provider": w.Provider == nil, "Again": w.Again == nil, "Requests": w.Requests == nil, "Inject": w.Inject == nil,
		"Small": w.Small.ID == "", "Large": w.Large.ID == "", "Unknown": w.Unknown.ID == "",
		"Ada": w.Ada.ID == "", "Alan": w.Alan.ID == "", "Niklaus": w.Niklaus.ID == "", "Nobody": w.Nobody.ID == "",
		"LargeSize of 3 or more": w.LargeSize < 3,
		"Kind in its groups":     w.Small.Kind == "" || w.Large.Kind == "" || w.Unknown.Kind == "",
	} {
		if missing {
			t.Errorf("the fixture has no %s", what)
		}
	}
}

// clause is one requirement of the contract.
type clause struct {
	name string
	// says is the requirement.
	says string
	// ops are the operations that the clause needs declared.
	ops []memberships.Operation
	// email reports whether the clause finds members by e-mail address.
	email bool
	// empty reports whether the clause needs Fixture.Empty; tamper is the tampering that
	// it needs.
	empty  bool
	tamper Tampering
	// skip returns the reason why the clause does not apply, or "". It may be nil.
	skip func(memberships.Capabilities, *Fixture) string
	run  func(*checker)
}

// skipped returns the reason why the clause does not run, or "".
func (c *clause) skipped(h Harness, caps memberships.Capabilities, w *Fixture) string {
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

// missing returns the part of the fixture that the clause lacks, or "".
func (c *clause) missing(w *Fixture) string {
	switch {
	case c.empty && w.Empty.ID == "":
		return "Fixture.Empty"
	case c.tamper != "" && w.Tamper[c.tamper] == nil:
		return fmt.Sprintf("Fixture.Tamper for %q", c.tamper)
	}
	return ""
}

// test runs the clause on a fixture.
func (c *clause) test(t testing.TB, h Harness, w *Fixture) {
	t.Helper()
	if c.tamper != "" {
		w.Tamper[c.tamper]()
	}
	c.run(newChecker(t, h, w))
	if t.Failed() {
		t.Logf("%s: %s", c.name, c.says)
	}
}
