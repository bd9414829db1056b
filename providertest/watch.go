package providertest

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/memberships-go/memberships"
)

// watchTime bounds the wait for one event.
const watchTime = time.Minute

func watchesNothing(c memberships.Capabilities, _ *Fixture) string {
	if c.Watch {
		return ""
	}
	return "not declared: Watch"
}

// events pulls the events of a stream one by one.
type events struct {
	*checker
	what string
	next func() (memberships.Event, error, bool)
}

// watch reads a stream with do.
func (t *checker) watch(what string, p memberships.Provider, from memberships.Position, do func(*events)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), watchTime)
	defer cancel()
	next, stop := iter.Pull2(memberships.New(p).Watch(ctx, from))
	defer stop()
	do(&events{t, what, next})
}

// refused returns the error of a stream that fails before its first event.
func (t *checker) refused(from memberships.Position) error {
	ctx, cancel := context.WithTimeout(t.Context(), watchTime)
	defer cancel()
	for _, err := range t.client.Watch(ctx, from) {
		return err
	}
	return nil
}

// one returns the next event, and ends the clause without one.
func (s *events) one() memberships.Event {
	s.Helper()
	e, err, ok := s.next()
	switch {
	case !ok:
		s.Fatalf("%s: the stream ended without an error; it ends with its context alone", s.what)
	case err != nil:
		s.Fatalf("%s: got %v, want an event", s.what, err)
	case e.Provider != s.Provider.Name() || e.Position == "" || e.Type == "":
		s.Fatalf("%s: the event has the Provider %q, the Type %q and the Position %q; all of them are needed", s.what, e.Provider, e.Type, e.Position)
	case e.Type.Changes() && e.ID == "":
		s.Errorf("%s: the %s event of %s has no ID", s.what, e.Type, e.Membership.Member)
	}
	return e
}

// standing returns the position of the first event, which is an EventPosition.
func (s *events) standing() memberships.Position {
	s.Helper()
	e := s.one()
	if e.Type != memberships.EventPosition {
		s.Errorf("%s: the first event is %q, want an EventPosition as soon as the stream stands", s.what, e.Type)
	}
	return e.Position
}

// until reads on to the event of a change to a member of Small.
func (s *events) until(m memberships.Member, types ...memberships.EventType) memberships.Event {
	s.Helper()
	for {
		e := s.one()
		if !e.Type.Changes() || e.Membership.Group.ID != s.Small.ID || e.Membership.Member.ID != m.ID {
			continue
		}
		for _, t := range types {
			if e.Type == t {
				return e
			}
		}
	}
}

func watchPosition(t *checker) {
	t.quiet("Watch before its range", func() { t.Provider.Watch(t.Context(), "") })
	var at memberships.Position
	t.watch("Watch", t.Provider, "", func(s *events) { at = s.standing() })
	for name, p := range map[string]memberships.Provider{"the same provider": t.Provider, "a later process": t.Again()} {
		t.watch("Watch from a position, in "+name, p, at, func(s *events) { s.standing() })
	}
}

func watchChanges(t *checker) {
	who := ref(t.Small, byID(t.Niklaus))
	t.watch("Watch", t.Provider, "", func(s *events) {
		s.standing()
		s.what = "Watch after Add"
		must[memberships.Membership](t, "Add")(t.client.Add(t.Context(), who.Group, who.Member, ""))
		s.until(t.Niklaus, memberships.EventCreated, memberships.EventSet)
		if t.caps.Can(memberships.OpUpdate) && len(t.caps.Roles) > 1 {
			s.what = "Watch after Update"
			must[memberships.Membership](t, "Update")(t.client.Update(t.Context(), who, t.otherRole()))
			if e := s.until(t.Niklaus, memberships.EventUpdated, memberships.EventSet); !e.NameOnly && e.Membership.Role != t.otherRole() {
				t.Errorf("%s: the event has the role %q, want %q, or NameOnly", s.what, e.Membership.Role, t.otherRole())
			}
		}
		s.what = "Watch after Remove"
		must[memberships.Membership](t, "Remove")(t.client.Remove(t.Context(), who))
		if e := s.until(t.Niklaus, memberships.EventDeleted); e.Membership.State != memberships.StateAbsent {
			t.Errorf("%s: the event has the state %q, want %q", s.what, e.Membership.State, memberships.StateAbsent)
		}
	})
}

func watchResumes(t *checker) {
	var at memberships.Position
	t.watch("Watch", t.Provider, "", func(s *events) { at = s.standing() })
	who := ref(t.Small, byID(t.Niklaus))
	must[memberships.Membership](t, "Add")(t.client.Add(t.Context(), who.Group, who.Member, ""))
	t.watch("Watch from the position before Add", t.Provider, at, func(s *events) {
		at = s.until(t.Niklaus, memberships.EventCreated, memberships.EventSet).Position
	})
	must[memberships.Membership](t, "Remove")(t.client.Remove(t.Context(), who))
	t.watch("Watch from the position before Remove", t.Provider, at, func(s *events) {
		s.until(t.Niklaus, memberships.EventDeleted)
	})
}

func watchForeignPosition(t *checker) {
	for name, at := range map[string]memberships.Position{
		"nonsense": "nonsense", "a position of another provider": memberships.SealPosition("1", "some-other-provider"),
		"a page token": memberships.Position(memberships.SealToken("1", t.Provider.Name())),
	} {
		what := "Watch from " + name
		t.quiet(what, func() { t.wantKind(what, t.refused(at), memberships.ErrInvalidArgument) })
	}
}

func watchEnds(t *checker) {
	ctx, cancel := context.WithTimeout(t.Context(), watchTime)
	defer cancel()
	last := errors.New("none")
	for _, err := range t.client.Watch(ctx, "") {
		cancel() // with the first event
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("Watch after the end of its context: got %v, want an error of context.Canceled", last)
	}
	t.Inject(&Fault{Kind: Unauthenticated})
	t.wantKind("Watch without a valid credential", t.refused(""), memberships.ErrUnauthenticated)
}
