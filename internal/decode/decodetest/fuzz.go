package decodetest

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/memberships-go/memberships/internal/decode"
)

// nasty are documents that have broken decoders.
var nasty = []string{
	"", "{", "[", "{}", "[]", "null", `{"id"`, `{"id":`, `{"id":"`, `{"id":"\`, `{"id":"\u`, `{"id":"a"`, `{"id":"a",`, `{"id":"a",}`, `{,}`, `[,]`, `[{},]`, `{"id" "a"}`,
	`{"id":"a"}{}`, `{"id":"a","id":"b"}`, `{"\u0069d":"a"}`, `{"ID":"a"}`, `{"id":"\ud800"}`, `{"id":"\ud800\u0041"}`, `{"id":"\udc00\ud800"}`, `{"id":"😀"}`,
	`{"x":"\0"}`, `{"x":"\u12"}`, `{"ID":1}`, "{\"id\":\"\xff\"}", "{\"\xff\":1}", "{\"id\":\"a\x00\"}", "{\"id\":\"a\nb\"}", `{"id":nul}`, `{"id":nulll}`, `{"id":truefalse}`, `{"total_count":01}`, `{"total_count":-}`,
	`{"total_count":9223372036854775808}`, `{"total_count":1e1}`, `{"x":[[[[[[[[[[]]]]]]]]]]}`, `{"x":{"x":{"x":{"x":1,"x":2}}}}`, `{"x":[1 2]}`, `{"x":{"y"}}`, "\ufeff{}",
	`{"items":[{"id":"a","created":"2026-01-02T03:04:05.5Z"},{"id":"a","created":"2026-02-30T00:00:00Z"}]}`, `{"items":[{"id":"a\"b"},{"id":"a\"b"},{"id":"a"b"}]}`,
}

// Fuzz decodes any bytes as any of the answers. A document that the decoder accepts is valid
// for a strict JSON reader, and encoding/json decodes the same value after the oracle's
// conversion of lenient fields. The decoder accepts every document that both accept.
func Fuzz(f *testing.F, spec string, answers ...decode.Value) {
	known, o := map[string]bool{}, newOracle(f, spec, types(answers))
	for i, answer := range answers {
		of := reflect.TypeOf(answer).Elem()
		names(of, known)
		for seed := range 3 {
			f.Add(byte(i), newWriter(o, rand.New(rand.NewPCG(uint64(i), uint64(seed)))).document(of))
		}
		for _, body := range nasty {
			f.Add(byte(i), []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, which byte, body []byte) {
		o.compare(t, reflect.TypeOf(answers[int(which)%len(answers)]).Elem(), body, known)
	})
}

// compare decodes any bytes in three ways; see Fuzz.
func (o *oracle) compare(t *testing.T, of reflect.Type, body []byte, known map[string]bool) {
	t.Helper()
	std, got := reflect.New(of), reflect.New(of)
	rewritten, _ := o.rewritten(of, body)
	errStd := json.Unmarshal(rewritten, std.Interface())
	kept := bytes.Clone(body)
	err := decode.JSON(kept, got.Interface(), true)
	if err != nil {
		if errStd == nil && isContainer(body) && jsontext.Value(body).IsValid() {
			t.Errorf("decode alone returns an error: %v", err)
		}
		return
	}
	if !jsontext.Value(body).IsValid(jsontext.AllowDuplicateNames(true)) {
		t.Error("a strict reader refuses the document as JSON")
	}
	checkMemory(t, got, kept)
	if clear(kept); otherCase(body, known) {
		return
	}
	if errStd != nil {
		t.Errorf("encoding/json returns %v", errStd)
	}
	o.checkRaw(t, got, body)
	checkSame(t, "the value", std, got)
}

func isContainer(body []byte) bool {
	body = bytes.TrimLeft(body, " \t\r\n")
	return len(body) > 0 && (body[0] == '{' || body[0] == '[')
}

// names adds the names of a type's fields to known.
func names(of reflect.Type, known map[string]bool) {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		names(of.Elem(), known)
	case reflect.Struct:
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			known[name] = true
			names(of.Field(i).Type, known)
		}
	}
}

// otherCase reports whether a document has a known name in another case, which encoding/json
// alone accepts.
func otherCase(body []byte, known map[string]bool) bool {
	dec := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true))
	for {
		tok, err := dec.ReadToken()
		if err != nil {
			return false
		}
		if kind, n := dec.StackIndex(dec.StackDepth()); kind != '{' || n%2 == 0 || tok.Kind() != '"' {
			continue
		}
		for name := range known {
			if s := tok.String(); s != name && strings.EqualFold(s, name) {
				return true
			}
		}
	}
}
