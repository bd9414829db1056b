package cassette

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// explain returns the reason that no recording answers a request: its recordings are used,
// or the differences from the most similar one.
func (c *Cassette) explain(x *exchange) string {
	c.mu.Lock()
	n := c.served[*x.fingerprint]
	c.mu.Unlock()
	if n > 0 {
		return fmt.Sprintf("it was recorded %s and has been replayed as often", times(n))
	}
	var nearest *fingerprint
	best := -1
	for _, other := range x.others {
		if other.part != x.fingerprint.part {
			continue
		}
		if n := x.fingerprint.common(other); n > best {
			nearest, best = other, n
		}
	}
	if nearest == nil {
		return "every recording has been used"
	}
	return fmt.Sprintf("the nearest recording, %s %s, differs: %s", nearest.method, nearest.url(), strings.Join(x.fingerprint.differences(nearest), "; "))
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func (f *fingerprint) url() string {
	u := f.host + f.path
	if f.query != "" {
		u += "?" + f.query
	}
	return u
}

// common returns the number of equal fields of two requests.
func (f *fingerprint) common(other *fingerprint) int {
	n := 0
	for _, same := range []bool{f.method == other.method, f.host == other.host, f.path == other.path, f.query == other.query, f.body == other.body} {
		if same {
			n++
		}
	}
	return n
}

// differences describes the differences of a request from a recording.
func (f *fingerprint) differences(rec *fingerprint) (all []string) {
	for _, d := range []struct{ what, sent, recorded string }{
		{"the method", f.method, rec.method}, {"the host", f.host, rec.host}, {"the path", f.path, rec.path},
	} {
		if d.sent != d.recorded {
			all = append(all, fmt.Sprintf("%s is %s and was %s", d.what, d.sent, d.recorded))
		}
	}
	if f.query != rec.query {
		all = append(all, differentQuery("the parameter", f.query, rec.query)...)
	}
	if f.body != rec.body {
		all = append(all, differentBody(f.body, rec.body)...)
	}
	return all
}

func differentQuery(what, sent, recorded string) (all []string) {
	is, err := url.ParseQuery(sent)
	was, err2 := url.ParseQuery(recorded)
	if err != nil || err2 != nil {
		return []string{fmt.Sprintf("the query is %s and was %s", cut(sent), cut(recorded))}
	}
	names := maps.Clone(is)
	maps.Copy(names, was)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if d := different(fmt.Sprintf("%s %s", what, name), is[name], was[name]); d != "" {
			all = append(all, d)
		}
	}
	return all
}

// different describes the difference between the values of one name, "" if they are equal.
// A nil slice means that the name is missing.
func different(what string, is, was []string) string {
	show := func(values []string) string {
		if len(values) == 1 {
			return cut(values[0])
		}
		return cut(strings.Join(values, ", "))
	}
	switch {
	case slices.Equal(is, was):
		return ""
	case was == nil:
		return fmt.Sprintf("%s is %s and was not there", what, show(is))
	case is == nil:
		return fmt.Sprintf("%s is not there and was %s", what, show(was))
	}
	return fmt.Sprintf("%s is %s and was %s", what, show(is), show(was))
}

// maxDifferences is the largest number of differences of two bodies in an error.
const maxDifferences = 5

func differentBody(sent, recorded string) []string {
	is, ok := parsed(sent)
	was, ok2 := parsed(recorded)
	if ok && ok2 {
		all := differentValues("", is, was, nil)
		if len(all) > maxDifferences {
			all = append(all[:maxDifferences], fmt.Sprintf("and %d more", len(all)-maxDifferences))
		}
		return all
	}
	if strings.Contains(sent, "=") && strings.Contains(recorded, "=") {
		if all := differentQuery("the field", sent, recorded); len(all) > 0 {
			return all
		}
	}
	return []string{fmt.Sprintf("the body is %s and was %s", cut(sent), cut(recorded))}
}

// differentValues appends the differences of two JSON values. at is their JSON pointer.
func differentValues(at string, is, was any, all []string) []string {
	switch is := is.(type) {
	case map[string]any:
		was, ok := was.(map[string]any)
		if !ok {
			break
		}
		names := maps.Clone(is)
		maps.Copy(names, was)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			next := at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
			one, ok := is[name]
			other, ok2 := was[name]
			switch {
			case !ok:
				all = append(all, fmt.Sprintf("the body's %s is not there and was %s", next, compact(other)))
			case !ok2:
				all = append(all, fmt.Sprintf("the body's %s is %s and was not there", next, compact(one)))
			default:
				all = differentValues(next, one, other, all)
			}
		}
		return all
	case []any:
		was, ok := was.([]any)
		if !ok || len(was) != len(is) {
			break
		}
		for i := range is {
			all = differentValues(at+"/"+strconv.Itoa(i), is[i], was[i], all)
		}
		return all
	}
	if one, other := marshalled(is), marshalled(was); one != other {
		what := "the body's " + at
		if at == "" {
			what = "the body"
		}
		all = append(all, fmt.Sprintf("%s is %s and was %s", what, cut(one), cut(other)))
	}
	return all
}

func compact(v any) string { return cut(marshalled(v)) }

func marshalled(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// cut returns the beginning of a text, quoted if it is empty or not printable.
func cut(s string) string {
	const most = 80
	if len(s) > most {
		s = s[:most] + "..."
	}
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == utf8.RuneError }) {
		return strconv.Quote(s)
	}
	return s
}
