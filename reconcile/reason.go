package reconcile

import (
	"fmt"
	"strings"
)

// Reason is a stable word for the cause of a change, of a member left alone, or of a blocked
// group.
type Reason string

// The reasons of changes.
const (
	ReasonListed    Reason = "listed"     // the file lists the person, and the group does not have them
	ReasonRole      Reason = "role"       // the file gives another role
	ReasonNotListed Reason = "not_listed" // the group has a member whom the file does not list
	ReasonLeaver    Reason = "leaver"     // the person leaves all groups
	ReasonSuccessor Reason = "successor"  // the person takes over from the last manager
	ReasonEffect    Reason = "effect"     // the provider makes the caller a manager along with the first one
)

// The reasons of members that are left alone.
const (
	ReasonMode        Reason = "mode"         // the group's mode makes no such change
	ReasonIgnored     Reason = "ignored"      // a pattern of ignore selects the member
	ReasonNoPerson    Reason = "no_person"    // the member is an app or a group
	ReasonPending     Reason = "pending"      // an invitation keeps its role
	ReasonProtected   Reason = "protected"    // the file protects the person
	ReasonCaller      Reason = "caller"       // the member is the caller
	ReasonLastManager Reason = "last_manager" // the group would have no manager
	ReasonLastOwner   Reason = "last_owner"   // the group would have no owner
	ReasonDirect      Reason = "direct"       // a conversation of two people keeps both
	ReasonKept        Reason = "kept"         // the group is not selected
	ReasonUnnamed     Reason = "unnamed"      // the provider shows neither id nor address
)

// The reasons of blocked groups and plans.
const (
	ReasonUnread       Reason = "unread"        // the group could not be read
	ReasonNoGroup      Reason = "no_group"      // the group does not exist
	ReasonIncomplete   Reason = "incomplete"    // the listing was not complete, and the plan would remove
	ReasonEmptyListing Reason = "empty_listing" // the listing was empty, and the file has members
	ReasonNoAccount    Reason = "no_account"    // a person has no account
	ReasonAmbiguous    Reason = "ambiguous"     // a person has several accounts
	ReasonUnresolved   Reason = "unresolved"    // a person could not be looked up
	ReasonSameAccount  Reason = "same_account"  // two people have one account
	ReasonLimit        Reason = "limit"         // removals exceed the group's limit
	ReasonHalf         Reason = "half"          // removals take more than half of the group
	ReasonEmpty        Reason = "empty"         // removals leave the group empty
	ReasonCeiling      Reason = "ceiling"       // removals exceed the ceiling
	ReasonManagers     Reason = "managers"      // the group would have too few managers
	ReasonRunLimit     Reason = "run_limit"     // removals of all groups exceed the plan's limit
	ReasonRunCeiling   Reason = "run_ceiling"   // removals of all groups exceed the plan's ceiling
)

// Note is a reason with its facts. Fields that a reason does not need are zero.
type Note struct {
	Reason Reason `json:"reason"`
	// Person is the key of a person, or the text of a pattern.
	Person string `json:"person,omitempty"`
	// Removals of Of members exceed Count and Percent.
	Removals int `json:"removals,omitempty"`
	Of       int `json:"of,omitempty"`
	Count    int `json:"count,omitempty"`
	Percent  int `json:"percent,omitempty"`
	// At is the place of the group in the file, if the group does not exist.
	At string `json:"at,omitempty"`
	// Detail is the text of an error or of a gap.
	Detail string `json:"detail,omitempty"`
}

// String returns a sentence without capital letter and full stop. It is the only place where
// a reason becomes a sentence.
func (n Note) String() string {
	switch n.Reason {
	case ReasonListed:
		return "the file lists " + n.Person
	case ReasonRole:
		return "the file gives " + n.Person + " another role"
	case ReasonNotListed:
		return "the file does not list this member"
	case ReasonLeaver:
		if strings.Contains(n.Person, " and ") { // one account that several leavers have
			return n.Person + " leave"
		}
		return n.Person + " leaves"
	case ReasonSuccessor:
		return n.Person + " takes over from the last manager"
	case ReasonEffect:
		return "the provider makes the caller a manager along with the first one"
	case ReasonMode:
		return "the mode " + n.Person + " makes no such change"
	case ReasonIgnored:
		return "the pattern " + n.Person + " ignores this member"
	case ReasonNoPerson:
		return "the member is no person, and the file does not name it"
	case ReasonPending:
		return "an invitation keeps its role until it is accepted"
	case ReasonProtected:
		return n.Person + " is protected"
	case ReasonCaller:
		return "the member is the account that makes the changes"
	case ReasonLastManager:
		return "the group would have no manager left: make another member a manager first"
	case ReasonLastOwner:
		return "the group would have no owner left: make another member an owner first"
	case ReasonDirect:
		return "a conversation of two people keeps both, and takes no other member"
	case ReasonKept:
		return "the group is not selected"
	case ReasonUnnamed:
		return "the provider shows neither id nor address of the member"
	}
	return n.blockedText()
}

// blockedText returns the sentence of a blocked group or plan, with the cure.
func (n Note) blockedText() string {
	switch n.Reason {
	case ReasonUnread:
		return "the group could not be read: " + n.Detail
	case ReasonNoGroup:
		at := ""
		if n.At != "" {
			at = n.At + ": "
		}
		return at + "the group does not exist or is hidden from the credential, and a plan creates none: " + n.Detail
	case ReasonIncomplete:
		return "the listing was not complete, so no member can be removed: " + n.Detail + "; use a credential that sees all members, or the mode no-removals"
	case ReasonEmptyListing:
		return "the listing was empty although the file lists members: check that the credential may see them"
	case ReasonNoAccount:
		return fmt.Sprintf("%s has no account: %s; add an id under ids, or take the person out", n.Person, n.Detail)
	case ReasonAmbiguous:
		return fmt.Sprintf("%s has several accounts: %s; add the right id under ids", n.Person, n.Detail)
	case ReasonUnresolved:
		return fmt.Sprintf("%s could not be looked up: %s", n.Person, n.Detail)
	case ReasonSameAccount:
		return fmt.Sprintf("%s and %s have the same account: take one of them out", n.Person, n.Detail)
	case ReasonLimit:
		return fmt.Sprintf("%s of %s %s the limit of %d and %d%%: %s", removals(n.Removals), members(n.Of), verb(n.Removals, "exceed"), n.Count, n.Percent, n.review("pass --allow-removals"))
	case ReasonHalf:
		return fmt.Sprintf("%s of %s %s more than half of the group: %s", removals(n.Removals), members(n.Of), verb(n.Removals, "take"), n.review("pass --allow-removals"))
	case ReasonEmpty:
		return fmt.Sprintf("%s of %s %s the group empty: allow_empty in the file permits that", removals(n.Removals), members(n.Of), verb(n.Removals, "leave"))
	case ReasonCeiling:
		return fmt.Sprintf("%s %s the ceiling of %d for one group: %s", removals(n.Removals), verb(n.Removals, "exceed"), n.Count, n.review("raise max_removals.ceiling in the file or pass --allow-removals"))
	case ReasonManagers:
		return fmt.Sprintf("the group would have %s, and min_managers is %d", plural(n.Of, "manager"), n.Count)
	case ReasonRunLimit:
		return fmt.Sprintf("%s of %s in all groups %s the limit of %d and %d%%: %s", removals(n.Removals), plural(n.Of, "membership"), verb(n.Removals, "exceed"), n.Count, n.Percent, n.review("pass --allow-removals"))
	case ReasonRunCeiling:
		return fmt.Sprintf("%s in all groups %s the ceiling of %d: %s", removals(n.Removals), verb(n.Removals, "exceed"), n.Count, n.review("pass --allow-removals"))
	}
	return strings.ReplaceAll(string(n.Reason), "_", " ")
}

// review returns the end of a sentence about removals that can pass after a review.
func (n Note) review(cure string) string {
	if n.Removals == 1 {
		return "review it, then " + cure
	}
	return "review them, then " + cure
}

// verb returns a verb in the form for n things.
func verb(n int, plural string) string {
	if n == 1 {
		return plural + "s"
	}
	return plural
}

func removals(n int) string { return plural(n, "removal") }
func members(n int) string  { return plural(n, "member") }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
