// Package auth keeps people and programs signed in at the providers: it has the credentials
// of a sign-in, the stores that keep them, and token sources that refresh them. The packages
// below it sign in at one provider each; filestore and keyring are the stores.
//
// A Source plugs into [github.com/memberships-go/memberships/option.WithTokenSource]:
//
//	source := auth.NewSource(store, "webex/default", integration.Refresh)
//	client, err := webex.New(option.WithTokenSource(source))
//
// Several processes may share one store: one of them refreshes, and the others read what it
// stored.
package auth
