// Package providertest holds implementations of memberships.Provider to their contract,
// in this module and outside of it:
//
//	func TestProvider(t *testing.T) {
//		providertest.Run(t, providertest.Harness{InMemory: true, Open: func(t *testing.T) *providertest.World {
//			srv := newFakeService() // with the groups and people that World names
//			return &providertest.World{Provider: mine.New(srv.Client()), Small: ..., ...}
//		}})
//	}
//
// Every clause of the contract is a subtest with a [World] of its own; the table of
// clauses is in clauses.go. What a provider declares in its Capabilities has to work,
// what it does not declare has to fail with memberships.ErrUnsupported and send nothing,
// through a Client and without one. A clause that makes no sense for a provider is named
// in [Harness.Exempt] with the reason, and its subtest is skipped with it; no clause is
// left out otherwise.
//
// # Coverage
//
// A listing that ends without an error was whole, or its memberships.Coverage has a gap at
// the level hidden. The coverage clauses hold both sides: a group that is shown whole has
// no such gap, and one of which the service hides a part, by the tampering [Hidden], has
// one from every kind of listing. Nobody who may be in the hidden part is
// memberships.ErrNotMember, and no change of them succeeds. A provider whose service shows
// everything or fails exempts coverage/hidden alone; the other clauses do without the
// tampering then.
//
// # Goroutines
//
// The clauses concurrency/*, coverage/at-once and many/* send requests at once, in no
// order that a recording could hold. They find most under the race detector.
//
// Package providertest/memprovider passes every clause; its harness, in memory_test.go,
// is a short one to begin with.
package providertest
