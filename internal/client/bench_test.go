package client

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/endpoint"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// row is an item of typical size.
type row struct {
	ID, Role, Email string
	_               [10]string
}

// rows is a page with prepared items: the benchmark measures this package, not decoding.
type rows struct {
	items       []row
	next, total int
}

const (
	benchPages = 100
	benchSize  = 1000
)

var benchKeys = func() []string {
	keys := make([]string, benchPages*benchSize)
	for i := range keys {
		keys[i] = fmt.Sprintf("orgmem_%026d", i)
	}
	return keys
}()

func (p *rows) UnmarshalJSON(b []byte) error {
	var at struct{ From, To int }
	if err := json.Unmarshal(b, &at); err != nil {
		return err
	}
	to := min(at.To, len(benchKeys))
	*p = rows{items: make([]row, to-at.From), total: len(benchKeys)}
	for i := range p.items {
		p.items[i].ID = benchKeys[at.From+i]
	}
	if to < len(benchKeys) {
		p.next = to
	}
	return nil
}

func servePages(req *http.Request) (*http.Response, error) {
	q := req.URL.Query()
	from, _ := strconv.Atoi(q.Get("cursor"))
	size, _ := strconv.Atoi(q.Get("size"))
	body := fmt.Sprintf(`{"from":%d,"to":%d}`, from, from+size)
	return &http.Response{
		StatusCode: 200, Header: http.Header{}, Request: req,
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}, nil
}

// BenchmarkList measures a listing without its bytes and their decoding.
func BenchmarkList(b *testing.B) {
	for name, positions := range map[string]*paging.Positions{"cursors": nil, "offsets": paging.Offsets} {
		b.Run(name, func(b *testing.B) {
			c, err := New(testAPI, []option.Option{option.WithToken("t"), option.WithHTTPClient(&http.Client{Transport: rt(servePages)})})
			if err != nil {
				b.Fatal(err)
			}
			run := List(c, Listing[rows, row]{
				Call:        Call{Name: "Rows.List", Endpoint: endpoint.New("GET /rows")},
				CursorParam: "cursor", SizeParam: "size", MaxSize: benchSize, Positions: positions,
				Items: func(p *rows) []row { return p.items },
				Key:   func(r *row) string { return r.ID },
				Total: func(p *rows) int64 { return int64(p.total) },
				Next: func(p PageInfo[rows]) (string, error) {
					if p.Page.next == 0 {
						return "", nil
					}
					return strconv.Itoa(p.Page.next), nil
				},
			})
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				for _, err := range run.All(b.Context()) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
			}
			if n != b.N*len(benchKeys) {
				b.Fatalf("%d items in %d listings", n, b.N)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/item")
		})
	}
}
