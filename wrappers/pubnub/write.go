package pubnub

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/pubnub"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/config"
)

// WriteParams says what the rows that come back from Add and Update show.
type WriteParams struct {
	// Include asks for more than custom, status and type, which always come.
	Include []string
}

func (p WriteParams) include() []string {
	all := []string{IncludeCustom, IncludeStatus, IncludeType}
	for _, name := range p.Include {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// How much of a change goes in one request. The service does not say how many entries
// it takes; a hundred also keep the answer to one page. The filter is part of the URL,
// which PubNub bounds at 32 KiB and servers between at less.
const (
	maxEntries = 100
	maxFilter  = 8000
)

// change is one side's set and delete, of any number of entries. The service answers
// a PATCH with the first page of the whole list, so each request asks for the rows
// that it is about: those are its answer, and show whether the change has happened.
type change[T any] struct {
	op           string // the method
	field        Field  // of a row's id
	key          func(*T) string
	set, deleted []string
	send         func(ctx context.Context, set, deleted span, filter *string, confirm client.Confirm[memberships.Page[*T]]) (*memberships.Page[*T], error)
	// read lists the rows of a filter; input is the entry that is to make the i-th row.
	read  func(ctx context.Context, filter *string) (*memberships.Page[*T], error)
	input func(i int) any
}

// span is a part of the entries.
type span struct{ from, to int }

// run returns the rows that were set, in the order of the entries. With an error these
// are the ones that are known to be there.
func (c change[T]) run(ctx context.Context) ([]*T, error) {
	rows := make([]*T, 0, len(c.set))
	ids, n := slices.Concat(c.set, c.deleted), len(c.set)
	for from := 0; ; {
		to := c.chunk(ids, from)
		set := span{min(from, n), min(to, n)}
		deleted := span{max(from, n) - n, max(to, n) - n}
		filter := c.filter(from, to)
		page, err := c.send(ctx, set, deleted, filter, func(ctx context.Context) (*memberships.Page[*T], bool, error) {
			return c.made(ctx, set, deleted, filter)
		})
		if err != nil {
			return rows, partly(err, from, to, len(ids))
		}
		found, err := confirm(c.op, page.Items, c.key, c.set[set.from:set.to], c.deleted[deleted.from:deleted.to], true)
		rows = append(rows, found...)
		if err != nil || to == len(ids) {
			return rows, partly(err, from, to, len(ids))
		}
		from = to
	}
}

// partly says which entries an error is about, where a change took several requests: those
// before were changed, those behind were not sent.
func partly(err error, from, to, all int) error {
	var e *memberships.Error
	if from == 0 && to == all || !errors.As(err, &e) {
		return err
	}
	where := fmt.Sprintf("this is about the entries %d to %d of %d", from, to-1, all)
	if from > 0 {
		where += "; those before were changed"
	}
	if to < all {
		where += "; those behind were not sent"
	}
	of := *e
	of.Err = errors.New(where)
	if e.Err != nil {
		of.Err = fmt.Errorf("%w: %w", of.Err, e.Err)
	}
	return &of
}

// filter selects the rows of a request.
func (c change[T]) filter(from, to int) *string {
	return In(c.field, slices.Concat(c.set, c.deleted)[from:to]...).Param()
}

// made reads the rows of a request, and whether they are as they were to become.
func (c change[T]) made(ctx context.Context, set, deleted span, filter *string) (*memberships.Page[*T], bool, error) {
	page, err := c.read(ctx, filter)
	if err != nil {
		return nil, false, err
	}
	asked := slices.Concat(c.set[set.from:set.to], c.deleted[deleted.from:deleted.to])
	rows := make(map[string]*T, len(page.Items))
	for _, row := range page.Items {
		id := c.key(row)
		if !slices.Contains(asked, id) {
			return nil, false, unfiltered(memberships.Operation(c.op), "rows")
		}
		rows[id] = row
	}
	for i := set.from; i < set.to; i++ {
		if row := rows[c.set[i]]; row == nil || !sameOwn(c.input(i), row) {
			return nil, false, nil
		}
	}
	for _, id := range c.deleted[deleted.from:deleted.to] {
		if rows[id] != nil {
			return nil, false, nil
		}
	}
	return page, true, nil
}

// sameOwn reports whether a row has the custom, status and type that an input gives.
func sameOwn(input, row any) bool {
	want, got := fields(input), fields(row)
	own := map[string]any{}
	for _, name := range []string{"custom", "status", "type"} {
		if v, ok := want[name]; ok {
			own[name] = v
		}
	}
	return want != nil && holds(own, got)
}

// chunk returns where the entries of one request end.
func (c change[T]) chunk(ids []string, from int) int {
	to := from
	for size := 0; to < len(ids) && to-from < maxEntries; to++ {
		size += len(escape(Eq(c.field, ids[to]).String() + " || "))
		if size > maxFilter && to > from {
			break
		}
	}
	return to
}

// confirm picks the rows that were set out of a page. A row that was set and is not
// there, or was deleted and is, makes the outcome unknown: the service said yes, and
// its list says no. Only a page that is whole shows that a row is not there.
func confirm[T any](op string, page []*T, key func(*T) string, set, deleted []string, whole bool) ([]*T, error) {
	byID := make(map[string]*T, len(page))
	for _, row := range page {
		byID[key(row)] = row
	}
	var rows []*T
	var wrong []string
	for _, id := range set {
		if row := byID[id]; row != nil {
			rows = append(rows, row)
		} else if whole {
			wrong = append(wrong, fmt.Sprintf("%q was set and is not there", id))
		}
	}
	for _, id := range deleted {
		if byID[id] != nil {
			wrong = append(wrong, fmt.Sprintf("%q was removed and is there", id))
		}
	}
	if wrong == nil {
		return rows, nil
	}
	const show = 3
	if n := len(wrong); n > show {
		wrong = append(wrong[:show], fmt.Sprintf("and %d more", n-show))
	}
	return rows, &memberships.Error{
		Provider: api.Name, Op: op, Kind: memberships.ErrOutcomeUnknown, StatusCode: http.StatusOK,
		Err: errors.New("the service accepted the change, but " + strings.Join(wrong, ", ")),
	}
}

// checkEntries refuses a change that is empty, that names nobody, or somebody twice:
// which of two entries for one id would count is not known.
func checkEntries(what string, ids []string) error {
	if len(ids) == 0 {
		return errors.New("nothing is to change: there are no entries")
	}
	seen := make(map[string]bool, len(ids))
	for i, id := range ids {
		if err := checkID(fmt.Sprintf("the %s id of entry %d", what, i), id); err != nil {
			return err
		}
		if seen[id] {
			return fmt.Errorf("two entries have the %s id %q", what, id)
		}
		seen[id] = true
	}
	return nil
}

// Custom returns the caller's own values for an input: strings, numbers, booleans and
// nil by name. They replace all that were there. Integers above 2^53-1, such as
// timetokens, must be strings, or the service would round them.
func Custom(values map[string]any) nullable.Nullable[json.RawMessage] {
	b, err := json.Marshal(values)
	if err != nil {
		b = []byte("unusable") // checkCustom refuses it
	}
	return nullable.NewNullableWithValue(json.RawMessage(b))
}

// Text returns a value for a field of an input that may also be absent or null.
func Text(s string) nullable.Nullable[string] { return nullable.NewNullableWithValue(s) }

// Null returns the null that clears a field of an input.
func Null[T any]() nullable.Nullable[T] { return nullable.NewNullNullable[T]() }

// checkCustom refuses what the service would refuse, or round without a word.
func checkCustom(custom nullable.Nullable[json.RawMessage]) error {
	if !custom.IsSpecified() || custom.IsNull() {
		return nil
	}
	raw := custom.MustGet()
	const limit = 1<<53 - 1
	var values map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&values); err != nil || dec.More() {
		return errors.New("custom is not a JSON object of scalar values")
	}
	for name, v := range values {
		switch v := v.(type) {
		case map[string]any, []any:
			return fmt.Errorf("custom %q is not a string, number, boolean or null", name)
		case json.Number:
			n, err := v.Int64()
			if !strings.ContainsAny(v.String(), ".eE") && (err != nil || n > limit || n < -limit) {
				return fmt.Errorf("custom %q is an integer that the service would round; send it as a string", name)
			}
		}
	}
	return nil
}

// checkSet refuses bad arguments of a Set of metadata. An empty If-Match would change
// what somebody else has changed, quietly.
func checkSet(name, id string, custom nullable.Nullable[json.RawMessage], ifMatch *string) error {
	if err := checkID(name, id); err != nil {
		return err
	}
	if ifMatch != nil && (*ifMatch == "" || !config.ValidHeaderValue(*ifMatch)) {
		return errors.New("IfMatch is empty or holds a control character")
	}
	return checkCustom(custom)
}

// applied reports whether what is stored is as input was to make it. tag is what it was
// to be made of, nil for anything, stored what it is now.
func applied(input, read any, tag *string, stored string) (bool, error) {
	if holds(input, read) {
		return true, nil
	}
	if tag == nil || *tag == stored {
		return false, nil
	}
	return false, errors.New("it has changed since, and does not show by whom")
}

// holds reports whether every field of an input is in what was read. Null is absent.
func holds(input, read any) bool {
	want, got := fields(input), fields(read)
	for name, v := range want {
		if w, g := cmp.Or[any](v, ""), cmp.Or[any](got[name], ""); !reflect.DeepEqual(w, g) {
			return false
		}
	}
	return want != nil && got != nil
}

func fields(v any) map[string]any {
	var out map[string]any
	b, err := json.Marshal(v)
	if err != nil || json.Unmarshal(b, &out) != nil {
		return nil
	}
	return out
}

// remove makes a call that answers {"status":200,"data":null}. get reads what it removes.
func remove[T any](ctx context.Context, c *client.Client, call client.Call, get func(context.Context) (*T, error)) error {
	_, err := client.Write(ctx, c, call, func(r *gen.RemoveResult) string {
		if r.Status != http.StatusOK {
			return ""
		}
		return "removed"
	}, func(ctx context.Context) (*gen.RemoveResult, bool, error) {
		gone, err := client.Gone(get(ctx))
		return new(gen.RemoveResult), gone, err
	})
	return err
}
