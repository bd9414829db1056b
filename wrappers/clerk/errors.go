package clerk

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/clerk"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/transport"
)

// kinds says what Clerk means by a status where HTTP alone does not say it. The codes
// are Clerk's own; its messages are for people, and nothing here depends on them. A code
// that means one thing alone counts under every status, because the status of a limit
// depends on who set it.
var kinds = []client.ErrorRule{
	{Code: "already_a_member_in_organization", Kind: memberships.ErrAlreadyExists},
	{Code: "duplicate_record", Kind: memberships.ErrAlreadyExists}, // an invitation of the instance
	{Code: "organization_invitation_not_unique", Kind: memberships.ErrAlreadyExists},
	{Code: "organization_already_has_sso_connection", Kind: memberships.ErrAlreadyExists},
	{Code: "organization_role_permission_association_exists", Kind: memberships.ErrAlreadyExists},
	{Code: "organization_domain_*exists*", Kind: memberships.ErrAlreadyExists},
	{Status: 422, Code: "form_identifier_exists", Kind: memberships.ErrAlreadyExists},

	// The user who is to own a new organization.
	{Status: 400, Code: "organization_creator_not_found", Kind: memberships.ErrNotFound},
	// A role that the organization does not have is not a member who is not there.
	{Status: 404, Code: "resource_not_found", Param: "role", Kind: memberships.ErrInvalidArgument},

	// The arguments and the key are good; how things stand is in their way. Limits come as
	// 403, which would blame the key.
	{Code: "*quota_exceeded*", Kind: memberships.ErrConflict},
	{Code: "org_creation_limit_exceeded", Kind: memberships.ErrConflict},
	{Code: "organization_member_limit_managed_by_billing", Kind: memberships.ErrConflict},
	{Code: "exclusive_organization_membership*", Kind: memberships.ErrConflict},
	{Code: "personal_accounts_not_allowed", Kind: memberships.ErrConflict},
	{Code: "organization_minimum_permissions_needed", Kind: memberships.ErrConflict},
	{Code: "organization_missing_creator_role_permissions", Kind: memberships.ErrConflict},
	{Code: "organizations_disable_not_allowed", Kind: memberships.ErrConflict},
	{Code: "force_organization_selection_not_allowed_*", Kind: memberships.ErrConflict},
	// The invitation is there; the 404 of the first says that it was answered or revoked.
	{Code: "organization_invitation_not_pending", Kind: memberships.ErrConflict},
	{Code: "organization_invitation_already_accepted", Kind: memberships.ErrConflict},
	{Code: "organization_invitation_revoked_code", Kind: memberships.ErrConflict},
	// A role that is in use.
	{Code: "organization_role_default_creator_role", Kind: memberships.ErrConflict},
	{Code: "organization_role_domain_default_role", Kind: memberships.ErrConflict},
	{Code: "organization_role_assigned_members", Kind: memberships.ErrConflict},
	{Code: "organization_role_exists_in_invitations", Kind: memberships.ErrConflict},
	{Code: "organization_role_on_set_assigned_to_user", Kind: memberships.ErrConflict},
	{Code: "organization_role_set_reassignment_contact_support", Kind: memberships.ErrConflict},

	// These two pass by themselves; a directory that owns the membership does not.
	{Status: 409, Code: "resource_locked", Kind: memberships.ErrUnavailable},
	{Status: 409, Code: "role_migration_in_progress", Kind: memberships.ErrUnavailable},
	{Status: 409, Code: "organization_membership_managed_by_scim", Kind: memberships.ErrPermissionDenied},

	// The operation is gone, not what it was asked about.
	{Status: 410, Code: "operation_deprecated", Kind: memberships.ErrUnsupported},
}

// busy finds a membership that another request is changing just now.
func busy(r *transport.Response) bool {
	return r.StatusCode == http.StatusConflict && readErrorDetails(r).Code == "resource_locked"
}

// duplicates says what Clerk does with a write that comes a second time: a membership, the
// slug of an organization and the address of a user are there once. A second removal is
// 404.
var duplicates = map[string]client.Duplicate{
	"Memberships.Create":         client.Refused,
	"Memberships.Update":         client.Merged,
	"Memberships.UpdateMetadata": client.Merged,
	"Organizations.Create":       client.Refused,
	"Users.Create":               client.Refused,
	"Memberships.Delete":         client.Refused,
	"Organizations.Delete":       client.Refused,
	"Users.Delete":               client.Refused,
}

// readErrorDetails reads {errors, clerk_trace_id}. One answer may hold several errors: the
// first gives the code, all of them the message. Gateways send something else or
// nothing at all, and the request's name is then in a header.
func readErrorDetails(r *transport.Response) client.ErrorDetails {
	body := decode.Failure[gen.Error](r.Body)
	f := client.ErrorDetails{RequestID: cmp.Or(body.ClerkTraceID, r.Header.Get("Clerk-Trace-Id"), r.Header.Get("Cf-Ray"))}
	var messages []string
	for _, d := range body.Errors {
		if f.Code == "" {
			f.Code, f.Param = d.Code, d.Meta.ParamName
		}
		message := cmp.Or(d.LongMessage, d.Message)
		if message == "" {
			continue
		}
		if !strings.Contains(message, d.Meta.ParamName) {
			message = d.Meta.ParamName + ": " + message
		}
		messages = append(messages, message)
	}
	f.Message = strings.Join(messages, "; ")
	return f
}
