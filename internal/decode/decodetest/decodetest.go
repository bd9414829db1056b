// Package decodetest holds generated decoders against encoding/json.
package decodetest

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/decode"
)

// documents is how many random documents each answer is tried with.
const documents = 300

// Test reads random documents for every answer, with the decoder and with encoding/json.
// Both fail, or both give the same value. It breaks some of the documents, and then does
// as Fuzz does.
func Test(t *testing.T, answers ...decode.Value) {
	known := map[string]bool{}
	for i, answer := range answers {
		of := reflect.TypeOf(answer).Elem()
		names(of, known)
		t.Run(of.Name(), func(t *testing.T) {
			n := documents
			if testing.Short() {
				n /= 10
			}
			good := 0
			for seed := range n {
				w := newWriter(rand.New(rand.NewPCG(uint64(i), uint64(seed))))
				body := w.document(of)
				if check(t, of, body) {
					good++
				}
				for range 4 {
					if t.Failed() {
						t.Fatalf("seed %d: %.2000s", seed, body)
					}
					body = w.broken(body)
					compare(t, of, body, known)
				}
			}
			if good < n/3 || good == n {
				t.Errorf("%d of %d documents were good, which shows little", good, n)
			}
		})
	}
}

// check reads body both ways, and reports whether it is good.
func check(t *testing.T, of reflect.Type, body []byte) bool {
	t.Helper()
	want := reflect.New(of)
	errWant := json.Unmarshal(body, want.Interface())
	kept := bytes.Clone(body)
	got := reflect.New(of)
	err := decode.JSON(kept, got.Interface(), false)
	if (err == nil) != (errWant == nil) {
		t.Errorf("we say %v, and encoding/json %v", err, errWant)
		return false
	}
	if err != nil {
		return false
	}
	checkMemory(t, got, kept)
	for i := range kept {
		kept[i] = '#'
	}
	checkSame(t, "the value", want, got)

	raw := reflect.New(of)
	if err := decode.JSON(body, raw.Interface(), true); err != nil {
		t.Errorf("with raw values: %v", err)
	}
	checkMemory(t, raw, body)
	checkRaw(t, raw, body)
	checkSame(t, "the value beside raw ones", want, raw)
	return true
}

// checkSame compares two values. Times are the same if they are written the same way.
func checkSame(t *testing.T, what string, want, got reflect.Value) {
	t.Helper()
	if reflect.DeepEqual(want.Interface(), got.Interface()) {
		return
	}
	times := cmp.Comparer(func(a, b time.Time) bool {
		return a.Equal(b) && a.Format(time.RFC3339Nano) == b.Format(time.RFC3339Nano)
	})
	if diff := cmp.Diff(want.Interface(), got.Interface(), times); diff != "" {
		t.Errorf("%s differs (-encoding/json +ours)\n%s", what, diff)
	}
}

// checkRaw holds every RawJSON to what encoding/json makes of it, and takes it away.
func checkRaw(t *testing.T, v reflect.Value, body []byte) {
	t.Helper()
	type kept struct {
		value reflect.Value
		raw   []byte
	}
	var all []kept
	walk(v, func(v reflect.Value) {
		if v.Kind() == reflect.Struct && v.FieldByName("RawJSON").IsValid() {
			all = append(all, kept{v, v.FieldByName("RawJSON").Bytes()})
			v.FieldByName("RawJSON").SetZero()
		}
	})
	for _, k := range all {
		if k.raw == nil {
			if !k.value.IsZero() {
				t.Errorf("there is no raw value of %+v", k.value)
			}
			continue
		}
		want := reflect.New(k.value.Type())
		if err := json.Unmarshal(k.raw, want.Interface()); err != nil || !bytes.Contains(body, k.raw) {
			t.Errorf("the raw value %s: %v, or it is not in the document", k.raw, err)
		}
		checkSame(t, "the raw value", want, k.value.Addr())
	}
}
