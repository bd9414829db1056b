package providertest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
)

// Harness connects an author's provider to [Run].
type Harness struct {
	// Open returns a new fixture that shares no state with earlier ones. Run calls it
	// once for every clause, with the test of the clause.
	Open func(t *testing.T) *Fixture
	// InMemory reports whether the fixtures need neither a network nor another process.
	// Each clause then runs in testing/synctest: waiting takes no time, and a leaked
	// goroutine fails the test with its stack. Otherwise, disable the retries of the
	// provider, because some faults ask for a wait of seconds.
	InMemory bool
	// Native is a value with the type of the provider's own client, such as
	// (*webex.Client)(nil), or nil if the provider has none.
	Native any
	// Exempt maps the names of clauses that do not apply to the reasons.
	Exempt map[string]string
}

// Fixture is a provider with the seed data of the clauses: groups and people.
type Fixture struct {
	Provider memberships.Provider
	// Again returns another instance of the provider, as a later process would open it.
	// It shares no memory with Provider.
	Again func() memberships.Provider

	// Empty has no members. Small has two: Ada and Alan. Large has LargeSize members, Ada
	// and Alan among them, on at least three pages of the size that the provider was
	// opened with. Unknown does not exist and has a valid id. The provider shows Small
	// and Large completely, unless a clause tampers with them.
	Empty, Small, Large, Unknown memberships.Group
	LargeSize                    int

	// Ada has the highest role in Small and Large; she is the caller of a provider with a
	// caller. Alan is an ordinary member of both. Niklaus exists and is in no group.
	// Nobody exists under neither ID nor Email. Each has an ID and, if the provider finds
	// members by e-mail address, an Email.
	Ada, Alan, Niklaus, Nobody memberships.Member

	// OwnList reports whether the provider looks a member up in the member's own list of
	// memberships. Niklaus, whose list is complete, is then certainly not in Small,
	// whatever part of Small is hidden.
	OwnList bool

	// Requests returns the number of requests so far, failed ones included.
	Requests func() int
	// Inject makes all further requests fail; nil ends the fault.
	Inject func(*Fault)
	// Tamper has a function for each supported tampering, which changes all further
	// responses. A clause whose tampering is missing must be exempt.
	Tamper map[Tampering]func()
}

// Fault describes failing requests. A request that fails does not reach the provider's
// server.
type Fault struct {
	Kind FaultKind
	// After is the number of requests that succeed first.
	After int
	// RetryAfter is the requested wait of RateLimited.
	RetryAfter time.Duration
}

// FaultKind is a way for a request to fail.
type FaultKind string

// The faults. A provider without HTTP uses the closest equivalent.
const (
	Unauthenticated  FaultKind = "unauthenticated"   // status 401
	PermissionDenied FaultKind = "permission denied" // status 403
	NotFound         FaultKind = "not found"         // status 404 without the provider's own error body
	Conflict         FaultKind = "conflict"          // status 409
	RateLimited      FaultKind = "rate limited"      // status 429 with Retry-After
	Unavailable      FaultKind = "unavailable"       // status 503
	HTML             FaultKind = "HTML"              // status 200 with a web page, as from a proxy
	Cut              FaultKind = "cut"               // status 200 and half of a JSON body, then the connection breaks
	Hang             FaultKind = "hang"              // no answer before the request's context is done
)

// Tampering is a change to the responses of the provider's server.
type Tampering string

// The tamperings.
const (
	// EmptyPage inserts an empty page between the first and the second page of Large.
	EmptyPage Tampering = "empty page"
	// RepeatedToken makes the second page of Large return its own token as the next one.
	RepeatedToken Tampering = "repeated token"
	// UnknownRole gives Alan a role in Small that is unknown to every release.
	UnknownRole Tampering = "unknown role"
	// UnknownState gives Alan's membership of Small a state that is unknown to every
	// release.
	UnknownState Tampering = "unknown state"
	// Invitation invites Niklaus to Small.
	Invitation Tampering = "invitation"
	// Hidden hides Alan in Small in a way that the provider can detect: a total that
	// counts him, an entry without a name, or the provider's own behaviour for restricted
	// callers. Large stays complete, and Niklaus stays in no group.
	Hidden Tampering = "hidden member"
	// SharedEmail gives another account the e-mail address of Niklaus.
	SharedEmail Tampering = "shared e-mail address"
)

// hostile lists ids that could name another endpoint or break a log line.
var hostile = []string{
	"", ".", "..", "a\x00b", "a\nb", "a\r\nHost: x", "\x7f", "a\u0085b", "a\u2028b", "a\xffb",
	"a\u2029b", "a\tb", "\x1b[2J", "a\u009bb", "\xc0\xae\xc0\xae", "a\xed\xa0\x80b",
	"../x", "x/..", "..%2f..", "..%2F", "%2e%2e/", "%2e%2e", "..;/", `..\..`, "%252e%252e%252fx", "%c0%ae%c0%ae/", "x/./y",
	strings.Repeat("x", 8<<10+1),
}

// odd lists unusual ids that are valid.
var odd = []string{
	"a/b", "a?b=c", "a#b", "a%2Fb", "a b", "a+b", "a;b", "a:b", "a@b.example", "ä", "%", "~x",
	"a..b", "a&b=c", "a,b", `a" || "x" != "`, "//evil.example.net", "a%00b", "\u202ea", "...",
}

// HostileIDs returns ids that could name another endpoint or break a log line, the empty
// one first. A provider rejects them with memberships.ErrInvalidArgument and sends no
// request.
func HostileIDs() []string { return slices.Clone(hostile) }

// OddIDs returns unusual ids that are valid. A provider sends them unchanged.
func OddIDs() []string { return slices.Clone(odd) }
