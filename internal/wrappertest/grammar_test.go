package wrappertest

import (
	"context"
	"iter"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
)

type (
	thing struct{ ID string }
	other struct{ ID string }

	ListThingsParams   struct{ Name *string }
	ListOthersParams   struct{ Name string }
	ListLimitParams    struct{ Limit int64 }
	ListAfterParams    struct{ StartingAfter *string }
	GetThingParams     struct{ Fields []string }
	CountThingsParams  struct{ Name *string }
	CreateThingRequest struct{ Name string }
	CreateThingParams  struct{ Fields []string }
	UpdateThingRequest struct{ Name *string }
	UpdateOtherRequest struct{ Name string }
	SetThingRequest    struct{ Name string }
	things             = iter.Seq2[*thing, error]
	thingPage          = *memberships.Page[*thing]
	ctx                = context.Context
	opt                = option.Option
	methodSet          = map[string]any
)

// validMethods returns one valid method of every verb.
func validMethods() methodSet {
	return methodSet{
		"List":             func(ctx, ListThingsParams, ...opt) (_ things) { return },
		"ListPage":         func(ctx, ListThingsParams, string, ...opt) (_ thingPage, _ error) { return },
		"ListByParent":     func(ctx, string, ListThingsParams, ...opt) (_ things) { return },
		"ListByParentPage": func(ctx, string, ListThingsParams, string, ...opt) (_ thingPage, _ error) { return },
		"Get":              func(ctx, string, GetThingParams, ...opt) (_ *thing, _ error) { return },
		"GetMe":            func(ctx, ...opt) (_ *thing, _ error) { return },
		"Find":             func(ctx, string, string, ...opt) (_ *thing, _ error) { return },
		"FindByEmail":      func(ctx, string, ...opt) (_ *thing, _ error) { return },
		"Count":            func(ctx, CountThingsParams, ...opt) (_ int64, _ error) { return },
		"Create":           func(ctx, CreateThingRequest, CreateThingParams, ...opt) (_ *thing, _ error) { return },
		"Update":           func(ctx, string, UpdateThingRequest, ...opt) (_ *thing, _ error) { return },
		"UpdateMetadata":   func(ctx, string, string, UpdateThingRequest, ...opt) (_ *thing, _ error) { return },
		"Delete":           func(ctx, string, ...opt) (_ error) { return },
		"Set":              func(ctx, string, SetThingRequest, ...opt) (_ *thing, _ error) { return },
		"SetMany":          func(ctx, string, []string, ...opt) (_ []*thing, _ error) { return },
	}
}

func violationsOf(methods methodSet) []string {
	g, types := newGrammar(map[string]string{"Set": "the provider's word"}), map[string]reflect.Type{}
	for name, fn := range methods {
		types[name] = reflect.TypeOf(fn)
	}
	g.resource("Things", types)
	return g.sorted()
}

func TestGrammar(t *testing.T) {
	if got := violationsOf(validMethods()); got != nil {
		t.Errorf("a good resource: %q", got)
	}
	for name, tc := range map[string]struct {
		method string
		fn     any // nil takes the method away
		want   string
	}{
		"no context":               {"Get", func(string, ...opt) (_ *thing, _ error) { return }, "Things.Get does not begin with a context"},
		"no options":               {"Get", func(ctx, string) (_ *thing, _ error) { return }, "Things.Get does not begin with a context and end with options"},
		"options as a slice":       {"Get", func(ctx, string, []opt) (_ *thing, _ error) { return }, "Things.Get does not begin with a context and end with options"},
		"a verb of its own":        {"Fetch", func(ctx, string, ...opt) (_ *thing, _ error) { return }, "Things.Fetch begins with no verb"},
		"a verb in a word":         {"Getter", func(ctx, string, ...opt) (_ *thing, _ error) { return }, "Things.Getter begins with no verb"},
		"no verb":                  {"ByEmail", func(ctx, string, ...opt) (_ *thing, _ error) { return }, "Things.ByEmail begins with no verb"},
		"a listing by a parent":    {"ListGroup", func(ctx, string, ListThingsParams, ...opt) (_ things) { return }, "Things.ListGroup has other arguments than its verb"},
		"a list of a parent":       {"List", func(ctx, string, ListThingsParams, ...opt) (_ things) { return }, "Things.List has other arguments than its verb"},
		"a list by nothing":        {"ListBy", func(ctx, string, ListThingsParams, ...opt) (_ things) { return }, "Things.ListBy has other arguments than its verb"},
		"a list without params":    {"List", func(ctx, ...opt) (_ things) { return }, "Things.List has other arguments than its verb"},
		"a list of values":         {"List", func(ctx, ListThingsParams, ...opt) (_ iter.Seq2[thing, error]) { return }, "Things.List has other results than its verb"},
		"a list as a slice":        {"List", func(ctx, ListThingsParams, ...opt) (_ []*thing, _ error) { return }, "Things.List has other results than its verb"},
		"no pages":                 {"ListPage", nil, "Things.List lacks its counterpart ListPage"},
		"pages alone":              {"List", nil, "Things.ListPage lacks its counterpart List"},
		"pages without a token":    {"ListPage", func(ctx, ListThingsParams, ...opt) (_ thingPage, _ error) { return }, "Things.ListPage does not take a token"},
		"pages of something else":  {"ListPage", func(ctx, ListThingsParams, string, ...opt) (_ *memberships.Page[*other], _ error) { return }, "Things.ListPage differs from List in arguments or items"},
		"pages of other params":    {"ListPage", func(ctx, ListAfterParams, string, ...opt) (_ thingPage, _ error) { return }, "Things.List differs from ListPage in arguments or items"},
		"pages of a parent":        {"ListPage", func(ctx, string, ListThingsParams, string, ...opt) (_ thingPage, _ error) { return }, "Things.ListPage has other arguments than its verb"},
		"params before ids":        {"Get", func(ctx, GetThingParams, string, ...opt) (_ *thing, _ error) { return }, "Things.Get takes a string out of order"},
		"params before a request":  {"Create", func(ctx, CreateThingParams, CreateThingRequest, ...opt) (_ *thing, _ error) { return }, "Things.Create takes a wrappertest.CreateThingRequest out of order"},
		"an argument of its own":   {"Get", func(ctx, int, ...opt) (_ *thing, _ error) { return }, "Things.Get takes a int out of order"},
		"ids in a slice":           {"Delete", func(ctx, []string, ...opt) (_ error) { return }, "Things.Delete takes a []string out of order"},
		"another verb's params":    {"Get", func(ctx, string, ListThingsParams, ...opt) (_ *thing, _ error) { return }, "Things.Get takes a ListThingsParams, whose name does not begin with Get"},
		"another verb's request":   {"Update", func(ctx, string, CreateThingRequest, ...opt) (_ *thing, _ error) { return }, "Things.Update takes a CreateThingRequest, whose name does not begin with Update"},
		"a get of nothing":         {"Get", func(ctx, ...opt) (_ *thing, _ error) { return }, "Things.Get has other arguments than its verb"},
		"a value":                  {"Get", func(ctx, string, ...opt) (_ thing, _ error) { return }, "Things.Get has other results than its verb"},
		"no error":                 {"Get", func(ctx, string, ...opt) (_ *thing) { return }, "Things.Get has other results than its verb"},
		"another row":              {"Get", func(ctx, string, ...opt) (_ *other, _ error) { return }, "Things has methods that return rows of different types"},
		"a find of nothing":        {"Find", func(ctx, ...opt) (_ *thing, _ error) { return }, "Things.Find has other arguments than its verb"},
		"a count as an int":        {"Count", func(ctx, ...opt) (_ int, _ error) { return }, "Things.Count has other results than its verb"},
		"a creation of nothing":    {"Create", func(ctx, string, ...opt) (_ *thing, _ error) { return }, "Things.Create has other arguments than its verb"},
		"an update of nothing":     {"Update", func(ctx, UpdateThingRequest, ...opt) (_ *thing, _ error) { return }, "Things.Update has other arguments than its verb"},
		"an update without a row":  {"Update", func(ctx, string, UpdateThingRequest, ...opt) (_ error) { return }, "Things.Update has other results than its verb"},
		"a deletion with a row":    {"Delete", func(ctx, string, ...opt) (_ *thing, _ error) { return }, "Things.Delete has other results than its verb"},
		"a deletion of everything": {"Delete", func(ctx, ...opt) (_ error) { return }, "Things.Delete has other arguments than its verb"},
		"a page size in params":    {"ListByLimit", func(ctx, string, ListLimitParams, ...opt) (_ things) { return }, "ListLimitParams has the field Limit"},
		"a position in params":     {"ListByAfter", func(ctx, string, ListAfterParams, ...opt) (_ things) { return }, "ListAfterParams has the field StartingAfter"},
		"params of two types":      {"ListByOther", func(ctx, string, ListOthersParams, ...opt) (_ things) { return }, "has Name as a string, and"},
		"requests of two types":    {"UpdateOther", func(ctx, string, UpdateOtherRequest, ...opt) (_ *thing, _ error) { return }, "has Name as a string, and"},
		"an own verb without opts": {"Set", func(ctx, string) (_ *thing, _ error) { return }, "Things.Set does not begin with a context and end with options"},
		"an own verb's other row":  {"SetMany", func(ctx, []string, ...opt) (_ []*other, _ error) { return }, "Things has methods that return rows of different types"},
	} {
		methods := maps.Clone(validMethods())
		methods[tc.method] = tc.fn
		if tc.fn == nil {
			delete(methods, tc.method)
		}
		if got := strings.Join(violationsOf(methods), "\n"); !strings.Contains(got, tc.want) {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
	methods := validMethods()
	delete(methods, "Set")
	delete(methods, "SetMany")
	if diff := cmp.Diff([]string{"Set is listed and no method has it"}, violationsOf(methods)); diff != "" {
		t.Error(diff)
	}
}

// Clients with violations of the grammar, and one without.
type (
	goodClient    struct{ Things *ThingsService }
	silentClient  struct{ Things *ThingsService }
	emptyClient   struct{ things *ThingsService }
	renamedClient struct{ Others *ThingsService }
	ThingsService struct{}
)

func (*ThingsService) Get(context.Context, string, ...opt) (*thing, error) { return nil, nil }
func (*goodClient) Provider() memberships.Provider                         { return nil }
func (*emptyClient) Provider() memberships.Provider                        { return nil }
func (*renamedClient) Provider() memberships.Provider                      { return nil }
func (*renamedClient) Me() string                                          { return "" }

func TestClientGrammar(t *testing.T) {
	for _, tc := range []struct {
		client reflect.Type
		want   []string
	}{
		{reflect.TypeFor[*goodClient](), nil},
		{reflect.TypeFor[goodClient](), []string{"is no pointer to a struct"}},
		{reflect.TypeFor[*silentClient](), []string{"Client has no method Provider() memberships.Provider"}},
		{reflect.TypeFor[*emptyClient](), []string{"Client has no resource"}},
		{reflect.TypeFor[*renamedClient](), []string{
			"Client has the method Me, which belongs to a resource",
			"Others is a *wrappertest.ThingsService and no *OthersService",
		}},
	} {
		if diff := cmp.Diff(tc.want, grammarViolations(tc.client, nil)); diff != "" {
			t.Errorf("%v: %s", tc.client, diff)
		}
	}
	_ = emptyClient{}.things
}
