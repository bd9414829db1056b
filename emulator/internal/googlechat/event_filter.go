package googlechat

import (
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships/internal/pattern"
)

// eventTypes matches the types that a filter and a subscription may name. Batch types come
// with the others.
var eventTypes = pattern.New(`^google\.workspace\.chat\.(?:(?:message|membership)\.v1\.(?:created|updated|deleted)|reaction\.v1\.(?:created|deleted)|space\.v1\.updated)$`)

// eventFilter selects events, or subscriptions by target.
type eventFilter struct {
	types        []string
	after, until time.Time
	target       string
	seen         map[string]bool
	times        bool
}

// keeps reports whether the filter keeps an event. The start is exclusive and the end
// inclusive.
func (f *eventFilter) keeps(c *change) bool {
	return slices.Contains(f.types, membershipEvents+c.kind) &&
		(f.after.IsZero() || c.at.After(f.after)) && (f.until.IsZero() || !c.at.After(f.until))
}

// parseEventFilter parses terms joined by AND, of which one is an event type or several
// joined by OR. times permits start_time and end_time, and otherwise the filter may have a
// target_resource. OR binds tighter than AND, as in all Google APIs.
func parseEventFilter(text string, times bool) (*eventFilter, error) {
	f := &eventFilter{seen: map[string]bool{}, times: times}
	p := &filterParser{rest: text}
	for {
		closing := p.next() == "("
		if closing {
			p.take()
		}
		if err := f.group(p); err != nil {
			return nil, err
		}
		if closing && p.take() != ")" {
			return nil, p.unexpected()
		}
		switch p.next() {
		case "":
			if len(f.types) == 0 {
				return nil, failed(invalidArgument, "The filter must name an event type.")
			}
			return f, nil
		case "AND":
			p.take()
		default:
			return nil, p.unexpected()
		}
	}
}

// group parses one term, or event types joined by OR.
func (f *eventFilter) group(p *filterParser) error {
	typed, err := f.term(p)
	if err != nil {
		return err
	}
	for p.next() == "OR" {
		p.take()
		again, err := f.term(p)
		if err != nil {
			return err
		}
		if !typed || !again {
			return failed(invalidArgument, "The filter joins something other than event types by OR.")
		}
	}
	if typed {
		if f.seen["event_types"] {
			return failed(invalidArgument, "The filter joins event types by AND.")
		}
		f.seen["event_types"] = true
	}
	return nil
}

// term parses one term and reports whether it is an event type.
func (f *eventFilter) term(p *filterParser) (typed bool, err error) {
	field, op := p.take(), ":"
	name, has := strings.CutSuffix(field, ":")
	if !has {
		op = p.take()
	}
	if name == "event_type" {
		name = "event_types"
	}
	value, ok := unquote(p.next())
	if !ok {
		return false, p.unexpected()
	}
	allowed := name == "event_types" || f.times && (name == "start_time" || name == "end_time") || !f.times && name == "target_resource"
	if !allowed || (op == ":") != (name == "event_types") || op != ":" && op != "=" || name != "event_types" && f.seen[name] {
		return false, failed(invalidArgument, "The filter is not valid at %s", field)
	}
	p.take()
	switch name {
	case "event_types":
		if !eventTypes.MatchString(value) {
			return false, failed(invalidArgument, "The filter names no event type with %s", value)
		}
		f.types = append(f.types, value)
		return true, nil
	case "target_resource":
		f.target = value
	default:
		at, err := time.Parse(time.RFC3339, value)
		if err != nil {
			return false, failed(invalidArgument, "The filter has no time in RFC 3339 at %s", name)
		}
		if name == "start_time" {
			f.after = at
		} else {
			f.until = at
		}
	}
	f.seen[name] = true
	return false, nil
}
