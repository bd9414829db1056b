package decode

import "encoding/json"

// Property returns the bytes of a property of a JSON object, which share its memory. A null
// or empty object, and one without the property, give nil. The last of repeated names applies.
func Property(object json.RawMessage, name string) (json.RawMessage, error) {
	if len(object) == 0 || string(object) == "null" {
		return nil, nil
	}
	r := open(object, false, 0)
	defer r.release()
	p, ok := r.into(space(object, 0), '{')
	var value json.RawMessage
	var key []byte
	for first := ok; ok; first = false {
		if key, p, ok = r.key(p, first); !ok {
			break
		}
		found, from := string(key) == name, p
		if p = r.Skip(p); found {
			value = object[from:p]
		}
	}
	if err := r.end(p); err != nil {
		return nil, err
	}
	return value, nil
}
