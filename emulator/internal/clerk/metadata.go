package clerk

import (
	"encoding/json"
	"net/http"
)

// maxMetadata is the maximum size of one metadata field in bytes.
const maxMetadata = 8 << 10

// merge returns old with patch merged into it at every depth. A null deletes its key; any
// value but an object replaces the old value.
func merge(old, patch json.RawMessage) json.RawMessage {
	var changes map[string]json.RawMessage
	if json.Unmarshal(patch, &changes) != nil || changes == nil {
		return patch
	}
	result := map[string]json.RawMessage{}
	_ = json.Unmarshal(old, &result) // a value other than an object is replaced
	if result == nil {
		result = map[string]json.RawMessage{}
	}
	for k, v := range changes {
		if string(v) == "null" {
			delete(result, k)
			continue
		}
		result[k] = merge(result[k], v)
	}
	merged, _ := json.Marshal(result) // valid JSON always marshals
	return merged
}

// metadata returns old with a request's field merged into it, or an error if the result
// is too large. An absent or null field changes nothing.
func metadata(param string, old json.RawMessage, field *json.RawMessage) (json.RawMessage, error) {
	if field == nil {
		return old, nil
	}
	merged := merge(old, *field)
	if len(merged) > maxMetadata {
		return nil, &failure{
			status: http.StatusUnprocessableEntity, code: "form_param_exceeds_allowed_size", short: "exceeds allowed size",
			message: param + " may have 8 KB", param: param,
		}
	}
	return merged, nil
}

// object returns metadata as a response shows it, {} if there is none.
func object(m json.RawMessage) json.RawMessage {
	if m == nil {
		return json.RawMessage("{}")
	}
	return m
}
