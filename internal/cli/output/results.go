package output

// Results of a change.
const (
	ResultAdded          = "added"
	ResultInvited        = "invited" // it has an invitation now
	ResultUpdated        = "updated"
	ResultRemoved        = "removed"
	ResultAlready        = "already" // it was a member before the add
	ResultAlreadyInvited = "already-invited"
	ResultAbsent         = "absent"   // it was no member before the removal
	ResultRepeated       = "repeated" // an earlier line has the same change
	ResultPartly         = "partly"   // it is a member now, but without the role
	ResultFailed         = "failed"
	ResultUnknown        = "unknown" // sent, but the outcome is unknown
	ResultWouldAdd       = "would-add"
	ResultWouldInvite    = "would-invite"
	ResultWouldUpdate    = "would-update"
	ResultWouldRemove    = "would-remove"
)

// Results are all results in the order of a summary.
var Results = []string{
	ResultAdded, ResultInvited, ResultUpdated, ResultRemoved, ResultWouldAdd, ResultWouldInvite, ResultWouldUpdate, ResultWouldRemove,
	ResultAlready, ResultAlreadyInvited, ResultAbsent, ResultRepeated, ResultPartly, ResultFailed, ResultUnknown,
}
