package pubnub

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/pubnub"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/endpoint"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// metadataAPI reads and changes the metadata of users or of channels. P is the generated
// page, R the generated result, T the metadata in both, C the request that changes them.
type metadataAPI[P, R, T, C any] struct {
	c          *client.Client
	service    string // the field of Client
	id         string // the argument that names the user or channel
	page       func(P) page[T]
	data       func(*R) *T
	key        func(*T) string
	tag        func(*T) string
	custom     func(C) nullable.Nullable[json.RawMessage]
	listPath   func(subscribeKey string, p listParams) endpoint.Endpoint
	getPath    func(subscribeKey, id string, include []string) endpoint.Endpoint
	setPath    func(subscribeKey, id string, p setParams, r C) endpoint.Endpoint
	removePath func(subscribeKey, id string) endpoint.Endpoint
}

// setParams are the params of both methods Set.
type setParams SetUserParams

func (a *metadataAPI[P, R, T, C]) list(p listParams, opts []option.Option) *paging.List[T] {
	return client.List(a.c, listing(client.Call{
		Name:     a.service + ".List",
		Endpoint: a.listPath(scope(a.c, opts).subscribeKey, p),
		Opts:     opts,
	}, a.page, a.key))
}

func (a *metadataAPI[P, R, T, C]) get(ctx context.Context, id string, include []string, opts []option.Option) (*T, error) {
	r, err := client.One(ctx, a.c, client.Call{
		Name:     a.service + ".Get",
		Check:    func() error { return checkID(a.id, id) },
		Endpoint: a.getPath(scope(a.c, opts).subscribeKey, id, include),
		Opts:     opts,
	}, a.resultKey)
	if err != nil {
		return nil, err
	}
	return a.data(r), nil
}

func (a *metadataAPI[P, R, T, C]) set(ctx context.Context, id string, r C, p setParams, opts []option.Option) (*T, error) {
	call := client.Call{
		Name:     a.service + ".Set",
		Check:    func() error { return checkSet(a.id, id, a.custom(r), p.IfMatch) },
		Endpoint: a.setPath(scope(a.c, opts).subscribeKey, id, p, r),
		Opts:     opts,
	}
	if p.IfMatch != nil {
		call.Duplicate, call.Refusal = client.Refused, memberships.ErrConflict
	}
	result, err := client.Write(ctx, a.c, call, a.resultKey, func(ctx context.Context) (*R, bool, error) {
		got, err := a.get(ctx, id, WriteParams{Include: p.Include}.include(), opts)
		if errors.Is(err, memberships.ErrNotFound) && p.IfMatch == nil {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		done, err := applied(r, got, p.IfMatch, a.tag(got))
		if !done {
			return nil, false, err
		}
		result := new(R)
		*a.data(result) = *got
		return result, true, nil
	})
	if err != nil {
		return nil, err
	}
	return a.data(result), nil
}

// remove makes the call that answers {"status":200,"data":null}.
func (a *metadataAPI[P, R, T, C]) remove(ctx context.Context, id string, opts []option.Option) error {
	_, err := client.Write(ctx, a.c, client.Call{
		Name:     a.service + ".Remove",
		Check:    func() error { return checkID(a.id, id) },
		Endpoint: a.removePath(scope(a.c, opts).subscribeKey, id),
		Opts:     opts,
	}, func(r *gen.RemoveResult) string {
		if r.Status != http.StatusOK {
			return ""
		}
		return "removed"
	}, func(ctx context.Context) (*gen.RemoveResult, bool, error) {
		gone, err := client.Gone(a.get(ctx, id, nil, opts))
		return new(gen.RemoveResult), gone, err
	})
	return err
}

func (a *metadataAPI[P, R, T, C]) resultKey(r *R) string { return a.key(a.data(r)) }

// checkSet refuses invalid arguments of Set. An empty IfMatch would overwrite the change of
// another caller.
func checkSet(name, id string, custom nullable.Nullable[json.RawMessage], ifMatch *string) error {
	if err := checkID(name, id); err != nil {
		return err
	}
	if ifMatch != nil && (*ifMatch == "" || !config.ValidHeaderValue(*ifMatch)) {
		return errors.New("IfMatch is empty or holds a control character")
	}
	return checkCustom(custom)
}

// applied reports whether the metadata that were read hold every field of a request. The
// error says that they have changed since the caller read them: ifMatch is the ETag that
// the request depends on, nil for any, and stored is the ETag now.
func applied(request, read any, ifMatch *string, stored string) (bool, error) {
	if holds(request, read) {
		return true, nil
	}
	if ifMatch == nil || *ifMatch == stored {
		return false, nil
	}
	return false, errors.New("it has changed since, and does not show who changed it")
}
