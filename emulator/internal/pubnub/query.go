package pubnub

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	gen "github.com/memberships-go/memberships/generated/pubnub/server"
)

// listParams are the parameters of every list and of a PATCH of members.
type listParams gen.ListMembershipsParams

// query is the parsed form of listParams.
type query struct {
	start, limit int
	prev         *string // of the page, if it has rows
	count        bool
	filter       condition
	sort         []sortKey
}

type sortKey struct {
	field string
	sign  int
}

const maxLimit = 100

func parseQuery(p listParams, s schema) (*query, error) {
	q := &query{limit: maxLimit}
	if p.Limit != nil {
		q.limit = int(*p.Limit)
	}
	if p.Count != nil {
		q.count, _ = strconv.ParseBool(*p.Count) // accepts "1" and "True" too; any other text means no
	}
	switch {
	case p.Start != nil:
		n, err := offset("start", *p.Start)
		if err != nil {
			return nil, err
		}
		q.start, q.prev = n, p.Start
	case p.End != nil:
		n, err := offset("end", *p.End)
		if err != nil {
			return nil, err
		}
		q.start = max(0, n-q.limit)
		if q.limit = n - q.start; q.start > 0 {
			q.prev = cursor(q.start)
		}
	}
	if p.Filter != nil {
		c, err := parseFilter(*p.Filter, s)
		if err != nil {
			return nil, invalid("query", "filter", "%v", err)
		}
		q.filter = c
	}
	for _, key := range list(p.Sort) {
		field, direction, _ := strings.Cut(key, ":")
		k, known := s[field]
		if !known || k == custom || !slices.Contains([]string{"", "asc", "desc"}, direction) {
			return nil, invalid("query", "sort", "cannot sort by %q", key)
		}
		sign := 1
		if direction == "desc" {
			sign = -1
		}
		q.sort = append(q.sort, sortKey{field, sign})
	}
	return q, nil
}

// list splits values at commas, because a comma may be escaped.
func list(values *[]string) []string {
	if values == nil || len(*values) == 0 {
		return nil
	}
	return strings.Split(strings.Join(*values, ","), ",")
}

// cursor returns a cursor, which is the number of rows before it.
func cursor(n int) *string {
	c := base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(n)))
	return &c
}

func offset(param, c string) (int, error) {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(c, "="))
	if err != nil {
		return 0, invalid("query", param, "is not a cursor")
	}
	n, err := strconv.ParseUint(string(b), 10, 31)
	if err != nil {
		return 0, invalid("query", param, "is not a cursor")
	}
	return int(n), nil
}

// row is one row of a table.
type row[M any] struct {
	id   string
	data M
}

// page is the part of a list that a query asks for. Every page with rows has a next
// cursor, even if the next page is empty.
type page[M any] struct {
	rows       []row[M]
	total      *int64
	next, prev *string
}

// pageOf returns the rows of t that q asks for. field reads a field of a row; idField is
// the name of its id.
func pageOf[M any](t *table[M], q *query, idField string, field func(id string, m M) lookup) (*page[M], error) {
	var p page[M]
	total := t.Len()
	if q.filter == nil && q.sort == nil {
		for id, m := range t.From(q.start) {
			if len(p.rows) == q.limit {
				break
			}
			p.rows = append(p.rows, row[M]{id, m})
		}
	} else {
		all, err := matching(t, q.filter, idField, field)
		if err != nil {
			return nil, invalid("query", "filter", "%v", err)
		}
		sortRows(all, q.sort, field)
		total = len(all)
		from := min(q.start, total)
		p.rows = all[from:min(from+q.limit, total)]
	}
	if q.count {
		n := int64(total)
		p.total = &n
	}
	if len(p.rows) > 0 {
		p.next, p.prev = cursor(q.start+len(p.rows)), q.prev
	}
	return &p, nil
}

// matching returns the rows that match a filter, ordered by id.
func matching[M any](t *table[M], filter condition, idField string, field func(string, M) lookup) ([]row[M], error) {
	var rows []row[M]
	try := func(id string, m M) error {
		if filter != nil {
			if ok, err := filter.holds(field(id, m)); !ok || err != nil {
				return err
			}
		}
		rows = append(rows, row[M]{id, m})
		return nil
	}
	if filter != nil {
		if ids, named := filter.ids(idField); named {
			slices.SortFunc(ids, collate)
			for _, id := range slices.Compact(ids) {
				if m, ok := t.Get(id); ok {
					if err := try(id, m); err != nil {
						return nil, err
					}
				}
			}
			return rows, nil
		}
	}
	for id, m := range t.From(0) {
		if err := try(id, m); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// sortRows sorts rows that are ordered by id. Null is the largest value.
func sortRows[M any](rows []row[M], keys []sortKey, field func(string, M) lookup) {
	if len(keys) == 0 {
		return
	}
	slices.SortStableFunc(rows, func(a, b row[M]) int {
		la, lb := field(a.id, a.data), field(b.id, b.data)
		for _, k := range keys {
			if c := compare(la(k.field), lb(k.field)); c != 0 {
				return c * k.sign
			}
		}
		return 0
	})
}

func compare(a, b any) int {
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return collate(a, b)
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b)
		}
	}
	null := func(v any) int {
		if v == nil {
			return 1
		}
		return 0
	}
	return cmp.Compare(null(a), null(b))
}
