package yamldoc

import (
	"encoding/json"
	"strings"
)

// MarshalJSON returns a value as JSON, with its keys in their order. It returns an error for
// a number that JSON writes otherwise, such as 0x10.
func (n *Node) MarshalJSON() ([]byte, error) {
	switch {
	case n.Kind == Null:
		return []byte("null"), nil
	case n.Kind == List:
		return n.join('[', ']', len(n.Items), func(i int) (*Node, *Node) { return nil, n.Items[i] })
	case n.Kind == Mapping:
		return n.join('{', '}', len(n.Pairs), func(i int) (*Node, *Node) { return n.Pairs[i].Key, n.Pairs[i].Value })
	case n.Tag == TagTruth:
		return []byte(strings.ToLower(n.Text)), nil
	case n.Tag == TagNumber || n.Tag == TagFloat:
		if !json.Valid([]byte(n.Text)) {
			return nil, expected(n, "a number of JSON")
		}
		return []byte(n.Text), nil
	}
	return json.Marshal(n.Text)
}

// join returns the entries of a list or a mapping in brackets.
func (n *Node) join(begin, end byte, count int, entry func(i int) (key, value *Node)) ([]byte, error) {
	out := []byte{begin}
	for i := range count {
		if i > 0 {
			out = append(out, ',')
		}
		key, value := entry(i)
		if key != nil {
			name, err := json.Marshal(key.Text)
			if err != nil {
				return nil, err
			}
			out = append(append(out, name...), ':')
		}
		text, err := value.MarshalJSON()
		if err != nil {
			return nil, err
		}
		out = append(out, text...)
	}
	return append(out, end), nil
}
