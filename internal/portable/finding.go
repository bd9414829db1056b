package portable

import (
	"errors"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
)

// FindingOf returns the finding about an operation after a trial call with the result err.
// required is the permission of the operation, unless the error names the only one that it can
// be about. An error of a kind in harmless comes only after the provider accepted the
// credential, and counts as allowed.
func FindingOf(op memberships.Operation, err error, required client.Permission, harmless ...error) memberships.Finding {
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
		f.Verdict = memberships.VerdictDenied
		if own := client.PermissionOf(err); own != nil && own.Certain {
			required = *own
		}
		Require(&f, required)
	default:
		f.Verdict = memberships.VerdictUndetermined
	}
	f.Detail = Evidence(err)
	return f
}

// Evidence returns the text of an error, without the permission that a finding has in fields of
// its own.
func Evidence(err error) string {
	e := (*memberships.Error)(nil)
	p := client.PermissionOf(err)
	if p == nil || !errors.As(err, &e) {
		return err.Error()
	}
	answer := *e
	if answer.Err = nil; p.Meaning != "" {
		answer.Err = errors.New(p.Meaning)
	}
	return answer.Error()
}

// Require sets the missing permission of a finding.
func Require(f *memberships.Finding, p client.Permission) {
	f.Grant, f.Scopes, f.Where = p.Grant, p.Scopes, p.Where
}
