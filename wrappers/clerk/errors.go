package clerk

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/clerk"
	"github.com/memberships-go/memberships/internal/core"
	"github.com/memberships-go/memberships/internal/transport"
)

// kinds says what Clerk means by a status where HTTP alone does not say it. The codes
// are Clerk's own; its messages are for people, and nothing here depends on them.
var kinds = []core.Rule{
	{Status: 400, Code: "already_a_member_in_organization", Kind: memberships.ErrAlreadyExists},
	{Status: 422, Code: "form_identifier_exists", Kind: memberships.ErrAlreadyExists},

	// The user who is to own a new organization.
	{Status: 400, Code: "organization_creator_not_found", Kind: memberships.ErrNotFound},
	// A role that the organization does not have is not a member who is not there.
	{Status: 404, Code: "resource_not_found", Param: "role", Kind: memberships.ErrInvalidArgument},

	// The arguments are good; how things stand is in their way.
	{Status: 400, Code: "organization_minimum_permissions_needed", Kind: memberships.ErrConflict},
	{Status: 422, Code: "exclusive_organization_membership", Kind: memberships.ErrConflict},
	{Status: 422, Code: "personal_accounts_not_allowed", Kind: memberships.ErrConflict},

	// These two pass by themselves; a directory that owns the membership does not.
	{Status: 409, Code: "resource_locked", Kind: memberships.ErrUnavailable},
	{Status: 409, Code: "role_migration_in_progress", Kind: memberships.ErrUnavailable},
	{Status: 409, Code: "organization_membership_managed_by_scim", Kind: memberships.ErrPermissionDenied},

	// The operation is gone, not what it was asked about.
	{Status: 410, Code: "operation_deprecated", Kind: memberships.ErrUnsupported},
}

// busy finds a membership that another request is changing just now.
func busy(r *transport.Response) bool {
	return r.StatusCode == http.StatusConflict && readFault(r).Code == "resource_locked"
}

// readFault reads {errors, clerk_trace_id}. One answer may hold several errors: the
// first gives the code, all of them the message. Gateways send something else or
// nothing at all, and the request's name is then in a header.
func readFault(r *transport.Response) core.Fault {
	var body gen.Error
	_ = json.Unmarshal(r.Body, &body) // a field of another type leaves the rest readable
	f := core.Fault{RequestID: cmp.Or(body.ClerkTraceID, r.Header.Get("Clerk-Trace-Id"), r.Header.Get("Cf-Ray"))}
	var messages []string
	for _, d := range body.Errors {
		var meta struct {
			ParamName string `json:"param_name"`
		}
		_ = json.Unmarshal(d.Meta, &meta)
		if f.Code == "" {
			f.Code, f.Param = d.Code, meta.ParamName
		}
		message := cmp.Or(d.LongMessage, d.Message)
		if message == "" {
			continue
		}
		if !strings.Contains(message, meta.ParamName) {
			message = meta.ParamName + ": " + message
		}
		messages = append(messages, message)
	}
	f.Message = strings.Join(messages, "; ")
	return f
}
