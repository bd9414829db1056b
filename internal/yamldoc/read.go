package yamldoc

import "encoding/json"

// Read decodes a document of this module into v, as encoding/json does with its JSON.
func Read(name string, data []byte, v any) error {
	text, err := JSON(name, data)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

// JSON returns a document of this module as JSON, with its keys in their order.
func JSON(name string, data []byte) ([]byte, error) {
	n, mistakes := Parse(name, data, Options{MaxValues: 1_000_000, Merging: "an alias stands for a whole value"})
	if len(mistakes) > 0 {
		return nil, mistakes[0]
	}
	return n.MarshalJSON()
}
