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
// what it does not declare has to fail with memberships.ErrUnsupported and send nothing.
// A clause that makes no sense for a provider is named in [Harness.Exempt] with the
// reason, and its subtest is skipped with it; no clause is left out otherwise.
//
// Package providertest/memprovider passes every clause; its harness, in memory_test.go,
// is a short one to begin with.
package providertest
