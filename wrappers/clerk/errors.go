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

// kinds holds the statuses and codes of Clerk whose meaning HTTP does not define. It does
// not depend on messages, which are for people and change. A code with one meaning has no
// Status, because the status of a limit depends on its owner.
var kinds = []client.ErrorRule{
	{Code: "already_a_member_in_organization", Kind: memberships.ErrAlreadyExists},
	{Code: "duplicate_record", Kind: memberships.ErrAlreadyExists}, // an invitation of the instance
	{Code: "organization_invitation_not_unique", Kind: memberships.ErrAlreadyExists},
	{Code: "organization_already_has_sso_connection", Kind: memberships.ErrAlreadyExists},
	{Code: "organization_role_permission_association_exists", Kind: memberships.ErrAlreadyExists},
	{Code: "organization_domain_*exists*", Kind: memberships.ErrAlreadyExists},
	{Status: 422, Code: "form_identifier_exists", Kind: memberships.ErrAlreadyExists},

	// The creator of a new organization does not exist.
	{Status: 400, Code: "organization_creator_not_found", Kind: memberships.ErrNotFound},
	// The role does not exist; the member may.
	{Status: 404, Code: "resource_not_found", Param: "role", Kind: memberships.ErrInvalidArgument},

	// The arguments and the key are valid, and the current state forbids the change. The
	// limits have the status 403, which alone would mean a missing permission.
	{Code: "*quota_exceeded*", Kind: memberships.ErrConflict},
	{Code: "org_creation_limit_exceeded", Kind: memberships.ErrConflict},
	{Code: "organization_member_limit_managed_by_billing", Kind: memberships.ErrConflict},
	{Code: "exclusive_organization_membership*", Kind: memberships.ErrConflict},
	{Code: "personal_accounts_not_allowed", Kind: memberships.ErrConflict},
	{Code: "organization_minimum_permissions_needed", Kind: memberships.ErrConflict},
	{Code: "organization_missing_creator_role_permissions", Kind: memberships.ErrConflict},
	{Code: "organizations_disable_not_allowed", Kind: memberships.ErrConflict},
	{Code: "force_organization_selection_not_allowed_*", Kind: memberships.ErrConflict},
	// The invitation exists. Its 404 in the first row means accepted or revoked.
	{Code: "organization_invitation_not_pending", Kind: memberships.ErrConflict},
	{Code: "organization_invitation_already_accepted", Kind: memberships.ErrConflict},
	{Code: "organization_invitation_revoked_code", Kind: memberships.ErrConflict},
	// The role is in use.
	{Code: "organization_role_default_creator_role", Kind: memberships.ErrConflict},
	{Code: "organization_role_domain_default_role", Kind: memberships.ErrConflict},
	{Code: "organization_role_assigned_members", Kind: memberships.ErrConflict},
	{Code: "organization_role_exists_in_invitations", Kind: memberships.ErrConflict},
	{Code: "organization_role_on_set_assigned_to_user", Kind: memberships.ErrConflict},
	{Code: "organization_role_set_reassignment_contact_support", Kind: memberships.ErrConflict},

	// The first two end by themselves; a membership that a directory owns stays locked.
	{Status: 409, Code: "resource_locked", Kind: memberships.ErrUnavailable},
	{Status: 409, Code: "role_migration_in_progress", Kind: memberships.ErrUnavailable},
	{Status: 409, Code: "organization_membership_managed_by_scim", Kind: memberships.ErrPermissionDenied},

	// Clerk has removed the operation, not the resource.
	{Status: 410, Code: "operation_deprecated", Kind: memberships.ErrUnsupported},
}

// busy reports whether another request is changing the membership.
func busy(r *transport.Response) bool {
	return r.StatusCode == http.StatusConflict && readErrorDetails(r).Code == "resource_locked"
}

// duplicates has the effect of a repeated write: memberships, slugs of organizations and
// addresses of users are unique, so a second creation fails. A second removal is 404. Clerk
// refuses a second invitation while the first is pending; it may send a second mail after
// the end of the first.
var duplicates = map[string]client.Duplicate{
	"Memberships.Create":         client.Refused,
	"Memberships.Update":         client.Merged,
	"Memberships.UpdateMetadata": client.Merged,
	"Invitations.Create":         client.Harms,
	"Invitations.CreateMany":     client.Harms,
	"Invitations.Revoke":         client.Refused,
	"Organizations.Create":       client.Refused,
	"Users.Create":               client.Refused,
	"Memberships.Delete":         client.Refused,
	"Organizations.Delete":       client.Refused,
	"Users.Delete":               client.Refused,
}

// readErrorDetails reads {errors, clerk_trace_id}. The code is that of the first error; the
// message joins all of them. Gateways send something else or nothing at all, and the
// request id is then in a header.
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
	if p, ok := settings[f.Code]; ok {
		f.Err = p
	}
	return f
}

// settings has the codes that one setting of the instance causes.
var settings = map[string]*client.Permission{
	"organization_not_enabled_in_instance": {
		Meaning: "organizations are disabled in the instance of the key",
		Certain: true, Grant: "organizations in that instance", Where: dashboard,
	},
	"clerk_key_invalid": {
		Certain: true, Grant: "the secret key of the instance", Where: dashboard + " > API Keys",
	},
}

// dashboard is the place of an instance's settings.
const dashboard = "Clerk Dashboard, https://dashboard.clerk.com"
