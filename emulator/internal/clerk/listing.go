package clerk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
)

const (
	defaultLimit = 10
	maxLimit     = 500
)

// page is the part of a list that a request asks for.
type page struct{ offset, limit int }

// pageOf reads limit and offset. A limit above the maximum silently means the default
// size.
func pageOf(limit, offset *int64) page {
	p := page{limit: defaultLimit}
	if limit != nil && *limit <= maxLimit {
		p.limit = int(*limit)
	}
	if offset != nil {
		p.offset = int(min(*offset, 1<<40))
	}
	return p
}

// cut returns the page of a list that is in memory.
func cut[T any](p page, all []T) []T {
	from := min(p.offset, len(all))
	return all[from:min(from+p.limit, len(all))]
}

// order is the sort key and direction of a list.
type order struct {
	key  string
	desc bool
}

var newestFirst = order{"created_at", true}

// orderOf parses order_by, one of keys with an optional sign.
func orderOf(by *string, keys ...string) (order, error) {
	if by == nil {
		return newestFirst, nil
	}
	key := strings.TrimLeft(*by, "+-")
	if !slices.Contains(keys, key) || len(*by) > len(key)+1 {
		return order{}, invalid("order_by", "%q is not one of %s with + or - before it", *by, strings.Join(keys, ", "))
	}
	return order{key, strings.HasPrefix(*by, "-")}, nil
}

// row is an item of a list: a user, or a user's membership in an organization. It holds
// the values of the sort key.
type row struct {
	organization *organization
	n            int64
	at           int64
	text         string
}

// set fills in the sort key of a row. at is the value of the created_at and updated_at keys.
func (o order) set(r *row, a *account, at time.Time) {
	switch o.key {
	case "created_at", "updated_at":
		r.at = at.UnixMilli()
	case "last_active_at", "last_sign_in_at":
		r.at = a.seen.UnixMilli()
	case "email_address":
		r.text = first(a.mails)
	case "phone_number":
		r.text = first(a.phones)
	case "web3wallet":
		r.text = first(a.wallets)
	case "first_name":
		r.text = a.Given
	case "last_name":
		r.text = a.Family
	case "username":
		r.text = a.username
	}
}

func first(ids []identification) string {
	if len(ids) == 0 {
		return ""
	}
	return ids[0].value
}

// sort sorts rows. It is stable in both directions.
func (o order) sort(rows []row) {
	slices.SortStableFunc(rows, func(a, b row) int {
		c := cmp.Or(cmp.Compare(a.at, b.at), strings.Compare(a.text, b.text))
		if o.desc {
			return -c
		}
		return c
	})
}

// snapshot is a sorted list that is cached for its next page.
type snapshot struct {
	key     string
	changes int64
	rows    []row
}

// rows returns the whole sorted list that a request is a page of. It calls build unless
// the last sorted list was for the same query and no write followed.
func (s *server) rows(ctx context.Context, o order, build func(yield func(row))) []row {
	u := *httpapi.RequestOf(ctx).URL
	q := u.Query()
	for _, name := range []string{"limit", "offset", "starting_after"} {
		q.Del(name)
	}
	key := u.Path + "?" + q.Encode()
	if s.ordered.key != key || s.ordered.changes != s.changes {
		rows := []row{}
		build(func(r row) { rows = append(rows, r) })
		o.sort(rows)
		s.ordered = snapshot{key, s.changes, rows}
	}
	return s.ordered.rows
}
