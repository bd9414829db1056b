package clerk

import (
	"encoding/json"
	"net/http"
)

// maxMetadata is the size that one field of metadata may have.
const maxMetadata = 8 << 10

// merge returns old with patch merged in: key by key at every depth, a null deleting
// its key, everything that is not an object replacing what was there.
func merge(old, patch json.RawMessage) json.RawMessage {
	var changes map[string]json.RawMessage
	if json.Unmarshal(patch, &changes) != nil || changes == nil {
		return patch
	}
	result := map[string]json.RawMessage{}
	_ = json.Unmarshal(old, &result) // what is no object is replaced
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
	merged, _ := json.Marshal(result) // of valid JSON, it cannot fail
	return merged
}

// metadata returns the value that a field of a request gives to old, and refuses it
// when it is too large. A field that is absent or null changes nothing.
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

// object is metadata as it is sent: {} where nobody set any.
func object(m json.RawMessage) json.RawMessage {
	if m == nil {
		return json.RawMessage("{}")
	}
	return m
}
