package memberships

import (
	"context"
	"iter"
	"slices"
)

// Provider is one provider's memberships. Wrappers implement it; [New] makes a [Client] of
// one, which checks arguments, so that a Provider need not. Package providertest holds an
// implementation to this contract.
//
// Every implementation embeds [Unsupported], and has these duties:
//
//   - All methods are safe for concurrent use, and fail with an *Error whose Provider is
//     Name.
//   - A method ends when ctx is done. One that is nil or done before anything is sent fails
//     as [CheckContext] says.
//   - An operation that Capabilities does not declare fails with ErrUnsupported and sends
//     nothing.
//   - An option that is not the provider's own or one of package option is refused by name.
//   - A page token belongs to its listing, and any other one refuses it with
//     ErrInvalidArgument: [SealToken] and [OpenToken] do that, with [Query.Listing].
//   - An id that the provider itself gives stays out of paths unless [CheckID] lets it pass.
//     Those of callers have passed: a Client checks every id, address and role.
//   - Sequences are lazy, start afresh with every range, may be ranged over by several
//     goroutines at once, and yield at most one error, which comes last.
//   - What a listing could not show is a [Gap] of its [Pass] or [Page]: it never ends without
//     an error and without saying so.
type Provider interface {
	// Name is the same for every instance, such as "webex".
	Name() string
	// Capabilities returns what the provider can do. Its slices and maps are copies.
	Capabilities() Capabilities
	// List yields the members of q.Group or the memberships of q.Member. It does not look
	// at q.Role. A range fills pass, which may be nil, from its own goroutine: the total
	// as soon as it is known, and every gap before the range ends without an error.
	List(ctx context.Context, q Query, pass *Pass) iter.Seq2[Membership, error]
	// ListPage returns one page of what List yields, with the gaps that the page shows. A
	// page may be empty and not be the last: the last one has no Next.
	ListPage(ctx context.Context, q Query, r PageRequest) (*Page[Membership], error)
	// Groups yields the groups that the credential can see.
	Groups(ctx context.Context, q Query, pass *Pass) iter.Seq2[Group, error]
	// Get returns one membership. ErrNotMember says that the whole group was seen and the
	// member is not in it. ErrUndetermined says that a part was hidden, in which the
	// member may be; any other ErrNotFound leaves open what was not found.
	Get(ctx context.Context, ref Ref, opts ...Option) (Membership, error)
	// Resolve finds members by their e-mail addresses and returns as many resolutions, in
	// the same order. The error says that none could be looked for.
	Resolve(ctx context.Context, members []Member, opts ...Option) ([]Resolution, error)
	// Apply makes changes and yields a result for each, in the order of the changes. It
	// goes on after a change that fails. A change whose result was not yielded because
	// the range ended early may have been made.
	Apply(ctx context.Context, changes []Change, opts ...Option) iter.Seq2[Result, error]
	// Watch yields events from a position on, until ctx is done.
	Watch(ctx context.Context, from Position, opts ...Option) iter.Seq2[Event, error]
	// Diagnose asks what the credential is good for, without changing anything. The error
	// says that not even that could be found out.
	Diagnose(ctx context.Context, opts ...Option) (Diagnosis, error)
	// Caller returns the member that the credential stands for, as far as the provider
	// tells: its ID, Email or both.
	Caller(ctx context.Context, opts ...Option) (Member, error)
	// Native returns the provider's own client, such as a *webex.Client, nil if there is
	// none.
	Native() any
	embedsUnsupported()
}

// Query tells a Provider what to list.
type Query struct {
	Group  Group
	Member Member
	// Role is the role that the caller keeps. The Client drops other roles itself.
	Role Role
	Opts []Option
}

// Op is the operation of the query: OpOf if it names a member and no group, else OpList.
func (q Query) Op() Operation {
	if q.Group.ID == "" && q.Member != (Member{}) {
		return OpOf
	}
	return OpList
}

// Filter says which memberships to list: those of Group, those of Member, or with both
// the one there is, if any. Role keeps one role; it is applied to what comes, so that
// Total counts the others too.
type Filter struct {
	Group  Group
	Member Member
	Role   Role
}

// PageRequest asks for a page: the first one for an empty Token. Size is how many items
// it should have, 0 for as many as the provider allows; a token continues with any size.
type PageRequest struct {
	Token string
	Size  int
}

// Ref names one membership: by its ID, where the provider has ids, or by group and
// member. Group.Kind counts in both cases. With ID and the others set, a provider takes
// what serves it best.
type Ref struct {
	ID     string
	Group  Group
	Member Member
}

// Resolution is a member found by e-mail address.
type Resolution struct {
	// Member has the ID, and the Email as the provider spells it.
	Member Member
	// How says where the member was found, such as "GET /users?email_address".
	How string
	// Err is why there is no member. ErrNoSuchMember: the provider has answered, and
	// nobody has the address. ErrAmbiguous: more than one has it.
	Err error
}

// Diagnosis is what a credential is good for.
type Diagnosis struct {
	// Identity is whom the credential stands for, as the provider tells.
	Identity string
	Findings []Finding
}

// Finding is whether the credential may do one operation.
type Finding struct {
	Operation Operation
	Verdict   Verdict
	// Detail says how that was found out, or what the provider answered.
	Detail string
	// Grant says what to grant if the operation is not allowed: a scope, a role or a
	// setting, in the provider's words.
	Grant string
}

// Verdict is the answer of a Finding.
type Verdict string

// The verdicts.
const (
	VerdictAllowed      Verdict = "allowed"
	VerdictDenied       Verdict = "denied"
	VerdictUndetermined Verdict = "undetermined"
)

// Operation is one thing that a provider may be able to do.
type Operation string

// The operations of the portable layer.
const (
	OpList   Operation = "list"   // the members of a group
	OpOf     Operation = "of"     // the memberships of a member
	OpGet    Operation = "get"    // one membership
	OpAdd    Operation = "add"    // a member to a group
	OpUpdate Operation = "update" // a member's role
	OpRemove Operation = "remove" // a member from a group
	OpGroups Operation = "groups" // the groups that the credential can see
)

// The operations that capabilities of their own declare.
const (
	opResolve  Operation = "resolve"
	opDiagnose Operation = "diagnose"
	opWatch    Operation = "watch"
	opCaller   Operation = "caller"
)

// Operations returns all operations, in the order in which tables show them.
func Operations() []Operation {
	return []Operation{OpGroups, OpList, OpOf, OpGet, OpAdd, OpUpdate, OpRemove}
}

// Capabilities is what a provider can do, whatever the credential.
type Capabilities struct {
	Operations []Operation
	// GroupKinds are the kinds of groups; the first stands in for an empty one.
	GroupKinds []GroupKind
	// OfKinds are the kinds of groups that OpOf searches. A Client tells the others as a
	// gap of every such listing.
	OfKinds []GroupKind
	// MemberKinds are those that Add takes.
	MemberKinds []MemberKind
	// Roles are those that Add and Update take, from the least to the most powerful.
	Roles []Role
	// RoleNames is what the provider calls the Roles.
	RoleNames map[Role]string
	// OwnRoles says that Add and Update take the provider's own role names as well.
	OwnRoles bool
	// Email says that a member can be named by e-mail address.
	Email bool
	// CreatesGroups says that Add makes a group that does not exist, where other providers
	// answer ErrNotFound.
	CreatesGroups bool
	// Directory says that an e-mail address is looked up in a directory, by a request or
	// two, and not in one group after the other.
	Directory bool
	// Total says that listings tell their size.
	Total bool
	// Diagnose says that the provider can tell what its credential is good for.
	Diagnose bool
	// Watch says that the provider has a stream of events.
	Watch bool
	// Caller says that the provider can tell which member the credential stands for.
	Caller bool
	// MaxPageSize is the largest page, which is what is asked for unless told otherwise.
	MaxPageSize int
}

// Can reports whether op is among the operations.
func (c Capabilities) Can(op Operation) bool { return slices.Contains(c.Operations, op) }
