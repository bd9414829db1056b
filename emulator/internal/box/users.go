package box

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/box/server"
)

const enterpriseID = "900001"

// profile returns a user with the default fields, or with all fields if full is set. Most
// fields of an external user are null.
func (s *server) profile(p seed.Person, full bool) gen.User {
	name, created := p.Name(), date(seed.Start)
	var b gen.CreateUserRequest
	if a := s.accounts[p.N]; a != nil {
		b, created = a.request, date(a.created)
	}
	u := gen.User{ID: userID(p.N), Type: "user", Name: &name, Login: &p.Mail, Status: some("active")}
	if s.isExternal(p) {
		u.CreatedAt.SetNull()
		u.ModifiedAt.SetNull()
		u.Language.SetNull()
		u.Timezone.SetNull()
		u.SpaceAmount.SetNull()
		u.SpaceUsed.SetNull()
		u.MaxUploadSize.SetNull()
		u.JobTitle.SetNull()
		u.Phone.SetNull()
		u.Address.SetNull()
		u.AvatarURL.SetNull()
		u.NotificationEmail.SetNull()
		return u
	}
	u.CreatedAt, u.ModifiedAt = some(created), some(created)
	u.Language, u.Timezone = some(or(b.Language, "en")), some(or(b.Timezone, "America/Los_Angeles"))
	u.SpaceAmount, u.SpaceUsed, u.MaxUploadSize = some(or(b.SpaceAmount, 10<<30)), some(int64(0)), some(int64(5<<30))
	u.JobTitle, u.Phone, u.Address = some(or(b.JobTitle, "")), some(or(b.Phone, "")), some(or(b.Address, ""))
	u.Status = some(string(or(b.Status, gen.CreateUserRequestStatusActive)))
	u.AvatarURL = some("https://app.box.com/api/avatar/large/" + u.ID)
	u.NotificationEmail.SetNull()
	if !full {
		return u
	}
	u.Role = some(string(or(b.Role, gen.CreateUserRequestRoleUser)))
	if p.N == s.seed.People[0].N {
		u.Role = some("admin")
	}
	id, typ, title := enterpriseID, "enterprise", "Example"
	u.Enterprise = some(gen.Enterprise{ID: &id, Type: &typ, Name: &title})
	u.TrackingCodes, u.MyTags = some(or(b.TrackingCodes, []gen.TrackingCode{})), some([]string{})
	u.CanSeeManagedUsers, u.IsSyncEnabled = some(or(b.CanSeeManagedUsers, true)), some(or(b.IsSyncEnabled, true))
	u.IsExternalCollabRestricted = some(or(b.IsExternalCollabRestricted, false))
	u.IsExemptFromDeviceLimits = some(or(b.IsExemptFromDeviceLimits, false))
	u.IsExemptFromLoginVerification = some(or(b.IsExemptFromLoginVerification, false))
	u.IsPlatformAccessOnly = some(or(b.IsPlatformAccessOnly, false))
	u.Hostname = some("https://app.box.com/")
	if u.ExternalAppUserID.SetNull(); b.ExternalAppUserID != nil {
		u.ExternalAppUserID = some(*b.ExternalAppUserID)
	}
	return u
}

func some[T any](v T) nullable.Nullable[T] { return nullable.NewNullableWithValue(v) }

// or returns *p, or fallback if p is nil.
func or[T any](p *T, fallback T) T {
	if p == nil {
		return fallback
	}
	return *p
}

func (s *server) shown(p seed.Person, fields *gen.Fields) (gen.UserJSONResponse, error) {
	u, err := pick(s.profile(p, fields != nil), fields)
	return gen.UserJSONResponse(u), err
}

// search holds the parameters of a list of users.
type search struct {
	term, appUser string
	typ           gen.ListUsersParamsUserType
}

// found yields the users that match q and whose number is above after. A term matches the
// prefix of a name or login in the enterprise. An external user matches a whole login
// only, and is then the only match.
func (s *server) found(q search, after int64) iter.Seq[seed.Person] {
	external, ok := s.people.ByMail(q.term)
	ok = ok && s.isExternal(external)
	return func(yield func(seed.Person) bool) {
		switch {
		case q.typ != gen.ListUsersParamsUserTypeManaged && ok:
			if external.N > after {
				yield(external)
			}
			return
		case q.typ == gen.ListUsersParamsUserTypeExternal:
			return
		}
		for _, numbers := range s.ranges(q.term) {
			for n := max(numbers[0], after+1); n <= numbers[1]; n++ {
				if p, ok := s.people.Get(n); ok && s.fits(p, q) && !yield(p) {
					return
				}
			}
		}
	}
}

func (s *server) fits(p seed.Person, q search) bool {
	if s.isExternal(p) || !begins(p.Name(), q.term) && !begins(p.Mail, q.term) {
		return false
	}
	a := s.accounts[p.N]
	return q.appUser == "" || a != nil && or(a.request.ExternalAppUserID, "") == q.appUser
}

// ranges returns the number ranges of the users that term can match. If term is an
// address, one generated user is a candidate instead of a million.
func (s *server) ranges(term string) [3][2]int64 {
	first, last := int64(seed.FirstGenerated), int64(seed.FirstGenerated+s.seed.Generated()-1)
	if key, _, ok := strings.Cut(term, "@"); ok {
		i, ok := seed.GeneratedByMail(key + "@example.com")
		if first += int64(i); ok {
			last = min(last, first)
		} else {
			last = first - 1
		}
	}
	return [3][2]int64{{1, int64(len(s.seed.People))}, {seed.FirstCreated, s.made}, {first, last}}
}

func (s *server) ListUsers(_ context.Context, req gen.ListUsersRequestObject) (gen.ListUsersResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := req.Params
	w, err := windowOf(p.Limit, p.Offset)
	if err != nil {
		return nil, err
	}
	q := search{or(p.FilterTerm, ""), or(p.ExternalAppUserID, ""), or(p.UserType, gen.ListUsersParamsUserTypeManaged)}
	if or(p.Usemarker, false) {
		return s.usersByMarker(q, w, p)
	}
	if p.Marker != nil {
		return nil, badParam("marker", "marker needs usemarker=true")
	}
	people, total := cut(w, s.found(q, 0))
	page := gen.ListUsers200JSONResponse{TotalCount: &total, Limit: &w.limit, Offset: &w.offset}
	page.Entries, err = s.entries(people, p.Fields)
	return page, err
}

func (s *server) usersByMarker(q search, w window, p gen.ListUsersParams) (gen.ListUsersResponseObject, error) {
	after, ok := decodeMarker(or(p.Marker, ""))
	switch {
	case !ok:
		return nil, badParam("marker", "Invalid value '%s'. The marker is not one of this listing", *p.Marker)
	case p.Offset != nil:
		return nil, badParam("offset", "offset does not go together with usemarker=true")
	}
	page := gen.ListUsers200JSONResponse{Limit: &w.limit}
	page.NextMarker.SetNull()
	var people []seed.Person
	for who := range s.found(q, after) {
		if int64(len(people)) == w.limit {
			page.NextMarker.Set(encodeMarker(people[len(people)-1].N))
			break
		}
		people = append(people, who)
	}
	var err error
	page.Entries, err = s.entries(people, p.Fields)
	return page, err
}

func (s *server) entries(people []seed.Person, fields *gen.Fields) ([]gen.User, error) {
	out := make([]gen.User, len(people))
	for i, p := range people {
		u, err := s.shown(p, fields)
		if err != nil {
			return nil, err
		}
		out[i] = gen.User(u)
	}
	return out, nil
}

func (s *server) GetMe(ctx context.Context, req gen.GetMeRequestObject) (gen.GetMeResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.user(ctx, "me")
	if err != nil {
		return nil, err
	}
	out, err := s.shown(p, req.Params.Fields)
	return gen.GetMe200JSONResponse{UserJSONResponse: out}, err
}

func (s *server) GetUser(ctx context.Context, req gen.GetUserRequestObject) (gen.GetUserResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.user(ctx, req.UserID)
	if err != nil {
		return nil, err
	}
	out, err := s.shown(p, req.Params.Fields)
	return gen.GetUser200JSONResponse{UserJSONResponse: out}, err
}

func (s *server) CreateUser(ctx context.Context, req gen.CreateUserRequestObject) (gen.CreateUserResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.adminOnly(ctx, manageUsers); err != nil {
		return nil, err
	}
	b := *req.Body
	login := or(b.Login, "")
	switch {
	case strings.TrimSpace(b.Name) == "":
		return nil, badParam("name", "name must not be empty")
	case or(b.IsPlatformAccessOnly, false):
		number := max(s.made+1, seed.FirstCreated)
		login = fmt.Sprintf("AppUser_%s_%d@boxdevedition.com", enterpriseID, number)
	case !strings.Contains(login, "@"):
		return nil, badParam("login", "Invalid value '%s'. login must be an e-mail address", login)
	}
	if _, taken := s.people.ByMail(login); taken {
		return nil, refuse(http.StatusConflict)
	}
	given, family, _ := strings.Cut(b.Name, " ")
	p := s.people.Create(seed.Person{Given: given, Family: family, Mail: login})
	s.made = p.N
	s.accounts[p.N] = &account{request: b, created: s.seed.Now()}
	s.record(ctx, "NEW_USER", &p, nil)
	out, err := s.shown(p, req.Params.Fields)
	return gen.CreateUser201JSONResponse{UserJSONResponse: out}, err
}

func (s *server) DeleteUser(ctx context.Context, req gen.DeleteUserRequestObject) (gen.DeleteUserResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := scoped(ctx, manageUsers); err != nil {
		return nil, err
	}
	p, err := s.user(ctx, req.UserID)
	if err != nil {
		return nil, err
	}
	// The first person is the default caller, so nobody may delete that user.
	if !s.isAdmin(s.caller(ctx)) || p.N == s.seed.People[0].N || s.isExternal(p) {
		return nil, refuse(http.StatusForbidden)
	}
	for _, g := range s.order {
		s.leave(g, p.N)
	}
	delete(s.accounts, p.N)
	s.people.Delete(p.N)
	s.record(ctx, "DELETE_USER", &p, nil)
	return gen.DeleteUser204Response{}, nil
}
