// Package decodetest compares generated decoders with encoding/json, and their lenient
// fields with an oracle of its own.
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
	"github.com/memberships-go/memberships/internal/deeptest"
)

// documents is the number of random documents for each answer.
const documents = 300

// Test decodes random documents for every answer with the decoder, and after the oracle's
// rewriting with encoding/json. Both must fail, or both return the same value. It also breaks
// documents and checks them as Fuzz does. The OpenAPI document spec marks the strict fields.
func Test(t *testing.T, spec string, answers ...decode.Value) {
	known, o := map[string]bool{}, newOracle(t, spec, types(answers))
	for i, answer := range answers {
		of := reflect.TypeOf(answer).Elem()
		names(of, known)
		t.Run(of.Name(), func(t *testing.T) {
			n := deeptest.Count(documents/4, documents)
			if testing.Short() {
				n = documents / 10
			}
			good, lossy := 0, 0
			// A type with few strict fields needs more documents until one is bad.
			for seed := 0; seed < n || seed < 20*n && good == seed && o.holds(of); seed++ {
				w := newWriter(o, rand.New(rand.NewPCG(uint64(i), uint64(seed))))
				body := w.document(of)
				ok, lost := o.check(t, of, body)
				if ok {
					good++
				}
				if ok && lost > 0 {
					lossy++
				}
				for range 4 {
					if t.Failed() {
						t.Fatalf("seed %d: %.2000s", seed, body)
					}
					body = w.broken(body)
					o.compare(t, of, body, known)
				}
			}
			if good < n/3 || good == 20*n && o.holds(of) {
				t.Errorf("%d of %d documents were good, which proves little", good, n)
			}
			if lossy == 0 && o.hasLenient(of) {
				t.Error("no good document had a value that was left out")
			}
		})
	}
}

// types returns the types of the answers, without pointers.
func types(answers []decode.Value) []reflect.Type {
	all := make([]reflect.Type, len(answers))
	for i, answer := range answers {
		all[i] = reflect.TypeOf(answer).Elem()
	}
	return all
}

// check decodes body both ways. It reports whether body is good, and returns the number of
// values left out.
func (o *oracle) check(t *testing.T, of reflect.Type, body []byte) (good bool, lost int) {
	t.Helper()
	want := reflect.New(of)
	rewritten, lost := o.rewritten(of, body)
	errWant := json.Unmarshal(rewritten, want.Interface())
	kept := bytes.Clone(body)
	got := reflect.New(of)
	err := decode.JSON(kept, got.Interface(), false)
	if (err == nil) != (errWant == nil) {
		t.Errorf("decode returns %v, encoding/json %v", err, errWant)
		return false, lost
	}
	if err != nil {
		return false, lost
	}
	checkMemory(t, got, kept)
	for i := range kept {
		kept[i] = '#'
	}
	few := takeRaw(got)
	checkSame(t, "the value", want, got)

	raw := reflect.New(of)
	if err := decode.JSON(body, raw.Interface(), true); err != nil {
		t.Errorf("with raw values: %v", err)
	}
	checkMemory(t, raw, body)
	all := o.checkRaw(t, raw, body)
	checkSame(t, "the value beside raw ones", want, raw)
	o.checkLeft(t, few, all)
	return true, lost
}

// checkSame compares two values. Equal times are equal instants in the same format.
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

// kept is a value with its RawJSON.
type kept struct {
	value reflect.Value
	raw   []byte
}

// takeRaw returns every RawJSON in v, and clears it.
func takeRaw(v reflect.Value) (all []kept) {
	walk(v, func(v reflect.Value) {
		if v.Kind() == reflect.Struct && v.FieldByName("RawJSON").IsValid() {
			all = append(all, kept{v, v.FieldByName("RawJSON").Bytes()})
			v.FieldByName("RawJSON").SetZero()
		}
	})
	return all
}

// checkRaw compares every value with its RawJSON, decoded by encoding/json. It clears the
// RawJSON fields.
func (o *oracle) checkRaw(t *testing.T, v reflect.Value, body []byte) []kept {
	t.Helper()
	all := takeRaw(v)
	for _, k := range all {
		if k.raw == nil {
			if !k.value.IsZero() {
				t.Errorf("there is no raw value of %+v", k.value)
			}
			continue
		}
		want := reflect.New(k.value.Type())
		rewritten, _ := o.rewritten(k.value.Type(), k.raw)
		if err := json.Unmarshal(rewritten, want.Interface()); err != nil || !bytes.Contains(body, k.raw) {
			t.Errorf("the raw value %s: %v, or it is not in the document", k.raw, err)
		}
		checkSame(t, "the raw value", want, k.value.Addr())
	}
	return all
}

// checkLeft compares the raw values kept without and with keepRaw. Without it, there is one
// around every value left out, and no other.
func (o *oracle) checkLeft(t *testing.T, few, all []kept) {
	t.Helper()
	if len(few) != len(all) {
		t.Errorf("%d values can have a raw one, and %d if they are asked for", len(few), len(all))
		return
	}
	for i, k := range all {
		lost := 0
		if k.raw != nil {
			_, lost = o.rewritten(k.value.Type(), k.raw)
		}
		if lost == 0 && few[i].raw != nil || lost > 0 && !bytes.Equal(few[i].raw, k.raw) {
			t.Errorf("%d values were left out of %s, and kept is %q", lost, k.raw, few[i].raw)
		}
	}
}
