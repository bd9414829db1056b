package providertest

import (
	"time"

	"github.com/memberships-go/memberships"
)

// clauses are all that a provider promises, in the order of the operations.
var clauses = []clause{
	{name: "capabilities/sound", run: soundCapabilities,
		says: "Capabilities does not contradict itself, nor the interfaces that the provider has"},
	{name: "capabilities/declared", run: declaredWorks,
		says: "every declared operation works"},
	{name: "capabilities/undeclared", run: undeclaredIsUnsupported, skip: declaresAll,
		says: "every operation that is not declared fails with ErrUnsupported and sends nothing"},
	{name: "capabilities/arguments", run: argumentsAreChecked,
		says: "arguments that the capabilities rule out are ErrInvalidArgument, and nothing is sent"},

	{name: "as/declared", run: asDeclared,
		says: "As sets each of Harness.As"},
	{name: "as/refused", run: asRefused,
		says: "As of nil and of any other type is false, and does not panic"},

	{name: "groups/all", run: groupsHasAll, ops: ops(memberships.OpGroups),
		says: "Groups has Small and Large, each once and with its name if the provider tells names"},

	{name: "list/empty", run: listEmpty, ops: ops(memberships.OpList), empty: true,
		says: "a group without members is an empty listing without an error"},
	{name: "list/one-page", run: listOnePage, ops: ops(memberships.OpList),
		says: "a listing of one page has every member once"},
	{name: "list/many-pages", run: listManyPages, ops: ops(memberships.OpList),
		says: "a listing of many pages has every member once, by List, by Pages and by ListPage"},
	{name: "list/total", run: listTotal, ops: ops(memberships.OpList),
		says: "whoever asks is told the size of a listing, if the provider declares that it can tell"},
	{name: "list/lazy", run: listIsLazy, ops: ops(memberships.OpList),
		says: "nothing is sent before a listing is ranged over, and every range starts afresh"},
	{name: "list/break", run: listBreaks, ops: ops(memberships.OpList),
		says: "a loop that breaks ends the requests"},
	{name: "list/error-last", run: listErrorIsLast, ops: ops(memberships.OpList),
		says: "a listing that fails on its way yields what it has, one error, and nothing behind it"},
	{name: "list/page-size", run: listPageSize, ops: ops(memberships.OpList),
		says: "a page has no more items than were asked for, and any size lists everybody"},
	{name: "list/role", run: listByRole, ops: ops(memberships.OpList),
		says: "a role filters the listing, by its portable name and by the provider's"},
	{name: "list/group-and-member", run: listGroupAndMember, ops: ops(memberships.OpGet),
		says: "a filter with a group and a member lists the one membership, or none"},
	{name: "list/unknown-group", run: listUnknownGroup, ops: ops(memberships.OpList),
		says: "a group that does not exist is ErrNotFound and not an empty listing"},
	{name: "list/empty-page", run: listEmptyPage, ops: ops(memberships.OpList), tamper: EmptyPage,
		says: "a page without items is not the end of a listing"},
	{name: "list/repeated-token", run: listRepeatedToken, ops: ops(memberships.OpList), tamper: RepeatedToken,
		says: "a listing that comes back to a page ends with ErrMalformed or ErrUnstable, and does not go round for ever"},

	{name: "tokens/resumed", run: tokensResume, ops: ops(memberships.OpList),
		says: "a page token continues its listing in another instance and with another page size"},
	{name: "tokens/other-listing", run: tokensOtherListing, ops: ops(memberships.OpList),
		says: "a page token of another listing is ErrInvalidArgument, and nothing is sent"},
	{name: "tokens/damaged", run: tokensDamaged, ops: ops(memberships.OpList),
		says: "what is not a page token is ErrInvalidArgument, and nothing is sent"},

	{name: "of/member", run: ofMember, ops: ops(memberships.OpOf), skip: ofOtherKinds,
		says: "the memberships of a member are all of theirs and nobody else's"},
	{name: "of/email", run: ofEmail, ops: ops(memberships.OpOf), email: true, skip: ofOtherKinds,
		says: "the memberships of somebody named by e-mail address are those by id"},

	{name: "get/ref", run: getByRef, ops: ops(memberships.OpGet),
		says: "a membership is the same by its id, by group and member, and from the listing"},
	{name: "get/email", run: getByEmail, ops: ops(memberships.OpGet), email: true,
		says: "a membership is found by the member's e-mail address"},
	{name: "get/not-member", run: getNotMember, ops: ops(memberships.OpGet),
		says: "somebody who is not in a group that was seen is ErrNotMember"},
	{name: "get/unknown-member", run: getUnknownMember, ops: ops(memberships.OpGet),
		says: "somebody who does not exist is ErrNotFound"},
	{name: "get/unknown-group", run: getUnknownGroup, ops: ops(memberships.OpGet),
		says: "a group that does not exist is ErrNotFound and not ErrNotMember"},

	{name: "check/answers", run: checkAnswers, ops: ops(memberships.OpGet),
		says: "Check tells members from others, and says undetermined where it cannot know"},
	{name: "check/half-way", run: checkHalfWay, ops: ops(memberships.OpGet, memberships.OpList),
		says: "Check of a member whose look-up fails half-way is undetermined, and never not a member"},
	{name: "check/invited", run: checkInvited, ops: ops(memberships.OpGet), tamper: Invitation,
		says: "somebody who is invited is there as such: listed, found, and not to be added again"},

	{name: "resolve/exact", run: resolveExact, email: true,
		says: "an e-mail address finds who has exactly that one"},
	{name: "resolve/ambiguous", run: resolveAmbiguous, email: true, tamper: SharedEmail,
		says: "an e-mail address that two people have is ErrAmbiguous, and nobody is added by it"},

	{name: "add/roles", run: addWithRoles, ops: ops(memberships.OpAdd, memberships.OpGet),
		says: "somebody can be added with each of Capabilities.Roles, and with none"},
	{name: "add/email", run: addByEmail, ops: ops(memberships.OpAdd), email: true,
		says: "somebody can be added by e-mail address"},
	{name: "add/duplicate", run: addDuplicate, ops: ops(memberships.OpAdd),
		says: "adding a member again is ErrAlreadyExists and changes nothing, not even the role"},
	{name: "add/unknown-member", run: addUnknownMember, ops: ops(memberships.OpAdd),
		says: "adding somebody who does not exist fails and adds nobody"},
	{name: "add/unknown-email", run: addUnknownEmail, ops: ops(memberships.OpAdd), email: true,
		says: "adding by an address that nobody has fails, or invites that address and no other"},
	{name: "add/unknown-group", run: addUnknownGroup, ops: ops(memberships.OpAdd),
		says: "adding to a group that does not exist is ErrNotFound"},

	{name: "add/half-way", run: addHalfWay, ops: ops(memberships.OpAdd, memberships.OpGet, memberships.OpRemove),
		says: "an Add that fails half-way returns the membership that it made, unless it is ErrOutcomeUnknown"},

	{name: "update/roles", run: updateRoles, ops: ops(memberships.OpUpdate, memberships.OpGet),
		says: "a role can be changed to each of Capabilities.Roles and back, and nobody else's changes"},
	{name: "update/own-role", run: updateOwnRole, ops: ops(memberships.OpUpdate, memberships.OpGet), skip: takesNoOwnRoles,
		says: "a role can be given by the provider's own name for it"},
	{name: "update/not-member", run: updateNotMember, ops: ops(memberships.OpUpdate),
		says: "changing the role of somebody who is not a member is ErrNotFound and adds nobody"},

	{name: "update/half-way", run: updateHalfWay, ops: ops(memberships.OpUpdate, memberships.OpGet), skip: hasOneRole,
		says: "an Update that fails half-way has changed nothing, unless it is ErrOutcomeUnknown"},

	{name: "remove/twice", run: removeTwice, ops: ops(memberships.OpRemove),
		says: "somebody can be removed once; the second time is ErrNotFound, and the others stay"},
	{name: "remove/id", run: removeByID, ops: ops(memberships.OpRemove, memberships.OpGet),
		says: "a membership can be removed by its id, which is ErrNotFound from then on"},
	{name: "remove/unknown-group", run: removeUnknownGroup, ops: ops(memberships.OpRemove),
		says: "removing from a group that does not exist is ErrNotFound"},

	{name: "values/whole", run: valuesAreWhole, ops: ops(memberships.OpList),
		says: "every membership says whose it is, who is in what, and as what"},
	{name: "values/native", run: nativeIsStable, ops: ops(memberships.OpList, memberships.OpGet),
		says: "the native values of one kind of group are pointers of one type, whatever returned them"},
	{name: "values/unknown-role", run: unknownRole, ops: ops(memberships.OpList, memberships.OpGet), tamper: UnknownRole,
		says: "a role that is newer than the provider's code passes through as RoleUnknown with its name"},
	{name: "values/unknown-state", run: unknownState, ops: ops(memberships.OpList, memberships.OpGet), tamper: UnknownState,
		says: "a state that is newer than the provider's code is StateUnknown, and Check is undetermined"},

	fails(Unauthenticated, memberships.ErrUnauthenticated),
	fails(PermissionDenied, memberships.ErrPermissionDenied),
	fails(NotFound, memberships.ErrNotFound),
	fails(Conflict, memberships.ErrConflict, memberships.ErrAlreadyExists),
	fails(RateLimited, memberships.ErrRateLimited),
	fails(Unavailable, memberships.ErrUnavailable),
	fails(HTML, memberships.ErrMalformed),
	fails(Cut, memberships.ErrMalformed, memberships.ErrUnavailable),

	{name: "context/done", run: contextIsDone,
		says: "a context that is done fails every operation with its error, and nothing is sent"},
	{name: "context/hang", run: contextEndsHang,
		says: "a context that ends while a request hangs ends the operation with its error"},
	{name: "context/between-pages", run: contextEndsListing, ops: ops(memberships.OpList),
		says: "a context that ends between two pages ends the listing with its error, and not quietly"},

	{name: "many/all", run: manyListsAll, ops: ops(memberships.OpList),
		says: "ListMany has the members of all groups, those of each in the order of List"},
	{name: "many/keep-going", run: manyKeepsGoing, ops: ops(memberships.OpList),
		says: "ListMany with KeepGoing names the group that fails and lists the others whole"},
	{name: "many/first-error", run: manyEndsAtError, ops: ops(memberships.OpList),
		says: "ListMany without KeepGoing ends with the first error"},
	{name: "many/break", run: manyBreaks, ops: ops(memberships.OpList),
		says: "a loop over ListMany that breaks ends the requests"},
	{name: "many/cancelled", run: manyCancelled, ops: ops(memberships.OpList),
		says: "ListMany whose context ends says so"},

	{name: "ids/hostile", run: hostileIDs,
		says: "ids that could name another endpoint or break a log line are ErrInvalidArgument, and nothing is sent"},
	{name: "ids/odd", run: oddIDs,
		says: "ids that only look bad reach nobody else"},

	{name: "diagnose/harmless", run: diagnoseIsHarmless,
		says: "Diagnose has a finding for each declared operation and changes nothing"},
	{name: "concurrency/safe", run: concurrencyIsSafe,
		says: "a provider is safe for concurrent use; run the suite with -race, too"},
}

func ops(of ...memberships.Operation) []memberships.Operation { return of }

// retryAfter is what answers ask to wait that are RateLimited.
const retryAfter = 7 * time.Second
