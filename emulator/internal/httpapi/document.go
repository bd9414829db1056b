package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"sync"

	"github.com/memberships-go/memberships/generated"
)

// Document is the part of a provider's OpenAPI document that an emulator needs. References
// are resolved.
type Document struct {
	// Paths holds the operations by path template and method.
	Paths map[string]map[string]*Operation `json:"paths"`

	mux *http.ServeMux
}

// Operation is one method of one path.
type Operation struct {
	ID          string      `json:"operationId"`
	Public      bool        `json:"public"` // needs no authentication
	Parameters  []Parameter `json:"parameters"`
	RequestBody *Body       `json:"requestBody"`
	Response    *Body       `json:"response"` // of status 200
}

// Parameter is a value in the path, the query or the headers.
type Parameter struct {
	Name     string  `json:"name"`
	In       string  `json:"in"`
	Required bool    `json:"required"`
	Explode  *bool   `json:"explode"`
	Schema   *Schema `json:"schema"`
}

// explodes reports whether each item of a list is a parameter of its own, which is the
// default in a query.
func (p *Parameter) explodes() bool { return p.Explode == nil || *p.Explode }

// Body holds the schemas of a body by media type.
type Body struct {
	Required bool               `json:"required"`
	Content  map[string]*Schema `json:"content"`
}

// Schema has the keywords that the documents use. scripts/decodegen refuses any other.
type Schema struct {
	Type       string             `json:"type"`
	Format     string             `json:"format"`
	Nullable   bool               `json:"nullable"`
	Enum       []string           `json:"enum"`
	AnyOf      []*Schema          `json:"anyOf"`
	Not        *Schema            `json:"not"`
	Pattern    string             `json:"pattern"`
	Minimum    *float64           `json:"minimum"`
	Maximum    *float64           `json:"maximum"`
	MinLength  int                `json:"minLength"`
	MaxLength  *int               `json:"maxLength"`
	Items      *Schema            `json:"items"`
	MaxItems   *int               `json:"maxItems"`
	Properties map[string]*Schema `json:"properties"`
	Required   []string           `json:"required"`
	Additional additional         `json:"additionalProperties"`
}

// additional is the rule for the properties that a schema does not name: none, or ones
// with a schema, which is nil for any value.
type additional struct {
	none   bool
	schema *Schema
}

func (a *additional) UnmarshalJSON(b []byte) error {
	var allowed bool
	if err := json.Unmarshal(b, &allowed); err == nil {
		a.none = !allowed
		return nil
	}
	return json.Unmarshal(b, &a.schema)
}

// documents parses each document once, at its first use.
var documents = func() map[string]func() (*Document, error) {
	out := map[string]func() (*Document, error){}
	for _, provider := range []string{"box", "clerk", "googlechat", "pubnub", "webex"} {
		out[provider] = sync.OnceValues(func() (*Document, error) { return readDocument(provider) })
	}
	return out
}()

func readDocument(provider string) (*Document, error) {
	name := provider + "/server/document.gen.json"
	b, err := generated.Documents.ReadFile(name)
	if err != nil {
		return nil, err
	}
	d := new(Document)
	if err := json.Unmarshal(b, d); err != nil {
		return nil, fmt.Errorf("generated/%s: %w", name, err)
	}
	d.mux = newMux(d)
	return d, nil
}

// Spec returns the document of a provider. All callers share the document and must not
// change it.
func Spec(provider string) (*Document, error) {
	read := documents[provider]
	if read == nil {
		return nil, fmt.Errorf("there is no document of %q", provider)
	}
	return read()
}

// patterns holds the compiled pattern of every schema, and of every format that has one.
var patterns sync.Map

// matches reports whether text matches a pattern of a document.
func matches(pattern, text string) bool {
	re, ok := patterns.Load(pattern)
	if !ok {
		re, _ = patterns.LoadOrStore(pattern, regexp.MustCompile(pattern))
	}
	return re.(*regexp.Regexp).MatchString(text)
}
