package webex

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/webex"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// Person is an account: a person, a bot or an app's guest.
// Its fields are in [github.com/memberships-go/memberships/generated/webex.Person].
type Person = gen.Person

// ListPeopleParams selects people. Callers who are not administrators must set Email,
// DisplayName or ID. Its fields are in
// [github.com/memberships-go/memberships/generated/webex.ListPeopleParams].
type ListPeopleParams = gen.ListPeopleParams

// GetMeParams selects optional fields of the caller. Its fields are in
// [github.com/memberships-go/memberships/generated/webex.GetMeParams].
type GetMeParams = gen.GetMeParams

// GetPersonParams selects optional fields of a person. Its fields are in
// [github.com/memberships-go/memberships/generated/webex.GetPersonParams].
type GetPersonParams = gen.GetPersonParams

// PeopleService looks people up.
type PeopleService struct{ c *client.Client }

func personKey(p *Person) string { return p.ID }

// List yields the people that match p. Unknown addresses and ids yield nothing, without
// an error. Webex: GET /people.
func (s *PeopleService) List(ctx context.Context, p ListPeopleParams, opts ...option.Option) iter.Seq2[*Person, error] {
	return listPeople(s, p, opts).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *PeopleService) ListPage(ctx context.Context, p ListPeopleParams, token string, opts ...option.Option) (*memberships.Page[*Person], error) {
	return listPeople(s, p, opts).Page(ctx, token)
}

func listPeople(s *PeopleService, p ListPeopleParams, opts []option.Option) *paging.List[Person] {
	return client.List(s.c, listing(client.Call{
		Name:     "People.List",
		Endpoint: gen.ListPeople(p),
		Opts:     opts,
	}, func(page *gen.PersonPage) []Person { return page.Items }, personKey))
}

// FindByEmail returns the person with this address, which may be one of several. An
// unknown address is memberships.ErrNoSuchMember, an address of two people
// memberships.ErrAmbiguous. The search covers the caller's organization only. Webex: GET
// /people?email=.
func (s *PeopleService) FindByEmail(ctx context.Context, email string, opts ...option.Option) (*Person, error) {
	const name = "People.FindByEmail"
	fail := func(kind error, why string) (*Person, error) {
		return nil, &memberships.Error{Provider: api.Name, Op: name, Kind: kind, Err: errors.New(why)}
	}
	var found *Person
	for p, err := range s.List(ctx, ListPeopleParams{Email: &email}, client.SearchOptions(opts)...) {
		switch {
		case err != nil:
			return nil, err
		case !hasAddress(p, email):
			return fail(memberships.ErrMalformed, "the response has a person with another address")
		case found != nil && found.ID != p.ID:
			return fail(memberships.ErrAmbiguous, "two people have this address")
		}
		found = p
	}
	if found == nil {
		return fail(memberships.ErrNoSuchMember, "no person in the caller's organization has this address")
	}
	return found, nil
}

func hasAddress(p *Person, email string) bool {
	return slices.ContainsFunc(p.Emails, func(a string) bool { return strings.EqualFold(a, email) })
}

// GetMe returns the caller. Webex: GET /people/me.
func (s *PeopleService) GetMe(ctx context.Context, p GetMeParams, opts ...option.Option) (*Person, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "People.GetMe",
		Endpoint: gen.GetMe(p),
		Opts:     opts,
	}, personKey)
}

// Get returns one person. Webex: GET /people/{personId}.
func (s *PeopleService) Get(ctx context.Context, personID string, p GetPersonParams, opts ...option.Option) (*Person, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "People.Get",
		Endpoint: gen.GetPerson(personID, p),
		Opts:     opts,
	}, personKey)
}
