package output

// The results of a change, as its record has them.
const (
	ResultAdded       = "added"
	ResultUpdated     = "updated"
	ResultRemoved     = "removed"
	ResultAlready     = "already"  // a member before it was added
	ResultAbsent      = "absent"   // no member before it was removed
	ResultRepeated    = "repeated" // the same change stands further up
	ResultPartly      = "partly"   // a member now, but not in the role
	ResultFailed      = "failed"
	ResultUnknown     = "unknown" // sent, and nobody can say whether it happened
	ResultWouldAdd    = "would-add"
	ResultWouldUpdate = "would-update"
	ResultWouldRemove = "would-remove"
)

// Results are all results, in the order of a summary.
var Results = []string{
	ResultAdded, ResultUpdated, ResultRemoved, ResultWouldAdd, ResultWouldUpdate, ResultWouldRemove,
	ResultAlready, ResultAbsent, ResultRepeated, ResultPartly, ResultFailed, ResultUnknown,
}
