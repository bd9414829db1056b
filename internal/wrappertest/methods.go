package wrappertest

import (
	"context"
	"iter"
	"reflect"
	"testing"
)

// method is a method of a client or of one of its resources.
type method struct {
	name string // "Memberships.List"
	fn   reflect.Value
}

// methods returns the methods with a context of the client and of the resources in its
// exported fields.
func methods(t *testing.T, client any) []method {
	t.Helper()
	var all []method
	v := reflect.ValueOf(client)
	all = append(all, own("", client)...)
	for i := range v.Elem().NumField() {
		if f := v.Elem().Type().Field(i); f.IsExported() {
			all = append(all, own(f.Name+".", v.Elem().Field(i).Interface())...)
		}
	}
	if len(all) < 5 {
		t.Fatalf("%T has %d methods that take a context", client, len(all))
	}
	return all
}

var contextType = reflect.TypeFor[context.Context]()

func takesContext(fn reflect.Type) bool { return fn.NumIn() > 0 && fn.In(0) == contextType }

// call calls a method with ctx, which may be nil, id for every string, and zero values
// otherwise.
func (m method) call(ctx context.Context, id string) []reflect.Value {
	first := reflect.New(contextType).Elem()
	if ctx != nil {
		first.Set(reflect.ValueOf(ctx))
	}
	in := []reflect.Value{first}
	n := m.fn.Type().NumIn()
	if m.fn.Type().IsVariadic() {
		n--
	}
	for i := 1; i < n; i++ {
		arg := reflect.New(m.fn.Type().In(i)).Elem()
		fill(arg, id)
		in = append(in, arg)
	}
	return m.fn.Call(in)
}

// fill sets the strings of an argument to id.
func fill(v reflect.Value, id string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(id)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() && v.Field(i).Kind() == reflect.String {
				v.Field(i).SetString(id)
			}
		}
	}
}

// lists reports whether the method returns a sequence.
func (m method) lists() bool { return isSequence(m.fn.Type().Out(0)) }

func isSequence(t reflect.Type) bool {
	return t.Kind() == reflect.Func && t.NumIn() == 1 && t.NumOut() == 0 &&
		t.In(0).Kind() == reflect.Func && t.In(0).NumIn() == 2 && t.In(0).In(1) == errorType
}

// sequence returns a result as an iter.Seq2, if it is one.
func sequence(v reflect.Value) (iter.Seq2[any, error], bool) {
	if !isSequence(v.Type()) {
		return nil, false
	}
	y := v.Type().In(0)
	return func(yield func(any, error) bool) {
		v.Call([]reflect.Value{reflect.MakeFunc(y, func(in []reflect.Value) []reflect.Value {
			err, _ := in[1].Interface().(error)
			return []reflect.Value{reflect.ValueOf(yield(in[0].Interface(), err))}
		})})
	}, true
}

var errorType = reflect.TypeFor[error]()
