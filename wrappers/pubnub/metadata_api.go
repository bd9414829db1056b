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
// page, R the generated result, T the metadata in both.
type metadataAPI[P, R, T any] struct {
	c    *client.Client
	name string // of the service
	id   string // the argument that names the user or channel
	page func(P) page[T]
	data func(*R) *T
	key  func(*T) string
	tag  func(*T) string
	// get is the endpoint that reads the metadata of one.
	get func(subscribeKey, id string, include []string) endpoint.Endpoint
}

// setParams are the params of both methods Set.
type setParams SetUserParams

// list returns the listing of a call.
func (a *metadataAPI[P, R, T]) list(call client.Call) *paging.List[T] {
	return client.List(a.c, listing(call, a.page, a.key))
}

// read returns the metadata of one user or channel.
func (a *metadataAPI[P, R, T]) read(ctx context.Context, id string, include []string, opts []option.Option) (*T, error) {
	r, err := client.One(ctx, a.c, client.Call{
		Name:     a.name + ".Get",
		Check:    func() error { return checkID(a.id, id) },
		Endpoint: a.get(scope(a.c, opts).subscribeKey, id, include),
		Opts:     opts,
	}, a.resultKey)
	if err != nil {
		return nil, err
	}
	return a.data(r), nil
}

// set makes a call that changes metadata by a request, and returns them.
func (a *metadataAPI[P, R, T]) set(ctx context.Context, id string, call client.Call, request any, custom nullable.Nullable[json.RawMessage], p setParams) (*T, error) {
	call.Check = func() error { return checkSet(a.id, id, custom, p.IfMatch) }
	if p.IfMatch != nil {
		call.Duplicate, call.Refusal = client.Refused, memberships.ErrConflict
	}
	result, err := client.Write(ctx, a.c, call, a.resultKey, func(ctx context.Context) (*R, bool, error) {
		got, err := a.read(ctx, id, WriteParams{Include: p.Include}.include(), call.Opts)
		if errors.Is(err, memberships.ErrNotFound) && p.IfMatch == nil {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		done, err := applied(request, got, p.IfMatch, a.tag(got))
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

// remove makes a call that answers {"status":200,"data":null}.
func (a *metadataAPI[P, R, T]) remove(ctx context.Context, id string, call client.Call) error {
	call.Check = func() error { return checkID(a.id, id) }
	_, err := client.Write(ctx, a.c, call, func(r *gen.RemoveResult) string {
		if r.Status != http.StatusOK {
			return ""
		}
		return "removed"
	}, func(ctx context.Context) (*gen.RemoveResult, bool, error) {
		gone, err := client.Gone(a.read(ctx, id, nil, call.Opts))
		return new(gen.RemoveResult), gone, err
	})
	return err
}

func (a *metadataAPI[P, R, T]) resultKey(r *R) string { return a.key(a.data(r)) }

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
