package memberships

import (
	"context"
	"iter"
	"slices"
)

// Provider is a service that knows who belongs to what. Wrappers implement it; [New]
// makes a [Client] of one, which checks arguments, so that a Provider need not. Package
// providertest holds an implementation to this contract.
//
// All methods are safe for concurrent use, end when ctx is done, and fail with an
// *Error. An operation that Capabilities does not declare fails with ErrUnsupported and
// sends nothing.
type Provider interface {
	// Name is the same for every instance, such as "webex".
	Name() string
	Capabilities() Capabilities
	// ListPage returns one page of the members of f.Group or of the memberships of
	// f.Member; f.Role is not its concern. A page may be empty and not be the last: the
	// last one has no Next.
	ListPage(ctx context.Context, f Filter, r PageRequest) (*Page[Membership], error)
	// Get returns one membership. ErrNotMember says that the group was seen and the
	// member is not in it; any other ErrNotFound leaves that open.
	Get(ctx context.Context, ref Ref) (Membership, error)
	// Add makes m a member and returns the membership. An empty r is the provider's
	// ordinary role. Somebody who is one or is invited
	// already is ErrAlreadyExists, and nothing has changed. A Membership that comes with
	// an error is what was done before the rest failed.
	Add(ctx context.Context, g Group, m Member, r Role) (Membership, error)
	// Update changes a membership and returns it as it is then.
	Update(ctx context.Context, ref Ref, c Change) (Membership, error)
	// Remove ends a membership. One that is not there is ErrNotFound.
	Remove(ctx context.Context, ref Ref) error
	// As sets target to a value of the provider's own if it points to a type that the
	// provider's package comment names, and reports whether it did. It never panics.
	As(target any) bool
}

// Lister is a Provider that reads a whole listing better than page by page, such as
// with care for members who come and go meanwhile.
type Lister interface {
	// List yields what the pages of ListPage hold, and at most one error, which comes
	// last. total may be nil; else it is told the size of the whole listing whenever the
	// provider says one, from the goroutine that ranges.
	List(ctx context.Context, f Filter, total func(int64)) iter.Seq2[Membership, error]
}

// GroupLister is a Provider that can list groups (OpGroups).
type GroupLister interface {
	// Groups yields the groups that the credential can see, and at most one error,
	// which comes last.
	Groups(ctx context.Context) iter.Seq2[Group, error]
}

// Resolver is a Provider that finds members by e-mail address (Capabilities.Email).
type Resolver interface {
	// Resolve returns the member with m.Email. Nobody is ErrNotFound, more than one is
	// ErrAmbiguous.
	Resolve(ctx context.Context, m Member) (Resolution, error)
}

// Diagnoser is a Provider that can tell what its credential is good for.
type Diagnoser interface {
	// Diagnose asks the provider without changing anything. The error says that not even
	// that could be found out.
	Diagnose(ctx context.Context) (Diagnosis, error)
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

// Change is what Update is to change.
type Change struct {
	// Role is the new role.
	Role Role
}

// Resolution is a member found by e-mail address.
type Resolution struct {
	// Member has the ID, and the Email as the provider spells it.
	Member Member
	// How says where the member was found, such as "GET /users?email_address".
	How string
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
	Allowed      Verdict = "allowed"
	Denied       Verdict = "denied"
	Undetermined Verdict = "undetermined"
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

// Operations are all operations, in the order in which tables show them.
var Operations = []Operation{OpGroups, OpList, OpOf, OpGet, OpAdd, OpUpdate, OpRemove}

// Capabilities is what a provider can do, whatever the credential.
type Capabilities struct {
	Operations []Operation
	// GroupKinds are the kinds of groups; the first stands in for an empty one.
	GroupKinds []GroupKind
	// OfKinds are the kinds of groups that OpOf covers.
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
	// Total says that listings tell their size.
	Total bool
	// MaxPageSize is the largest page, which is what is asked for unless told otherwise.
	MaxPageSize int
}

// Can reports whether op is among the operations.
func (c Capabilities) Can(op Operation) bool { return slices.Contains(c.Operations, op) }
