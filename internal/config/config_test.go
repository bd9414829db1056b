package config

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type key struct{}

// A change of a clone leaves the original unchanged: the options of one call end with
// that call.
func TestClone(t *testing.T) {
	client := &Config{PageSize: 7, Header: http.Header{"X-Trace": {"client"}}, Hooks: make([]Hook, 1)}
	client.Set(key{}, "client")

	call := client.Clone()
	call.PageSize = 9
	call.Header.Set("X-Trace", "call")
	call.Set(key{}, "call")
	call.Hooks[0].After = func(context.Context, Attempt) {}

	if client.PageSize != 7 || client.Header.Get("X-Trace") != "client" || client.Values[key{}] != "client" || client.Hooks[0].After != nil {
		t.Errorf("the client has the settings of the call: %+v", client)
	}
	if call.PageSize != 9 || call.Header.Get("X-Trace") != "call" || call.Values[key{}] != "call" {
		t.Errorf("the call lacks its settings: %+v", call)
	}
}

// Set keeps the earlier values of other keys.
func TestSet(t *testing.T) {
	var c Config
	c.Set("a", 1)
	c.Set("b", 2)
	c.Set("a", 3)
	if diff := cmp.Diff(map[any]any{"a": 3, "b": 2}, c.Values); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
