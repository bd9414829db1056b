// Package providertest tests implementations of memberships.Provider against their
// contract, in this module and outside of it:
//
//	func TestProvider(t *testing.T) {
//		providertest.Run(t, providertest.Harness{InMemory: true, Open: func(t *testing.T) *providertest.Fixture {
//			srv := newFakeServer() // with the groups and people of Fixture
//			return &providertest.Fixture{Provider: mine.New(srv.Client()), Small: ..., ...}
//		}})
//	}
//
// Every clause of the contract is a subtest with a [Fixture] of its own; clauses.go lists
// the clauses. A declared capability must work, and an undeclared one must fail with
// memberships.ErrUnsupported and send nothing, with and without a Client. A clause that
// does not apply to a provider is named in [Harness.Exempt] with the reason, and its
// subtest is skipped; every other clause runs.
//
// # Coverage
//
// A listing that ends without an error is complete, or its memberships.Coverage has a gap
// at the level hidden. The coverage clauses test both sides: a complete group has no such
// gap, and a group with a part hidden by the tampering [Hidden] has one in every kind of
// listing. A member who may be in the hidden part is never memberships.ErrNotMember, and
// no change of that member succeeds. A provider that always shows everything or fails
// exempts coverage/hidden alone; the other clauses then run without the tampering.
//
// # Invitations
//
// The clauses invite/* add Nobody by e-mail address. A provider that declares
// Capabilities.Invites invites the address with memberships.WithInvite; its invitations are
// memberships that List, Get, Update and Remove know by the address. Every other provider
// ignores the option. The clauses revoke their invitations.
//
// # Goroutines
//
// The clauses concurrency/*, coverage/at-once and many/* send concurrent requests, which
// have no order that a recording could replay. Run the suite with -race, too.
//
// Package providertest/memprovider passes every clause; memory_test.go has a short
// harness to start from.
package providertest
