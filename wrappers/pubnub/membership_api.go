package pubnub

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/endpoint"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// membershipAPI lists and changes the memberships of one parent: the members of a channel,
// or the channels of a user. P is the generated page, T its row, E the entry that sets a row.
type membershipAPI[P, T, E any] struct {
	c        *client.Client
	listing  string // the method that lists
	parent   string // the argument that names the parent
	ofCaller bool   // an empty parent id means the client's own user
	entryOf  string // "user" or "channel", for errors about entries
	rowID    Field  // a row's id in a filter
	key      func(*T) string
	page     func(P) page[T]
	entry    func(E) (id string, custom nullable.Nullable[json.RawMessage])
	limit    *entryLimit
	// get is the endpoint that lists rows.
	get func(subscribeKey, parentID string, p listParams) endpoint.Endpoint
	// patch is the endpoint that sets and deletes rows.
	patch func(subscribeKey, parentID string, p listParams, set []E, deleted []string) endpoint.Endpoint
}

// resolve returns the subscribe key and the parent id of a call.
func (a *membershipAPI[P, T, E]) resolve(parentID string, opts []option.Option) (subscribeKey, parent string) {
	id := scope(a.c, opts)
	if a.ofCaller {
		parentID = cmp.Or(parentID, id.userID)
	}
	return id.subscribeKey, parentID
}

// list returns the listing of a parent's rows.
func (a *membershipAPI[P, T, E]) list(parentID string, p listParams, opts []option.Option) *paging.List[T] {
	p.Count = counted(p.Count)
	key, parent := a.resolve(parentID, opts)
	return client.List(a.c, listing(client.Call{
		Name:     a.listing,
		Check:    func() error { return checkID(a.parent, parent) },
		Endpoint: a.get(key, parent, p),
		Opts:     opts,
	}, a.page, a.key))
}

// patched returns the listing whose first page answers a PATCH. Its page tokens belong to
// the list of the parent's rows.
func (a *membershipAPI[P, T, E]) patched(call client.Call, parentID string, p listParams, set []E, deleted []string) client.Listing[P, T] {
	key, parent := a.resolve(parentID, call.Opts)
	check := call.Check
	call.Check = func() error {
		if err := checkID(a.parent, parent); err != nil {
			return err
		}
		return check()
	}
	call.Endpoint = a.patch(key, parent, p, set, deleted)
	l := listing(call, a.page, a.key)
	l.Op = a.get(key, parent, p).Op
	return l
}

// write sets and deletes any number of rows and returns the rows that were set. All
// entries are checked before the first request.
func (a *membershipAPI[P, T, E]) write(ctx context.Context, call client.Call, parentID string, set []E, deleted, include []string) ([]*T, error) {
	call.Check = sync.OnceValue(func() error { return a.checkEntries(set, deleted) })
	return a.change(call, parentID, set, deleted, include).run(ctx)
}

// manage sets and deletes rows in one request and returns the page of the whole list that
// p asks for.
func (a *membershipAPI[P, T, E]) manage(ctx context.Context, call client.Call, parentID string, set []E, deleted []string, p listParams) (*memberships.Page[*T], error) {
	opts := call.Opts
	p.Count = counted(p.Count) // as in the list that its page tokens continue
	call.Check = func() error {
		if n := len(set) + len(deleted); n > maxEntries {
			return fmt.Errorf("%d entries are more than the %d of one request", n, maxEntries)
		}
		return a.checkEntries(set, deleted)
	}
	c := a.change(call, parentID, set, deleted, nil)
	answer, err := client.WritePage(ctx, a.c, a.patched(call, parentID, p, set, deleted), func(ctx context.Context) (*memberships.Page[*T], bool, error) {
		_, done, err := c.readBack(ctx)
		if !done {
			return nil, false, err
		}
		page, err := a.list(parentID, p, opts).Page(ctx, "")
		return page, err == nil, err
	})
	if err != nil {
		return nil, err
	}
	n := len(answer.Items)
	whole := p.Filter == nil && n < a.c.PageSize(opts, maxPageSize) && (n > 0 || answer.Next == "")
	_, err = c.confirm(answer, whole)
	return answer, err
}

// change returns a change of any size. Its pages have the largest size, whatever the
// options say about listings.
func (a *membershipAPI[P, T, E]) change(call client.Call, parentID string, set []E, deleted, include []string) change[P, T, E] {
	call.Opts = client.SizedOptions(call.Opts, maxPageSize)
	return change[P, T, E]{api: a, call: call, parentID: parentID, set: set, deleted: deleted, include: include}
}

// ids returns the ids of entries.
func (a *membershipAPI[P, T, E]) ids(entries []E) []string {
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i], _ = a.entry(e)
	}
	return ids
}

// checkEntries refuses entries that PubNub refuses or takes in an unknown way.
func (a *membershipAPI[P, T, E]) checkEntries(set []E, deleted []string) error {
	if err := checkIDs(a.entryOf, slices.Concat(a.ids(set), deleted)); err != nil {
		return err
	}
	for i, e := range set {
		if _, custom := a.entry(e); checkCustom(custom) != nil {
			return fmt.Errorf("entry %d: %w", i, checkCustom(custom))
		}
	}
	return nil
}

// checkIDs refuses an empty list of entries, a bad id and an id that comes twice: PubNub
// does not say which of two entries for one id counts.
func checkIDs(of string, ids []string) error {
	if len(ids) == 0 {
		return fmt.Errorf("there are no entries, so nothing would change")
	}
	found := make(map[string]bool, len(ids))
	for i, id := range ids {
		if err := checkID(fmt.Sprintf("the %s id of entry %d", of, i), id); err != nil {
			return err
		}
		if found[id] {
			return fmt.Errorf("two entries have the %s id %q", of, id)
		}
		found[id] = true
	}
	return nil
}
