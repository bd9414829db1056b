package memberships

import (
	"context"
	"iter"
	"slices"
	"time"
)

// Provider is the portable interface that wrappers implement. [New] makes a [Client] of a
// Provider; the Client checks arguments, so a Provider need not. Package providertest
// tests an implementation against this contract.
//
// Every implementation embeds [Unsupported], and meets these rules:
//
//   - All methods are safe for concurrent use. Every error is an *Error whose Provider is Name.
//   - A method ends when ctx is done. A context that is nil, or done before the first request,
//     fails as in [CheckContext].
//   - An operation that Capabilities does not declare fails with ErrUnsupported and sends
//     nothing.
//   - Options of other providers are errors that name the provider. Options of package option
//     are accepted.
//   - A page token is valid for its listing only; another listing returns ErrInvalidArgument.
//     [SealToken] and [OpenToken] with [Query.Listing] implement that.
//   - Ids from the provider's responses pass [CheckID] before they enter a path. The Client has
//     checked the ids, addresses and roles of callers.
//   - Sequences are lazy, start afresh with every range, allow concurrent ranges, and yield at
//     most one error, last.
//   - A part that a listing could not read is a [Gap] of its [Summary] or [Page], or the listing
//     ends with an error.
type Provider interface {
	// Name returns the provider's name, such as "webex", the same for every instance.
	Name() string
	// Capabilities returns the provider's operations, kinds, roles and limits. Its slices
	// and maps are copies.
	Capabilities() Capabilities
	// List yields the members of q.Group or the memberships of q.Member, and with neither
	// the members of all groups if Capabilities.ListsAll. It ignores q.Role. A range fills summary, which may be nil, from its own goroutine: the total
	// as soon as it is known, every gap before the range ends without an error.
	List(ctx context.Context, q Query, summary *Summary) iter.Seq2[Membership, error]
	// ListPage returns one page of the items of List, with the gaps of the page. A page
	// may be empty before the last one; only the last page has no Next.
	ListPage(ctx context.Context, q Query, r PageRequest) (*Page[Membership], error)
	// Groups yields the groups that are visible to the credential.
	Groups(ctx context.Context, q Query, summary *Summary) iter.Seq2[Group, error]
	// Get returns one membership. ErrNotMember means that the whole group was read
	// without the member, ErrUndetermined that a hidden part may hold it. Any other
	// ErrNotFound leaves open which resource is missing.
	Get(ctx context.Context, ref Ref, opts ...Option) (Membership, error)
	// Resolve looks members up by e-mail address and returns one resolution for each, in
	// the same order. The error is for lookups that failed as a whole.
	Resolve(ctx context.Context, members []Member, opts ...Option) ([]Resolution, error)
	// Apply makes changes and yields one result for each, in their order. A failed change
	// does not stop the rest: a provider that sends several changes in one request splits
	// a refused request. After a break, a change without a yielded result may have been
	// made. The Client passes one change at a time, and with Capabilities.ChangeBatch up
	// to so many of one group and operation, each of another member.
	Apply(ctx context.Context, changes []Change, opts ...Option) iter.Seq2[Result, error]
	// Watch yields the events after a position in the provider's order until ctx is done.
	// The first one is an EventPosition, as soon as the stream stands: a listing that begins
	// after it shows every change before it. An EventPosition also follows when the stream
	// has moved on without an event. Watch repeats requests that fail for a while, such as
	// with ErrUnavailable. A position that the provider no longer serves is
	// ErrEventsMissed, and one of another stream ErrInvalidArgument.
	Watch(ctx context.Context, from Position, opts ...Option) iter.Seq2[Event, error]
	// Diagnose reports which operations the credential permits, and changes nothing. The
	// error is for a diagnosis that failed as a whole.
	Diagnose(ctx context.Context, opts ...Option) (Diagnosis, error)
	// Caller returns the member that the credential authenticates: its ID, Email or both,
	// as far as the provider returns them.
	Caller(ctx context.Context, opts ...Option) (Member, error)
	// MemberSet returns the group that stands for the members of g: two groups with an equal
	// result always have the same members. It sends nothing, and returns g if no other group
	// shares its members.
	MemberSet(g Group) Group
	// Native returns the provider's own client, such as a *webex.Client, or nil.
	Native() any
	embedsUnsupported()
}

// Query selects the memberships that a Provider lists.
type Query struct {
	Group  Group
	Member Member
	// Role and State filter the listing for the caller; "" keeps all. The Client drops other
	// rows itself. A Provider may leave out a request whose rows all have another State.
	Role  Role
	State State
	Opts  []Option
}

// Op returns OpListByMember for a query with a member and no group, else OpList.
func (q Query) Op() Operation {
	if q.Group.ID == "" && q.Member != (Member{}) {
		return OpListByMember
	}
	return OpList
}

// Filter selects memberships: those of Group, those of Member, or with both the single
// membership of Member in Group. Role keeps one role of the listing and State one state, such
// as StateInvited for pending invitations; Total may count the others too.
type Filter struct {
	Group  Group
	Member Member
	Role   Role
	State  State
}

// PageRequest selects a page: the first one if Token is empty. Size is the number of
// items per page, 0 for the provider's maximum; a token is valid with any size.
type PageRequest struct {
	Token string
	Size  int
}

// Ref identifies one membership: by its ID where the provider has ids, or by group and
// member. Group.Kind applies in both forms. With both, a provider uses either.
type Ref struct {
	ID     string
	Group  Group
	Member Member
}

// Resolution is the result of a lookup by e-mail address.
type Resolution struct {
	// Member has the ID, and the Email in the provider's spelling.
	Member Member
	// How names the lookup that found the member, such as "GET /users?email_address".
	How string
	// Err is set if Member is not: ErrNoSuchMember if a successful search found no
	// account with the address, ErrAmbiguous if it found several.
	Err error
}

// Diagnosis lists the permissions of a credential.
type Diagnosis struct {
	// Identity describes the account or app of the credential, in the provider's terms.
	Identity string
	Findings []Finding
}

// Finding is the verdict on one operation.
type Finding struct {
	Operation Operation
	Verdict   Verdict
	// Detail is the evidence: the request that was tried, or the provider's response.
	Detail string
	// Grant names the missing permission of a denied operation: a scope, a role or a
	// setting, in the provider's terms.
	Grant string
	// Scopes are the OAuth scopes of Grant, in the provider's spelling. All of them are
	// required. It is empty for a grant without scopes.
	Scopes []string
	// Where is the place to grant it: a path in the provider's console, or the person who can.
	// It is empty if it is unknown, or the operation is not denied.
	Where string
}

// Verdict is the result of a Finding.
type Verdict string

// The verdicts.
const (
	VerdictAllowed      Verdict = "allowed"
	VerdictDenied       Verdict = "denied"
	VerdictUndetermined Verdict = "undetermined"
)

// Operation is one portable operation of a provider.
type Operation string

// The operations of the portable layer.
const (
	OpList         Operation = "list"   // the members of a group
	OpListByMember Operation = "of"     // the memberships of a member
	OpGet          Operation = "get"    // one membership
	OpAdd          Operation = "add"    // a member to a group
	OpUpdate       Operation = "update" // a member's role
	OpRemove       Operation = "remove" // a member from a group
	OpGroups       Operation = "groups" // the groups that are visible to the credential
)

// The operations with a capability of their own.
const (
	opResolve  Operation = "resolve"
	opDiagnose Operation = "diagnose"
	opWatch    Operation = "watch"
	opCaller   Operation = "caller"
	opApply    Operation = "apply"
)

// Operations returns all operations, in the order of the tables in the documentation.
func Operations() []Operation {
	return []Operation{OpGroups, OpList, OpListByMember, OpGet, OpAdd, OpUpdate, OpRemove}
}

// Capabilities declares the operations, kinds, roles and limits of a provider,
// independent of the credential.
type Capabilities struct {
	Operations []Operation
	// GroupKinds are the kinds of groups; the first is the default.
	GroupKinds []GroupKind
	// SearchedKinds are the kinds of groups that OpListByMember searches. The Client
	// reports the other kinds as a gap of every such listing.
	SearchedKinds []GroupKind
	// MemberKinds are the kinds of members that Add accepts.
	MemberKinds []MemberKind
	// Roles are the roles that Add and Update accept, in ascending order of power.
	Roles []Role
	// RoleNames maps Roles to the provider's names.
	RoleNames map[Role]string
	// OwnRoles reports whether Add and Update accept the provider's own role names as
	// well.
	OwnRoles bool
	// Email reports whether a member can be identified by e-mail address.
	Email bool
	// Invites reports whether Add with WithInvite invites an e-mail address that has no
	// account.
	Invites bool
	// AddsByEmail reports whether Add sends an e-mail address as it is. It then also adds
	// accounts that Resolve cannot find.
	AddsByEmail bool
	// PromotesCaller are the kinds of groups whose first manager makes the caller a manager
	// too.
	PromotesCaller []GroupKind
	// CreatesGroups reports whether Add creates a missing group. Other providers return
	// ErrNotFound.
	CreatesGroups bool
	// Directory reports whether one or two directory requests resolve an e-mail address.
	// Other providers search one group after the other.
	Directory bool
	// Total reports whether listings have a known Total.
	Total bool
	// Diagnose reports whether the provider implements Diagnose.
	Diagnose bool
	// Watch reports whether the provider has a stream of events.
	Watch bool
	// WatchesGroups reports whether Watch needs the groups of WithWatchedGroups.
	WatchesGroups bool
	// Caller reports whether the provider implements Caller.
	Caller bool
	// MaxPageSize is the largest page size, and the default.
	MaxPageSize int
	// ListsAll reports whether List takes a Query with neither group nor member and yields
	// the members of all groups in fewer requests than one listing a group.
	ListsAll bool
	// ResolveBatch is the number of addresses that one request of Resolve looks up, 1 if it
	// is 0.
	ResolveBatch int
	// ChangeBatch is the number of changes of one group and operation that Apply sends in
	// one request, 1 if it is 0.
	ChangeBatch int
	// ChangesByID reports whether Update and Remove need the ID of the membership. With a
	// Ref that lacks it, each of them first looks the membership up.
	ChangesByID bool
	// Concurrency is the number of calls in flight at once that the provider's documented
	// rate limits allow, 8 if it is 0.
	Concurrency int
	// Limits are the provider's documented rate limits.
	Limits []RateLimit
}

// RateLimit is a documented rate limit of a provider.
type RateLimit struct {
	// Scope names the subject of the limit and its requests, such as "production instance,
	// all requests".
	Scope string
	// Requests is the number of requests allowed in every period Per.
	Requests int
	Per      time.Duration
}

// Can reports whether c declares op.
func (c Capabilities) Can(op Operation) bool { return slices.Contains(c.Operations, op) }
