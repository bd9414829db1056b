package portable

import (
	"errors"

	"github.com/memberships-go/memberships"
)

// FindingOf is what a call of a provider's says about an operation it was tried for.
// harmless are the kinds of failure that come only after the credential was accepted.
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
