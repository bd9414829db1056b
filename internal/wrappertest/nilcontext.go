package wrappertest

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
)

// nilContext calls every method of the client, its resources, its Provider and the
// portable client with a nil context. Each must fail with ErrInvalidArgument, name the
// context and send nothing.
func (s Suite[C]) nilContext(t *testing.T) {
	a := &answer{status: 200, body: "{}"}
	client := s.client(t, a)
	all := methods(t, client)
	if c, ok := any(client).(interface{ Provider() memberships.Provider }); ok {
		p := c.Provider()
		all = append(all, own("Provider.", p)...)
		all = append(all, own("memberships.Client.", memberships.New(p))...)
	}
	lists := 0
	for _, m := range all {
		// All other arguments are valid.
		out := m.call(nil, s.ID) //nolint:staticcheck // it is what is tested
		err, _ := out[len(out)-1].Interface().(error)
		if seq, ok := sequence(out[0]); ok {
			lists++
			yields := 0
			for _, e := range seq {
				err = e
				yields++
			}
			if yields != 1 {
				t.Errorf("%s: %d yields, want the error alone", m.name, yields)
			}
		}
		var e *memberships.Error
		if !errors.As(err, &e) || e.Kind != memberships.ErrInvalidArgument || !strings.Contains(err.Error(), "context is nil") {
			t.Errorf("%s: got %v, want an invalid argument that names the context", m.name, err)
		}
	}
	if len(a.requests) > 0 || lists == 0 {
		t.Errorf("%d requests were sent, %d sequences were checked", len(a.requests), lists)
	}
}

// own returns the methods of v itself.
func own(prefix string, v any) (all []method) {
	value := reflect.ValueOf(v)
	for i := range value.NumMethod() {
		if fn := value.Method(i); takesContext(fn.Type()) {
			all = append(all, method{prefix + value.Type().Method(i).Name, fn})
		}
	}
	return all
}
