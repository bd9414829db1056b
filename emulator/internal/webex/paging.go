package webex

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
)

const (
	defaultMax = 100
	maxMax     = 1000
)

// page is the part of a list that a request asks for. A max above the limit is silently
// lowered.
type page struct{ start, max int }

func pageOf(max *int64, cursor *string) (page, error) {
	p := page{max: defaultMax}
	if max != nil {
		p.max = int(min(*max, maxMax))
	}
	if cursor == nil {
		return p, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(*cursor)
	if err == nil {
		var q url.Values
		if q, err = url.ParseQuery(string(b)); err == nil {
			p.start, err = strconv.Atoi(q.Get("startIndex"))
		}
	}
	if err != nil || p.start < 0 {
		return p, problem(http.StatusBadRequest, "The cursor is not valid.")
	}
	return p, nil
}

// next returns the Link header of the page that begins at start, nil if there is none.
// Webex's links contain max, a cursor and the filters.
func (p page) next(ctx context.Context, more bool, start int) *string {
	if !more {
		return nil
	}
	r := httpapi.RequestOf(ctx)
	u := *r.URL
	u.Scheme, u.Host = "http", r.Host
	if r.TLS != nil {
		u.Scheme = "https"
	}
	q := u.Query()
	q.Set("max", strconv.Itoa(p.max))
	q.Set("cursor", encodeCursor(p.max, start))
	u.RawQuery = q.Encode()
	link := fmt.Sprintf("<%s>; rel=\"next\"", u.String())
	return &link
}

func encodeCursor(max, start int) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "limit=%d&startIndex=%d", max, start))
}

// cut returns the page of a list that is in memory, and its Link header.
func cut[T any](ctx context.Context, all []T, max *int64, cursor *string) ([]T, *string, error) {
	p, err := pageOf(max, cursor)
	if err != nil {
		return nil, nil, err
	}
	from := min(p.start, len(all))
	to := min(from+p.max, len(all))
	out := append([]T{}, all[from:to]...)
	return out, p.next(ctx, to < len(all), to), nil
}
