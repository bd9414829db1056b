package emulator_test

import (
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
)

// Options open every provider, over the network and in memory. A token behind them replaces
// the made-up one.
func TestOptions(t *testing.T) {
	srv := emulator.NewServer()
	defer srv.Close()
	e := create(t)
	strict := create(t, emulator.WithState("s.yaml", []byte("people: [{name: A, email: a@b.c}]\ngroups: [{name: G}]\ncredentials: {webex: [{token: good}]}\n")))
	list := func(name string, opts []option.Option) (int, error) {
		p, err := providers.Open(name, opts...)
		if err != nil {
			return 0, err
		}
		n := 0
		for _, err := range memberships.New(p).Groups(t.Context()) {
			if err != nil {
				return n, err
			}
			n++
		}
		return n, nil
	}
	for _, name := range providers.Names() {
		for where, opts := range map[string][]option.Option{"server": srv.Options(name), "memory": e.Options(name)} {
			if n, err := list(name, opts); n == 0 || err != nil {
				t.Errorf("%s, %s: %d groups, %v", name, where, n, err)
			}
		}
	}
	if len(srv.Requests()) < len(providers.Names()) {
		t.Errorf("%d requests", len(srv.Requests()))
	}
	if _, err := list("webex", append(strict.Options("webex"), option.WithAttempts(1))); err == nil {
		t.Error("the made-up token is valid")
	}
	if _, err := list("webex", append(strict.Options("webex"), option.WithToken("good"))); err != nil {
		t.Error(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown provider has options")
		}
	}()
	e.Options("slack")
}
