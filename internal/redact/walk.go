package redact

import (
	"crypto/x509"
	"io"
	"reflect"
	"strings"
	"time"
)

// maxValues is the largest number of values of an error that walk visits.
const maxValues = 4096

// walk searches a value for credentials, unexported fields included: printing or comparing
// an error shows them.
type walk struct {
	shows func(string) bool
	seen  map[walked]bool
	count int
}

type walked struct {
	at uintptr
	t  reflect.Type
}

// value reports whether v holds a credential, or a value that cannot be searched.
func (w *walk) value(v any) bool {
	w.seen = map[walked]bool{}
	return w.look(reflect.ValueOf(v))
}

var (
	readers      = reflect.TypeFor[io.Reader]()
	closers      = reflect.TypeFor[io.Closer]()
	times        = reflect.TypeFor[time.Time]()
	certificates = reflect.TypeFor[*x509.Certificate]()
)

// live reports whether values of a type may change during the search: connections and types
// with locks.
func live(t reflect.Type) bool {
	if t.Kind() != reflect.Interface && (t.Implements(readers) || t.Implements(closers)) {
		return true
	}
	path := t.PkgPath()
	if path == "sync" || strings.HasPrefix(path, "sync/") {
		return true
	}
	if t.Kind() == reflect.Struct {
		for i := range t.NumField() {
			if f := t.Field(i).Type; f.Kind() != reflect.Pointer && f.PkgPath() != "" && strings.HasPrefix(f.PkgPath(), "sync") {
				return true
			}
		}
	}
	return false
}

func (w *walk) look(v reflect.Value) bool {
	if !v.IsValid() || v.Type() == times {
		return false
	}
	if w.count++; w.count > maxValues {
		return true
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		if v.IsNil() {
			return false
		}
	}
	if live(v.Type()) {
		return true
	}
	switch v.Kind() {
	case reflect.String:
		return w.shows(v.String())
	case reflect.Pointer:
		at := walked{v.Pointer(), v.Type()}
		if w.seen[at] {
			return false
		}
		w.seen[at] = true
		if v.Type() == certificates { // Raw holds all fields
			return w.look(v.Elem().FieldByName("Raw"))
		}
		return w.look(v.Elem())
	case reflect.Interface:
		return w.look(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if w.look(v.Field(i)) {
				return true
			}
		}
	case reflect.Slice, reflect.Array:
		return w.list(v)
	case reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	}
	return false
}

func (w *walk) list(v reflect.Value) bool {
	switch v.Type().Elem().Kind() {
	case reflect.Uint8:
		b := make([]byte, v.Len())
		for i := range b {
			b[i] = byte(v.Index(i).Uint())
		}
		return w.shows(string(b))
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.Float32, reflect.Float64:
		return false
	}
	for i := range v.Len() {
		if w.look(v.Index(i)) {
			return true
		}
	}
	return false
}
