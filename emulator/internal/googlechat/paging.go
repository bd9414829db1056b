package googlechat

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
)

const (
	defaultSize = 100
	maxSize     = 1000
)

// page is the part of a list that a request asks for. A size above the maximum is
// silently lowered; 0 means the default.
type page struct {
	start, size int
	listing     []byte // hash of the path and the parameters
}

// pageOf returns an error for the token of another list. The size may differ between
// pages, as in all Google APIs.
func pageOf(ctx context.Context, size *int32, token *string) (page, error) {
	u := *httpapi.RequestOf(ctx).URL
	q := u.Query()
	q.Del("pageSize")
	q.Del("pageToken")
	p := page{size: defaultSize, listing: sum(u.EscapedPath() + "?" + q.Encode())}
	if size != nil && *size > 0 {
		p.size = int(min(*size, maxSize))
	}
	if token == nil || *token == "" {
		return p, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(*token)
	if err == nil && len(b) > len(p.listing) && string(b[:len(p.listing)]) == string(p.listing) {
		if p.start, err = strconv.Atoi(string(b[len(p.listing):])); err == nil && p.start >= 0 {
			return p, nil
		}
	}
	return p, &httpapi.Problem{Status: http.StatusBadRequest, In: "query", Param: "pageToken", Detail: "the token is not one of this listing"}
}

func sum(listing string) []byte {
	h := sha256.Sum256([]byte(listing))
	return h[:9:9]
}

// next returns the token of the page that begins at start, nil if there is none.
func (p page) next(start, total int) *string {
	if start >= total {
		return nil
	}
	return httpapi.Ptr(base64.RawURLEncoding.EncodeToString(strconv.AppendInt(p.listing, int64(start), 10)))
}

// optional returns nil for an empty list, because Google omits it.
func optional[T any](items []T) *[]T {
	if len(items) == 0 {
		return nil
	}
	return &items
}
