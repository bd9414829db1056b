package keyring

import (
	"context"

	"github.com/zalando/go-keyring"
)

// system is the keyring of the system.
type system struct{}

func (system) Get(service, user string) (string, error) { return keyring.Get(service, user) }
func (system) Set(service, user, password string) error { return keyring.Set(service, user, password) }
func (system) Delete(service, user string) error        { return keyring.Delete(service, user) }
func (system) Present(ctx context.Context) error        { return present(ctx) }
