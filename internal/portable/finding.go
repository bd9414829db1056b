package portable

import (
	"errors"

	"github.com/memberships-go/memberships"
)

// FindingOf returns the finding about an operation after a trial call with the result err.
// grant names the missing permission. An error of a kind in harmless comes only after the
// provider accepted the credential, and counts as allowed.
func FindingOf(op memberships.Operation, err error, grant string, harmless ...error) memberships.Finding {
	f := memberships.Finding{Operation: op, Verdict: memberships.VerdictAllowed}
	for _, kind := range harmless {
		if errors.Is(err, kind) {
			return f
		}
	}
	switch {
	case err == nil:
		return f
	case errors.Is(err, memberships.ErrUnauthenticated), errors.Is(err, memberships.ErrPermissionDenied):
		f.Verdict, f.Grant = memberships.VerdictDenied, grant
	default:
		f.Verdict = memberships.VerdictUndetermined
	}
	f.Detail = err.Error()
	return f
}
