package decodetest

import (
	"cmp"
	"reflect"
	"slices"
	"testing"
	"unsafe"
)

// walk visits v and every value in it, containers first. Every value outside of maps can be
// set.
func walk(v reflect.Value, visit func(reflect.Value)) {
	visit(v)
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), visit)
		}
	case reflect.Struct:
		if v.Type().PkgPath() == "time" {
			return
		}
		for i := range v.NumField() {
			walk(v.Field(i), visit)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			walk(v.Index(i), visit)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			walk(it.Key(), visit)
			walk(it.Value(), visit)
		}
	}
}

// region is memory that a caller can write to.
type region struct {
	from, to uintptr
	what     reflect.Value
}

// checkMemory fails if v shares memory with the body, or two parts of v share memory. Strings
// in v may share memory, as they are immutable.
func checkMemory(t *testing.T, v reflect.Value, body []byte) {
	t.Helper()
	at := reflect.ValueOf(body).Pointer()
	own := region{at, at + uintptr(cap(body)), reflect.ValueOf("the body")}
	regions := []region{own}
	walk(v, func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			s := v.String()
			at := uintptr(unsafe.Pointer(unsafe.StringData(s))) //nolint:gosec // the address is compared and never used
			if len(s) > 0 && own.from <= at && at < own.to {
				t.Errorf("%q is a part of the body", s)
			}
		case reflect.Slice:
			if v.Cap() > 0 {
				regions = append(regions, region{v.Pointer(), v.Pointer() + uintptr(v.Cap())*v.Type().Elem().Size(), v})
			}
		case reflect.Pointer:
			if !v.IsNil() {
				regions = append(regions, region{v.Pointer(), v.Pointer() + v.Type().Elem().Size(), v.Elem()})
			}
		case reflect.Map:
			if !v.IsNil() {
				regions = append(regions, region{v.Pointer(), v.Pointer() + 1, v})
			}
		}
	})
	slices.SortFunc(regions, func(a, b region) int { return cmp.Compare(a.from, b.from) })
	for i, r := range regions[1:] {
		if before := regions[i]; r.from < before.to {
			t.Errorf("these share memory:\n%v\n%v", before.what, r.what)
		}
	}
}
