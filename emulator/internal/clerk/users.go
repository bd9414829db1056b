package clerk

import (
	"context"
	"encoding/json"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/clerk/server"
)

// user is a user as a response shows it: the fields of the document, and fields that
// Clerk's own SDKs require.
type user struct {
	gen.User
	PasswordEnabled   bool   `json:"password_enabled"`
	TwoFactorEnabled  bool   `json:"two_factor_enabled"`
	TOTPEnabled       bool   `json:"totp_enabled"`
	BackupCodeEnabled bool   `json:"backup_code_enabled"`
	MFAEnabledAt      *int64 `json:"mfa_enabled_at"`
	MFADisabledAt     *int64 `json:"mfa_disabled_at"`

	Passkeys           []struct{} `json:"passkeys"`
	ExternalAccounts   []struct{} `json:"external_accounts"`
	SAMLAccounts       []struct{} `json:"saml_accounts"`
	EnterpriseAccounts []struct{} `json:"enterprise_accounts"`

	LockoutExpiresInSeconds       *int64 `json:"lockout_expires_in_seconds"`
	VerificationAttemptsRemaining *int64 `json:"verification_attempts_remaining"`
	DeleteSelfEnabled             bool   `json:"delete_self_enabled"`
	CreateOrganizationEnabled     bool   `json:"create_organization_enabled"`
	CreateOrganizationsLimit      *int64 `json:"create_organizations_limit"`
	LegalAcceptedAt               *int64 `json:"legal_accepted_at"`
}

func (user) OfGetUser()    {}
func (user) OfCreateUser() {}

func (u user) Response() (int, map[string]*string, any) { return http.StatusOK, nil, u }

type users []user

func (users) OfListUsers() {}

func (u users) Response() (int, map[string]*string, any) { return http.StatusOK, nil, u }

func (a *account) json() user {
	created, seen := a.created.UnixMilli(), nullable.NewNullNullable[int64]()
	if !a.seen.IsZero() {
		seen.Set(a.seen.UnixMilli())
	}
	u := user{
		User: gen.User{
			ID: userID(a.N), Object: "user", ExternalID: orNull(a.externalID), Username: orNull(a.username),
			FirstName: orNull(a.Given), LastName: orNull(a.Family), Locale: orNull(a.locale),
			ImageURL: new(picture), HasImage: new(false), ProfileImageURL: new(picture),
			EmailAddresses: []gen.EmailAddress{}, PhoneNumbers: []gen.PhoneNumber{}, Web3Wallets: []gen.Web3Wallet{},
			PrimaryEmailAddressID: nullable.NewNullNullable[string](),
			PrimaryPhoneNumberID:  nullable.NewNullNullable[string](),
			PrimaryWeb3WalletID:   nullable.NewNullNullable[string](),
			PublicMetadata:        object(a.public), PrivateMetadata: new(object(a.private)), UnsafeMetadata: new(object(a.unsafe)),
			Banned: &a.banned, Locked: &a.locked, Deprovisioned: new(false),
			LastSignInAt: seen, LastActiveAt: seen, CreatedAt: created, UpdatedAt: created,
		},
		PasswordEnabled: a.password, Passkeys: []struct{}{}, ExternalAccounts: []struct{}{}, SAMLAccounts: []struct{}{},
		EnterpriseAccounts: []struct{}{}, DeleteSelfEnabled: a.mayDelete, CreateOrganizationEnabled: a.mayCreate,
		CreateOrganizationsLimit: a.createLimit,
	}
	for i, m := range a.mails {
		u.EmailAddresses = append(u.EmailAddresses, gen.EmailAddress{
			ID: new(identificationID(a.N, i)), Object: "email_address", EmailAddress: m.value, Reserved: new(m.reserved),
			Verification: m.verification(), LinkedTo: []gen.IdentificationLink{}, MatchesSSOConnection: new(false),
			CreatedAt: &created, UpdatedAt: &created,
		})
		u.PrimaryEmailAddressID.Set(*u.EmailAddresses[0].ID)
	}
	for i, p := range a.phones {
		u.PhoneNumbers = append(u.PhoneNumbers, gen.PhoneNumber{
			ID: new(identificationID(a.N, len(a.mails)+i)), Object: "phone_number", PhoneNumber: p.value, Reserved: new(p.reserved),
			ReservedForSecondFactor: new(false), DefaultSecondFactor: new(false),
			Verification: p.verification(), LinkedTo: []gen.IdentificationLink{}, CreatedAt: &created, UpdatedAt: &created,
		})
		u.PrimaryPhoneNumberID.Set(*u.PhoneNumbers[0].ID)
	}
	for i, wallet := range a.wallets {
		u.Web3Wallets = append(u.Web3Wallets, gen.Web3Wallet{
			ID: new(identificationID(a.N, len(a.mails)+len(a.phones)+i)), Object: "web3_wallet", Web3Wallet: wallet.value,
			Verification: wallet.verification(), CreatedAt: &created, UpdatedAt: &created,
		})
		u.PrimaryWeb3WalletID.Set(*u.Web3Wallets[0].ID)
	}
	return u
}

// verification returns the verification of an address that was created through the API,
// which needs no proof.
func (i identification) verification() json.RawMessage {
	if i.reserved {
		return json.RawMessage("null")
	}
	return json.RawMessage(`{"object":"verification_admin","status":"verified","strategy":"admin","attempts":null,"expire_at":null}`)
}

// userOrders are the sort keys of users.
var userOrders = []string{
	"created_at", "updated_at", "email_address", "web3wallet", "first_name", "last_name", "phone_number", "username",
	"last_active_at", "last_sign_in_at",
}

// found returns the sorted rows of the users that the request's filters accept.
func (s *server) found(ctx context.Context, by order) []row {
	f := s.filterOf(ctx)
	return s.rows(ctx, by, func(yield func(row)) {
		keep := func(n int64) {
			if a, known := s.account(n); known && f.keep(a) {
				r := row{n: n}
				by.set(&r, a, a.created)
				yield(r)
			}
		}
		for _, n := range f.named {
			keep(n)
		}
		if f.named == nil {
			for p := range s.people.All() {
				keep(p.N)
			}
		}
	})
}

func (s *server) ListUsers(ctx context.Context, req gen.ListUsersRequestObject) (gen.ListUsersResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	by, err := orderOf(req.Params.OrderBy, userOrders...)
	if err != nil {
		return nil, err
	}
	p := pageOf(req.Params.Limit, req.Params.Offset)
	rows := s.found(ctx, by)
	if after := req.Params.StartingAfter; after != nil {
		n, ok := userNumber(*after)
		at := slices.IndexFunc(rows, func(r row) bool { return r.n == n })
		switch {
		case by.key != "created_at":
			return nil, invalid("starting_after", "starting_after needs the order created_at")
		case p.offset > 0:
			return nil, invalid("starting_after", "starting_after does not go with an offset")
		case !ok || at < 0:
			return nil, invalid("starting_after", "%s is not a user of this listing", *after)
		}
		rows = rows[at+1:]
	}
	out := users{}
	for _, r := range cut(p, rows) {
		a, _ := s.account(r.n)
		out = append(out, a.json())
	}
	return out, nil
}

func (s *server) CountUsers(ctx context.Context, _ gen.CountUsersRequestObject) (gen.CountUsersResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return gen.CountUsers200JSONResponse{Object: "total_count", TotalCount: int64(len(s.found(ctx, newestFirst)))}, nil
}

func (s *server) GetUser(_ context.Context, req gen.GetUserRequestObject) (gen.GetUserResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.user(req.UserID)
	if err != nil {
		return nil, err
	}
	return a.json(), nil
}

func (s *server) CreateUser(_ context.Context, req gen.CreateUserRequestObject) (gen.CreateUserResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := req.Body
	a := &account{
		Person:   seed.Person{Given: value(b.FirstName), Family: value(b.LastName)},
		username: value(b.Username), externalID: value(b.ExternalID), locale: value(b.Locale),
		banned: value(b.Banned), locked: value(b.Locked), password: value(b.Password) != "" || value(b.PasswordDigest) != "",
		mayDelete: true, mayCreate: true, created: s.now(),
	}
	if err := s.identify(a, b); err != nil {
		return nil, err
	}
	if v, err := b.DeleteSelfEnabled.Get(); err == nil {
		a.mayDelete = v
	}
	if v, err := b.CreateOrganizationEnabled.Get(); err == nil {
		a.mayCreate = v
	}
	if v, err := b.CreateOrganizationsLimit.Get(); err == nil {
		a.createLimit = &v
	}
	if at := value(b.CreatedAt); !at.IsZero() {
		a.created = at.Truncate(time.Millisecond)
	}
	for _, m := range []struct {
		param string
		to    *json.RawMessage
		from  *json.RawMessage
	}{
		{"public_metadata", &a.public, b.PublicMetadata},
		{"private_metadata", &a.private, b.PrivateMetadata},
		{"unsafe_metadata", &a.unsafe, b.UnsafeMetadata},
	} {
		var err error
		if *m.to, err = metadata(m.param, nil, m.from); err != nil {
			return nil, err
		}
	}
	s.changes++
	a.Person = s.people.Create(a.Person)
	s.accounts[a.N] = a
	s.emit("user.created", a.json())
	return a.json(), nil
}

// identify sets the addresses, numbers and names of a new user. It returns an error if
// another user has one of them.
func (s *server) identify(a *account, b *gen.CreateUserRequest) error {
	var err error
	if a.mails, err = identifications("email_address", b.EmailAddress, b.EmailAddressIdentificationStatus); err != nil {
		return err
	}
	if a.phones, err = identifications("phone_number", b.PhoneNumber, b.PhoneNumberIdentificationStatus); err != nil {
		return err
	}
	if a.wallets, err = identifications("web3_wallet", b.Web3Wallet, nil); err != nil {
		return err
	}
	for _, m := range a.mails {
		if parsed, err := mail.ParseAddress(m.value); err != nil || parsed.Address != m.value {
			return badFormat("email_address", "%q is not an e-mail address", m.value)
		}
		if _, known := s.people.ByMail(m.value); known {
			return taken("email_address", m.value)
		}
	}
	for _, p := range a.phones {
		if digits, plus := strings.CutPrefix(p.value, "+"); !plus || len(digits) < 7 || strings.Trim(digits, "0123456789") != "" {
			return badFormat("phone_number", "%q is not a phone number: + and the country's code come first", p.value)
		}
	}
	for _, other := range s.accounts {
		for _, id := range []struct {
			param        string
			mine, theirs []identification
		}{
			{"email_address", a.mails, other.mails},
			{"phone_number", a.phones, other.phones},
			{"web3_wallet", a.wallets, other.wallets},
			{"username", one(a.username), one(other.username)},
		} {
			for _, m := range id.mine {
				if has(id.theirs, []string{m.value}) {
					return taken(id.param, m.value)
				}
			}
		}
		if a.externalID != "" && a.externalID == other.externalID {
			return taken("external_id", a.externalID)
		}
	}
	if len(a.mails)+len(a.phones)+len(a.wallets) == 0 && a.username == "" && !value(b.SkipUserRequirement) {
		return &failure{
			status: http.StatusUnprocessableEntity, code: "form_param_missing", short: "at least one parameter must be provided",
			message: "email_address, phone_number, username or web3_wallet is required",
		}
	}
	a.Mail = first(a.mails)
	return nil
}

func one(value string) []identification { return []identification{{value: value}} }

// identifications parses values and their statuses; the default status is "verified".
func identifications(param string, values, status *[]string) ([]identification, error) {
	var out []identification
	for _, v := range list(values) {
		out = append(out, identification{value: v})
	}
	states := list(status)
	if len(states) > 0 && len(states) != len(out) {
		return nil, invalid(param+"_identification_status", "every %s needs a status", param)
	}
	for i, state := range states {
		if state != "verified" && state != "reserved" {
			return nil, invalid(param+"_identification_status", "%q is neither verified nor reserved", state)
		}
		out[i].reserved = state == "reserved"
	}
	return out, nil
}

func (s *server) DeleteUser(_ context.Context, req gen.DeleteUserRequestObject) (gen.DeleteUserResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.user(req.UserID)
	if err != nil {
		return nil, err
	}
	s.changes++
	for _, o := range s.order {
		o.remove(a.N)
	}
	s.people.Delete(a.N)
	delete(s.accounts, a.N)
	gone := gen.DeletedObject{ID: new(userID(a.N)), Object: "user", ExternalID: httpapi.Ptr(a.externalID), Deleted: true}
	s.emit("user.deleted", gone)
	return gen.DeleteUser200JSONResponse{DeletedObjectJSONResponse: gen.DeletedObjectJSONResponse(gone)}, nil
}
