package yamldoc

import "github.com/memberships-go/memberships/internal/phrase"

// keys has the places of the keys of a mapping.
type keys map[string]Position

// add reports whether a mapping may have one more key.
func (k keys) add(p *parser, key *Node) bool {
	switch at, twice := k[key.Text]; {
	case p.full: // and the keys are not complete
		return false
	case key.Kind == Null:
		p.fail(key.At, "expected a key, found %s; in quotes it is a key", key)
	case key.Kind != Scalar:
		p.fail(key.At, "expected a key, found %s", key)
	case twice:
		p.fail(key.At, "the key %s stands here a second time; the first is at %s", phrase.Quote(key.Text), Place(at))
	default:
		k[key.Text] = key.At
		return true
	}
	return false
}
