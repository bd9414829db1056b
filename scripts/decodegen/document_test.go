package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const small = `
paths:
  /things/{id}:
    parameters: [{$ref: '#/components/parameters/ID'}]
    post:
      operationId: ChangeThing
      security: []
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
      responses:
        '200': {description: is the thing., content: {application/json: {schema: {type: object}}}}
        '404': {description: says that there is none.}
components:
  parameters:
    ID: {name: id, in: path, required: true, description: names it., schema: {type: string}}
  schemas:
    Thing:
      type: object
      description: is a thing.
      additionalProperties: {not: {anyOf: [{type: array, items: {}}]}}
      properties: {name: {type: string, maxLength: 5, x-order: 1}}
`

// TestCompact resolves references and leaves out the texts and the errors.
func TestCompact(t *testing.T) {
	got, err := compact([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"paths":{"/things/{id}":{"POST":{` +
		`"operationId":"ChangeThing",` +
		`"parameters":[{"in":"path","name":"id","required":true,"schema":{"type":"string"}}],` +
		`"public":true,` +
		`"requestBody":{"content":{"application/json":{` +
		`"additionalProperties":{"not":{"anyOf":[{"items":{},"type":"array"}]}},` +
		`"properties":{"name":{"maxLength":5,"type":"string"}},"type":"object"}},"required":true},` +
		`"response":{"content":{"application/json":{"type":"object"}}}}}}}`
	if diff := cmp.Diff(want, strings.Join(strings.Fields(string(got)), "")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The emulator must not accept a request because it does not know a keyword.
func TestCompactRefuses(t *testing.T) {
	for change, want := range map[string]string{
		"multipleOf: 2": "/things/{id}: post: name: the emulator has no check for the keyword multipleOf",
		"items: {$ref: '#/components/schemas/Thing'}": "/things/{id}: post: name: #/components/schemas/Thing refers to itself",
		"items: {$ref: '#/components/schemas/Other'}": "/things/{id}: post: name: #/components/schemas/Other is not in the document",
	} {
		_, err := compact([]byte(strings.Replace(small, "maxLength: 5", change, 1)))
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", change, err, want)
		}
	}
}
