package faulttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
)

// subject is a provider's response that a mutation changes.
type subject struct {
	p      *Provider
	header http.Header
	body   []byte
	at     float64
	// cursor is the cursor of the request, "" for the first page; n counts responses.
	cursor string
	n      int
	// first is the cursor of the second page, firstItem an item of the first page.
	first     string
	firstItem any
	// root is the body's object, nil for another value.
	root map[string]any
}

// items returns the items of a page. A response with one item is a page of that item.
func (s *subject) items() []any {
	if list, ok := s.root[s.p.Items].([]any); ok {
		return list
	}
	return nil
}

func (s *subject) hasItems() bool { return s.items() != nil }

// one returns the first item, nil if there is none.
func (s *subject) one() map[string]any {
	if list := s.items(); list != nil {
		if len(list) == 0 {
			return nil
		}
		m, _ := list[0].(map[string]any)
		return m
	}
	return s.root
}

// id returns the object that contains the first item's id, and the id's key there.
func (s *subject) id() (map[string]any, string) {
	m := s.one()
	path := strings.Split(s.p.ID, ".")
	for _, name := range path[:len(path)-1] {
		m, _ = m[name].(map[string]any)
	}
	name := path[len(path)-1]
	if m == nil || m[name] == nil {
		return nil, ""
	}
	return m, name
}

// setID returns a mutation that replaces the first item's id.
func setID(v any) func(*subject) bool {
	return func(s *subject) bool {
		m, name := s.id()
		if m == nil {
			return false
		}
		m[name] = v
		return true
	}
}

// markID replaces the first item's id with a placeholder; raw bytes replace the
// placeholder after encoding.
func markID(s *subject, raw string) bool {
	m, name := s.id()
	if m == nil {
		return false
	}
	m[name] = fmt.Sprint(m[name]) + mark
	s.body = bytes.Replace(encode(s.root), []byte(mark), []byte(raw), 1)
	s.root = nil
	return true
}

const mark = "~~mark~~"

func setList(v any) func(*subject) bool {
	return func(s *subject) bool {
		if !s.hasItems() {
			return false
		}
		s.root[s.p.Items] = v
		return true
	}
}

func setItem(v any) func(*subject) bool {
	return func(s *subject) bool {
		if len(s.items()) == 0 {
			return false
		}
		s.items()[0] = v
		return true
	}
}

func setTotal(v any) func(*subject) bool {
	return func(s *subject) bool {
		if s.p.Total == "" || s.root[s.p.Total] == nil {
			return false
		}
		s.root[s.p.Total] = v
		return true
	}
}

// setNext replaces the next cursor of a page.
func setNext(s *subject, v any) bool {
	switch {
	case s.p.Link != "":
		s.header.Set("Link", fmt.Sprintf(`<{self}&%s=%s>; rel="next"`, s.p.Link, url.QueryEscape(fmt.Sprint(v))))
	case s.p.Next != "":
		s.root[s.p.Next] = v
	default:
		return false
	}
	return true
}

// again is the prefix of cursors that repeat a page. A number makes them distinct.
const again = "again-"

func againCursor(s *subject) string {
	return fmt.Sprintf("%s%d%s-%s", again, s.n, strings.Repeat("x", s.n%50), s.cursor)
}

// realCursor returns the provider's cursor behind a repeated one.
func realCursor(c string) string {
	if rest, ok := strings.CutPrefix(c, again); ok {
		_, c, _ = strings.Cut(rest, "-")
	}
	return c
}

// mutations change a response and report whether there was anything to change.
var mutations = map[string]func(*subject) bool{
	"list-missing": func(s *subject) bool {
		had := s.hasItems()
		if had {
			delete(s.root, s.p.Items)
		}
		return had
	},
	"list-null":   setList(nil),
	"list-object": setList(map[string]any{}),
	"list-string": setList("none"),
	"list-number": setList(7),
	"item-null":   setItem(nil),
	"item-number": setItem(7),
	"item-array":  setItem([]any{}),
	"id-missing": func(s *subject) bool {
		m, name := s.id()
		delete(m, name)
		return m != nil
	},
	"id-empty":       setID(""),
	"id-null":        setID(nil),
	"id-number":      setID(12345678),
	"id-float":       setID(json.Number("1.5e300")),
	"id-object":      setID(map[string]any{"id": "x"}),
	"id-long":        setID(strings.Repeat("x", 100_000)),
	"id-dots":        setID(".."),
	"id-nul":         setID("a\x00b"),
	"id-line-break":  setID("a\r\nb"),
	"invalid-utf8":   func(s *subject) bool { return markID(s, "\xff\xfe") },
	"lone-surrogate": func(s *subject) bool { return markID(s, `\ud83d`) },
	"duplicate-key": func(s *subject) bool {
		if s.root == nil {
			return false
		}
		b := encode(s.root)
		s.body = append(b[:len(b)-1:len(b)-1], append([]byte(","), b[1:]...)...)
		s.root = nil
		return true
	},
	"folded-keys": func(s *subject) bool {
		if s.root == nil {
			return false
		}
		s.root = fold(s.root).(map[string]any)
		return true
	},
	"unknown-fields": func(s *subject) bool {
		if s.root == nil {
			return false
		}
		s.root["zz_new"] = map[string]any{"a": []any{1, nil, "x"}}
		if m := s.one(); m != nil {
			m["zz_new"] = []any{map[string]any{}}
		}
		return true
	},
	"another-item": func(s *subject) bool {
		if s.hasItems() && len(s.items()) != 1 {
			return false
		}
		m, name := s.id()
		if m == nil {
			return false
		}
		old := fmt.Sprint(m[name])
		m[name] = strings.Replace(old, old[len(old)-1:], "0", 1) + "1"
		return true
	},
	"duplicate-item": func(s *subject) bool {
		if len(s.items()) == 0 {
			return false
		}
		s.root[s.p.Items] = append(s.items(), s.items()[0])
		return true
	},
	"repeated-item": func(s *subject) bool {
		if len(s.items()) == 0 || s.firstItem == nil || s.cursor == "" {
			return false
		}
		s.items()[len(s.items())-1] = s.firstItem
		return true
	},
	"empty-page": func(s *subject) bool {
		return setList([]any{})(s) && setNext(s, againCursor(s))
	},
	"empty-chain": func(s *subject) bool {
		if !setList([]any{})(s) {
			return false
		}
		setNext(s, againCursor(s)) // the client computes the cursor if the provider has offsets
		return true
	},
	"ends-early": func(s *subject) bool {
		if s.cursor == "" || !setList([]any{})(s) {
			return false
		}
		s.header.Del("Link")
		delete(s.root, s.p.Next)
		return true
	},
	"page-short": func(s *subject) bool {
		n := len(s.items())
		if n > 0 {
			s.root[s.p.Items] = s.items()[:n-1]
		}
		return n > 0
	},
	"total-short": func(s *subject) bool { return setTotal(len(s.items()) - 1)(s) },
	"cursor-same": func(s *subject) bool {
		return s.cursor != "" && s.hasItems() && setNext(s, s.cursor)
	},
	"cursor-loop": func(s *subject) bool {
		return s.cursor != "" && s.hasItems() && setNext(s, s.first)
	},
	"cursor-growing": func(s *subject) bool {
		return s.hasItems() && setNext(s, againCursor(s))
	},
	"cursor-number": func(s *subject) bool {
		if s.p.Next == "" || s.root[s.p.Next] == nil {
			return false
		}
		s.root[s.p.Next] = 7
		return true
	},
	"total-huge":     setTotal(int64(math.MaxInt64)),
	"total-zero":     setTotal(0),
	"total-negative": setTotal(-1),
	"total-text":     setTotal("many"),
	"total-missing": func(s *subject) bool {
		if s.p.Total == "" || s.root[s.p.Total] == nil {
			return false
		}
		delete(s.root, s.p.Total)
		return true
	},
	"deep-field": func(s *subject) bool {
		if s.root == nil {
			return false
		}
		s.root["zz_deep"] = mark
		s.body = bytes.Replace(encode(s.root), []byte(`"`+mark+`"`), deep(), 1)
		s.root = nil
		return true
	},
	"deep-body": raw(func(*subject, []byte) []byte { return deep() }),
	"cut": raw(func(s *subject, b []byte) []byte {
		return b[:max(min(int(float64(len(b))*s.at), len(b)-1), 0)]
	}),
	"trailing-text":     raw(func(_ *subject, b []byte) []byte { return append(b, " x"...) }),
	"trailing-document": raw(func(_ *subject, b []byte) []byte { return append(b, "{}"...) }),
	"bom":               raw(func(_ *subject, b []byte) []byte { return append([]byte("\xef\xbb\xbf"), b...) }),
	"utf16": raw(func(_ *subject, b []byte) []byte {
		out := []byte{0xff, 0xfe}
		for _, c := range b {
			out = append(out, c, 0)
		}
		return out
	}),
	"pretty": raw(func(_ *subject, b []byte) []byte {
		var out bytes.Buffer
		if json.Indent(&out, b, "\t", " \r\n\t") != nil {
			return nil
		}
		return append([]byte("\r\n\t "), append(out.Bytes(), "\n\n"...)...)
	}),
}

// byteMutations change the body after compression.
var byteMutations = []string{"flip", "cut-gzip"}

// raw returns a mutation of the body's bytes. It leaves an empty body alone.
func raw(f func(*subject, []byte) []byte) func(*subject) bool {
	return func(s *subject) bool {
		if len(s.body) == 0 {
			return false
		}
		s.root = nil
		s.body = f(s, bytes.TrimSpace(s.body))
		return s.body != nil
	}
}

func deep() []byte {
	const n = 20_000
	return append(bytes.Repeat([]byte("["), n), bytes.Repeat([]byte("]"), n)...)
}

func fold(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[strings.ToUpper(k)] = fold(e)
		}
		return out
	case []any:
		for i := range v {
			v[i] = fold(v[i])
		}
	}
	return v
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps, lists and scalars always marshal
	}
	return b
}

// decodeObject parses an object and keeps numbers as text. It returns nil for any other
// value.
func decodeObject(b []byte) map[string]any {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var m map[string]any
	if dec.Decode(&m) != nil {
		return nil
	}
	return m
}

// mutate applies a mutation and reports whether there was anything to change.
func (s *subject) mutate(name string) bool {
	s.root = decodeObject(s.body)
	if !mutations[name](s) {
		return false
	}
	if s.root != nil {
		s.body = encode(s.root)
	}
	return true
}
