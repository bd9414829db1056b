package webex

import (
	"context"
	"net/http"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
	gen "github.com/memberships-go/memberships/generated/webex/server"
)

// person returns a person as the caller sees it. Administrators see more fields.
func person(ctx context.Context, p seed.Person) gen.Person {
	status, typ := gen.PersonStatus("unknown"), gen.PersonType("person")
	out := gen.Person{
		ID: personID(p.N), Emails: []string{p.Mail}, DisplayName: httpapi.Ptr(p.Name()),
		FirstName: httpapi.Ptr(p.Given), LastName: httpapi.Ptr(p.Family), OrgID: &orgID,
		Created: &began, LastModified: &began, Status: &status, Type: &typ,
	}
	if administrator(ctx) {
		pending, enabled := false, true
		out.InvitePending, out.LoginEnabled = &pending, &enabled
	}
	return out
}

func (s *server) ListPeople(ctx context.Context, req gen.ListPeopleRequestObject) (gen.ListPeopleResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := req.Params
	found, missing := []gen.Person{}, []string{}
	switch {
	case p.Email != nil:
		if who, ok := s.people.ByMail(*p.Email); ok {
			found = append(found, person(ctx, who))
		}
	case p.ID != nil:
		for id := range strings.SplitSeq(*p.ID, ",") {
			n, ok := personNumber(id)
			if who, known := s.people.Get(n); ok && known {
				found = append(found, person(ctx, who))
			} else {
				missing = append(missing, id)
			}
		}
	case p.DisplayName != nil:
		prefix := strings.ToLower(*p.DisplayName)
		for who := range s.people.All() {
			if strings.HasPrefix(strings.ToLower(who.Name()), prefix) {
				found = append(found, person(ctx, who))
			}
		}
	default:
		return nil, problem(http.StatusBadRequest, "Email, displayName, or id list should be specified.")
	}
	items, link, err := cut(ctx, found, p.Max, p.Cursor)
	if err != nil {
		return nil, err
	}
	body := gen.PersonPage{Items: items}
	if len(missing) > 0 {
		body.NotFoundIds = &missing
	}
	return gen.ListPeople200JSONResponse{Body: body, Headers: gen.ListPeople200ResponseHeaders{Link: link}}, nil
}

func (s *server) GetMe(ctx context.Context, _ gen.GetMeRequestObject) (gen.GetMeResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, _ := s.people.Get(s.caller(ctx))
	return gen.GetMe200JSONResponse{PersonJSONResponse: gen.PersonJSONResponse(person(ctx, p))}, nil
}

func (s *server) GetPerson(ctx context.Context, req gen.GetPersonRequestObject) (gen.GetPersonResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := personNumber(req.PersonID)
	p, known := s.people.Get(n)
	if !ok || !known {
		return nil, &httpapi.Problem{Status: http.StatusNotFound}
	}
	return gen.GetPerson200JSONResponse{PersonJSONResponse: gen.PersonJSONResponse(person(ctx, p))}, nil
}
