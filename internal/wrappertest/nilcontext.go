package wrappertest

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
)

// nilContext calls every method of the client, of its services, of its Provider and of the
// portable client with no context. It is an invalid argument that names it, nothing is
// sent, and a sequence yields that and nothing else.
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
		// Every text is a good id, so that nothing else is wrong with the arguments.
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
	if len(a.seen) > 0 || lists == 0 {
		t.Errorf("%d requests were sent, %d sequences were looked at", len(a.seen), lists)
	}
}

// own are the methods of v alone.
func own(prefix string, v any) (all []method) {
	value := reflect.ValueOf(v)
	for i := range value.NumMethod() {
		if fn := value.Method(i); takesContext(fn.Type()) {
			all = append(all, method{prefix + value.Type().Method(i).Name, fn})
		}
	}
	return all
}
