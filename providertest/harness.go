package providertest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
)

// Harness is what the author of a provider gives to [Run].
type Harness struct {
	// Open makes a new world: nothing that was done in another one is seen in it. It is
	// called once for every clause, with the test that the world is for.
	Open func(t *testing.T) *World
	// InMemory says that no world needs the network or another process. Each clause runs
	// in a bubble of testing/synctest then: waiting takes no time, and a goroutine that
	// is left behind ends the test with its stack. Elsewhere, open providers that do not
	// repeat what has failed: some faults ask to wait for seconds.
	InMemory bool
	// Native is a value of the type of the provider's own client, such as
	// (*webex.Client)(nil). It is nil if the provider has none.
	Native any
	// Exempt says of clauses why they make no sense for the provider.
	Exempt map[string]string
}

// World is a service with the groups and people that the clauses work on, and a
// provider that is connected to it.
type World struct {
	Provider memberships.Provider
	// Again returns another instance of the provider, as a process would have that starts
	// later. It shares nothing in memory with Provider.
	Again func() memberships.Provider

	// Empty has no members. Small has two: Ada and Alan. Large has LargeSize members, Ada
	// and Alan among them, on three pages or more of the size that the provider was opened
	// with. Unknown does not exist, though its id could be one.
	Empty, Small, Large, Unknown memberships.Group
	LargeSize                    int

	// The provider shows Small and Large whole, unless a clause tampers with them.
	//
	// Ada has the highest role in Small and Large; where a provider acts as somebody, it
	// acts as her. Alan is an ordinary member of both. Niklaus exists and is in no group.
	// Nobody does not exist, neither by ID nor by Email. All have an ID and, if the provider finds members by it, an
	// Email.
	Ada, Alan, Niklaus, Nobody memberships.Member

	// OwnList says that the provider finds out who is in a group by the member's own list of
	// memberships. Niklaus, whose list is whole, is certainly not in Small then, whatever of
	// Small is hidden.
	OwnList bool

	// Requests is how many requests were sent so far, also those that failed.
	Requests func() int
	// Inject makes requests fail from now on; nil ends it.
	Inject func(*Fault)
	// Tamper changes what the service answers from now on. A clause whose tampering is
	// not there has to be exempt.
	Tamper map[Tampering]func()
}

// Fault is how requests fail. Nothing of a request that fails reaches the service.
type Fault struct {
	Kind FaultKind
	// After is how many requests pass first.
	After int
	// RetryAfter is what the answer asks to wait, if it is RateLimited.
	RetryAfter time.Duration
}

// FaultKind is a way in which a request fails.
type FaultKind string

// The faults. Those that are not about HTTP mean what comes nearest.
const (
	Unauthenticated  FaultKind = "unauthenticated"   // status 401
	PermissionDenied FaultKind = "permission denied" // status 403
	NotFound         FaultKind = "not found"         // status 404 without the service's own words
	Conflict         FaultKind = "conflict"          // status 409
	RateLimited      FaultKind = "rate limited"      // status 429 with Retry-After
	Unavailable      FaultKind = "unavailable"       // status 503
	HTML             FaultKind = "HTML"              // status 200 with a web page, as from a proxy
	Cut              FaultKind = "cut"               // status 200 and half of a JSON body, then the connection breaks
	Hang             FaultKind = "hang"              // no answer before the request's context is done
)

// Tampering is a change to what the service answers.
type Tampering string

// The tamperings.
const (
	// EmptyPage puts a page without items between the first and the second page of Large.
	EmptyPage Tampering = "empty page"
	// RepeatedToken makes the second page of Large name itself as the next one.
	RepeatedToken Tampering = "repeated token"
	// UnknownRole gives Alan a role in Small that no release knows.
	UnknownRole Tampering = "unknown role"
	// UnknownState puts Alan's membership of Small into a state that no release knows.
	UnknownState Tampering = "unknown state"
	// Invitation invites Niklaus to Small.
	Invitation Tampering = "invitation"
	// Hidden makes the service show Small without Alan, and in such a way that the provider
	// can see that something is not shown: a total that counts him, an entry without a name,
	// whatever the service does to callers who may see only a part. Large stays whole, and
	// Niklaus is still in no group.
	Hidden Tampering = "hidden member"
	// SharedEmail gives somebody else the e-mail address of Niklaus, too.
	SharedEmail Tampering = "shared e-mail address"
)

// hostile ids could name another endpoint or break a log line.
var hostile = []string{
	"", ".", "..", "a\x00b", "a\nb", "a\r\nHost: x", "\x7f", "a\u0085b", "a\u2028b", "a\xffb",
	"a\u2029b", "a\tb", "\x1b[2J", "a\u009bb", "\xc0\xae\xc0\xae", "a\xed\xa0\x80b",
	"../x", "x/..", "..%2f..", "..%2F", "%2e%2e/", "%2e%2e", "..;/", `..\..`, "%252e%252e%252fx", "%c0%ae%c0%ae/", "x/./y",
	strings.Repeat("x", 8<<10+1),
}

// odd ids look bad but could be ids.
var odd = []string{
	"a/b", "a?b=c", "a#b", "a%2Fb", "a b", "a+b", "a;b", "a:b", "a@b.example", "ä", "%", "~x",
	"a..b", "a&b=c", "a,b", `a" || "x" != "`, "//evil.example.net", "a%00b", "\u202ea", "...",
}

// HostileIDs are ids that could name another endpoint or break a log line, the empty one
// first. They are memberships.ErrInvalidArgument, and no request is sent.
func HostileIDs() []string { return slices.Clone(hostile) }

// OddIDs look bad but could be ids. They have to arrive as they are.
func OddIDs() []string { return slices.Clone(odd) }
