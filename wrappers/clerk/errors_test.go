package clerk_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

func TestErrorBodies(t *testing.T) {
	both := http.Header{"Clerk-Trace-Id": {"header"}, "Cf-Ray": {"ray"}}
	tests := []struct {
		name, body           string
		header               http.Header
		code, message, reqID string
	}{
		{"full", `{"errors":[{"code":"c","message":"short","long_message":"long"}],"clerk_trace_id":"body"}`, both, "c", "long", "body"},
		{"trace id in the header", `{"errors":[{"code":"c","message":"short"}]}`, both, "c", "short", "header"},
		{"the gateway's id", `{"errors":[{"code":"c","message":"short"}]}`, http.Header{"Cf-Ray": {"ray"}}, "c", "short", "ray"},
		{"only a code", `{"errors":[{"code":"c"}],"clerk_trace_id":"body"}`, nil, "c", "", "body"},
		{"parameter", `{"errors":[{"code":"c","message":"is missing","meta":{"param_name":"role"}}]}`, nil, "c", "role: is missing", ""},
		{"parameter in the message already", `{"errors":[{"code":"c","long_message":"role must be there","meta":{"param_name":"role"}}]}`, nil, "c", "role must be there", ""},
		{"empty meta", `{"errors":[{"code":"c","message":"is invalid","meta":{}}]}`, nil, "c", "is invalid", ""},
		{"meta of another type", `{"errors":[{"code":"c","message":"is invalid","meta":[1]}]}`, nil, "c", "is invalid", ""},
		{"several", `{"errors":[{"code":"one","message":"first"},{"code":"two","long_message":"second","meta":{"param_name":"p"}},{"code":"three"}]}`, nil, "one", "first; p: second", ""},
		{"an error of another type", `{"errors":[7,{"code":"two","message":"second"}],"clerk_trace_id":"body"}`, nil, "two", "second", "body"},
		{"errors of another type", `{"errors":"no","clerk_trace_id":"body"}`, nil, "", "", "body"},
		{"code of another type", `{"errors":[{"code":4,"message":"short"}]}`, nil, "", "short", ""},
		{"line breaks", `{"errors":[{"code":"c","message":"one\ntwo\u2028three"}]}`, nil, "c", "one two three", ""},
		{"no errors", `{"errors":[]}`, both, "", "", "header"},
		{"empty", ``, both, "", "", "header"},
		{"html", `<html>Bad gateway</html>`, both, "", "", "header"},
		{"array", `[1]`, both, "", "", "header"},
		{"cut", `{"errors":[{"code":"c"`, both, "", "", "header"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range tt.header {
					w.Header()[k] = v
				}
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(tt.body))
			})
			_, err := c.Memberships.Create(t.Context(), "o", clerk.CreateMembershipRequest{UserID: "u", Role: clerk.RoleMember})
			var e *memberships.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			got := []string{e.Code, e.Message, e.RequestID}
			if diff := cmp.Diff([]string{tt.code, tt.message, tt.reqID}, got); diff != "" || e.Kind != memberships.ErrInvalidArgument {
				t.Errorf("kind %v (-want +got):\n%s", e.Kind, diff)
			}
		})
	}
}

// The table has every code of Clerk's catalogue about organizations, requests and keys.
// Its last rows have a status other than that of the catalogue, or a new code.
func TestErrorKinds(t *testing.T) {
	tests := []struct {
		status      int
		code, param string
		kind        error
	}{
		{400, "already_a_member_in_organization", "", memberships.ErrAlreadyExists},
		{400, "api_version_invalid", "", memberships.ErrInvalidArgument},
		{400, "bad_request", "", memberships.ErrInvalidArgument},
		{400, "bulk_size_exceeded", "", memberships.ErrInvalidArgument},
		{400, "duplicate_record", "", memberships.ErrAlreadyExists},
		{400, "form_param_missing", "", memberships.ErrInvalidArgument},
		{400, "infinite_redirect_loop", "", memberships.ErrInvalidArgument},
		{400, "malformed_publishable_key", "", memberships.ErrInvalidArgument},
		{400, "malformed_request_parameters", "", memberships.ErrInvalidArgument},
		{400, "missing_query_parameter", "", memberships.ErrInvalidArgument},
		{400, "organization_creator_not_found", "", memberships.ErrNotFound},
		{400, "organization_invitation_already_accepted", "", memberships.ErrConflict},
		{400, "organization_invitation_not_unique", "", memberships.ErrAlreadyExists},
		{400, "organization_invitation_revoked_code", "", memberships.ErrConflict},
		{400, "organization_member_limit_managed_by_billing", "", memberships.ErrConflict},
		{400, "organization_minimum_permissions_needed", "", memberships.ErrConflict},
		{400, "organizations_disable_not_allowed", "", memberships.ErrConflict},
		{400, "request_body_invalid", "", memberships.ErrInvalidArgument},
		{401, "authentication_invalid", "", memberships.ErrUnauthenticated},
		{401, "authorization_header_format_invalid", "", memberships.ErrUnauthenticated},
		{401, "clerk_key_invalid", "", memberships.ErrUnauthenticated},
		{402, "payment_required", "", memberships.ErrPermissionDenied},
		{403, "authorization_invalid", "", memberships.ErrPermissionDenied},
		{403, "missing_organization_permission", "", memberships.ErrPermissionDenied},
		{403, "not_a_member_in_organization", "", memberships.ErrPermissionDenied},
		{403, "org_creation_limit_exceeded", "", memberships.ErrConflict},
		{403, "organization_domain_enrollment_mode_not_enabled", "", memberships.ErrPermissionDenied},
		{403, "organization_domain_quota_exceeded", "", memberships.ErrConflict},
		{403, "organization_domains_not_enabled", "", memberships.ErrPermissionDenied},
		{403, "organization_instance_role_sets_quota_exceeded", "", memberships.ErrConflict},
		{403, "organization_instance_roles_quota_exceeded", "", memberships.ErrConflict},
		{403, "organization_membership_quota_exceeded", "", memberships.ErrConflict},
		{403, "organization_membership_quota_exceeded_for_sso", "", memberships.ErrConflict},
		{403, "organization_not_enabled_in_instance", "", memberships.ErrPermissionDenied},
		{403, "organization_quota_exceeded", "", memberships.ErrConflict},
		{403, "organization_slugs_disabled", "", memberships.ErrPermissionDenied},
		{403, "organization_system_permission_not_modifiable", "", memberships.ErrPermissionDenied},
		{403, "organizations_cannot_be_enabled", "", memberships.ErrPermissionDenied},
		{403, "quota_exceeded", "", memberships.ErrConflict},
		{404, "organization_invitation_not_pending", "", memberships.ErrConflict},
		{404, "organization_not_found_or_unauthorized", "", memberships.ErrNotFound},
		{404, "organization_role_permission_association_not_found", "", memberships.ErrNotFound},
		{404, "resource_not_found", "", memberships.ErrNotFound},
		{404, "resource_not_found", "role", memberships.ErrInvalidArgument},
		{409, "conflict", "", memberships.ErrConflict},
		{409, "organization_membership_managed_by_scim", "", memberships.ErrPermissionDenied},
		{409, "organization_role_permission_association_exists", "", memberships.ErrAlreadyExists},
		{409, "resource_locked", "", memberships.ErrUnavailable},
		{409, "role_migration_in_progress", "", memberships.ErrUnavailable},
		{410, "operation_deprecated", "", memberships.ErrUnsupported},
		{413, "request_body_too_large", "", memberships.ErrInvalidArgument},
		{415, "unsupported_content_type", "", memberships.ErrInvalidArgument},
		{422, "exclusive_organization_membership", "", memberships.ErrConflict},
		{422, "exclusive_organization_membership_existing_members", "", memberships.ErrConflict},
		{422, "exclusive_organization_membership_for_sso", "", memberships.ErrConflict},
		{422, "force_organization_selection_not_allowed_when_organizations_disabled", "", memberships.ErrConflict},
		{422, "form_identifier_exists", "email_address", memberships.ErrAlreadyExists},
		{422, "form_param_array_size_exceeded", "user_id", memberships.ErrInvalidArgument},
		{422, "form_param_duplicate", "", memberships.ErrInvalidArgument},
		{422, "form_param_exceeds_allowed_size", "public_metadata", memberships.ErrInvalidArgument},
		{422, "form_param_format_invalid", "", memberships.ErrInvalidArgument},
		{422, "form_param_missing", "role", memberships.ErrInvalidArgument},
		{422, "form_param_nil", "role", memberships.ErrInvalidArgument},
		{422, "form_param_type_invalid", "", memberships.ErrInvalidArgument},
		{422, "form_param_unknown", "colour", memberships.ErrInvalidArgument},
		{422, "form_param_value_invalid", "role", memberships.ErrInvalidArgument},
		{422, "organization_already_has_sso_connection", "", memberships.ErrAlreadyExists},
		{422, "organization_domain_already_exists", "", memberships.ErrAlreadyExists},
		{422, "organization_domain_already_exists_same_organization", "", memberships.ErrAlreadyExists},
		{422, "organization_domain_blocked", "", memberships.ErrInvalidArgument},
		{422, "organization_domain_common", "", memberships.ErrInvalidArgument},
		{422, "organization_domain_exists_for_enrollment", "", memberships.ErrAlreadyExists},
		{422, "organization_domain_exists_for_enterprise_connection", "", memberships.ErrAlreadyExists},
		{422, "organization_missing_creator_role_permissions", "", memberships.ErrConflict},
		{422, "organization_role_assigned_members", "", memberships.ErrConflict},
		{422, "organization_role_default_creator_role", "", memberships.ErrConflict},
		{422, "organization_role_domain_default_role", "", memberships.ErrConflict},
		{422, "organization_role_exists_in_invitations", "", memberships.ErrConflict},
		{422, "organization_role_on_set_assigned_to_user", "", memberships.ErrConflict},
		{422, "organization_role_set_reassignment_contact_support", "", memberships.ErrConflict},
		{422, "organization_role_set_reassignment_mappings_invalid", "", memberships.ErrInvalidArgument},
		{422, "organization_role_set_reassignment_mappings_missing", "", memberships.ErrInvalidArgument},
		{422, "personal_accounts_not_allowed", "", memberships.ErrConflict},
		{429, "too_many_requests", "", memberships.ErrRateLimited},
		{500, "internal_clerk_error", "", memberships.ErrUnavailable},
		{503, "service_unavailable", "", memberships.ErrUnavailable},
		{504, "gateway_timeout", "", memberships.ErrUnavailable},
		{402, "organization_membership_quota_exceeded", "", memberships.ErrConflict},
		{422, "quota_exceeded", "", memberships.ErrConflict},
		{403, "user_quota_exceeded", "", memberships.ErrConflict},
		{400, "exclusive_organization_membership_existing_members_for_sso", "", memberships.ErrConflict},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.status, " ", tt.code, " ", tt.param), func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "9")
				w.WriteHeader(tt.status)
				fmt.Fprintf(w, `{"errors":[{"code":%q,"message":"no","meta":{"param_name":%q}}]}`, tt.code, tt.param)
			})
			_, err := c.Memberships.Update(t.Context(), "o", "u", clerk.UpdateMembershipRequest{Role: "r"})
			var e *memberships.Error
			if !errors.As(err, &e) || !errors.Is(e, tt.kind) || (e.Kind == memberships.ErrOutcomeUnknown) != (tt.status >= 500) ||
				e.Kind != tt.kind && e.Kind != memberships.ErrOutcomeUnknown || e.StatusCode != tt.status || e.Code != tt.code || e.RetryAfter != 9*time.Second {
				t.Errorf("got %v, want %v", err, tt.kind)
			}
		})
	}
}

// A call retries a membership that another request locks, and fails at once for one that a
// directory owns.
func TestLocked(t *testing.T) {
	type tc struct {
		code     string
		requests int
		kind     error
	}
	wrappertest.RunSynctest(t, map[string]tc{
		"locked": {"resource_locked", 3, nil},
		"owned":  {"organization_membership_managed_by_scim", 1, memberships.ErrPermissionDenied},
	}, func(t *testing.T, tt tc) {
		c, asked := wrappertest.Faulty(t, clerk.New, emulator.Fault{
			Method: http.MethodPost, Status: 409, Times: 2, RetryAfter: 2, Body: new(`{"errors":[{"code":"` + tt.code + `"}]}`),
		})
		start := time.Now()
		_, err := c.Memberships.Create(t.Context(), demo, clerk.CreateMembershipRequest{UserID: outsider, Role: clerk.RoleMember})
		if !errors.Is(err, tt.kind) || (err == nil) != (tt.kind == nil) || len(*asked) != tt.requests || time.Since(start) != time.Duration(2*(tt.requests-1))*time.Second {
			t.Errorf("got %v after %v and %v, want %v", err, *asked, time.Since(start), tt.kind)
		}
	})
}
