package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/memberships-go/memberships/bench/internal/corpus"
)

// A provider names the parameters of its listing and writes what is around the members
// of a page.
type provider struct {
	name         string
	cursor, size string
	otherwise    int // the size of a page that is asked for without one
	around       func(r *http.Request, p *page)
}

var (
	clerk = provider{"clerk", "offset", "limit", 10, func(_ *http.Request, p *page) {
		p.head = `{"data":[`
		p.tail = fmt.Sprintf(`],"total_count":%d}`, p.group.Size)
	}}
	webex = provider{"webex", "cursor", "max", 100, func(r *http.Request, p *page) {
		p.head, p.tail = `{"items":[`, `]}`
		if p.more() {
			next := url.Values{"roomId": {p.group.ID()}, "max": {strconv.Itoa(p.size)}, "cursor": {p.next()}}
			scheme := "http"
			if r.TLS != nil {
				scheme = "https"
			}
			p.link = fmt.Sprintf(`<%s://%s%s?%s>; rel="next"`, scheme, r.Host, r.URL.Path, next.Encode())
		}
	}}
	box = provider{"box", "offset", "limit", 100, func(_ *http.Request, p *page) {
		p.head = fmt.Sprintf(`{"total_count":%d,"offset":%d,"limit":%d,"entries":[`, p.group.Size, p.from, p.size)
		p.tail = `]}`
	}}
	// PubNub names a next page on every one that has rows, the last one too.
	pubnub = provider{"pubnub", "start", "limit", 100, func(r *http.Request, p *page) {
		p.head, p.tail = `{"status":200,"data":[`, `]`
		if r.URL.Query().Get("count") == "1" {
			p.tail += fmt.Sprintf(`,"totalCount":%d`, p.group.Size)
		}
		if p.to > p.from {
			p.tail += fmt.Sprintf(`,"next":%q`, p.next())
		}
		p.tail += `}`
	}}
	googleChat = provider{"googlechat", "pageToken", "pageSize", 100, func(_ *http.Request, p *page) {
		p.head, p.tail = `{"memberships":[`, `]}`
		if p.more() {
			p.tail = fmt.Sprintf(`],"nextPageToken":%q}`, p.next())
		}
	}}
)

// page is what a request asks for, and the answer around it.
type page struct {
	provider   string
	group      corpus.Group
	size       int
	from, to   int // the members on it, without the one at to
	head, tail string
	link       string // the Link header
}

func (p *page) more() bool   { return p.to < p.group.Size }
func (p *page) next() string { return corpus.Cursor(p.provider, p.to) }

// read parses the requested page. It rejects a request that the provider would refuse or
// cut short, which reveals a faulty client.
func (v provider) read(r *http.Request) (*page, error) {
	q := r.URL.Query()
	id := r.PathValue("group")
	if id == "" {
		id = q.Get("roomId")
	}
	g, err := corpus.ParseGroup(id)
	if err != nil {
		return nil, err
	}
	p := &page{provider: v.name, group: g, size: v.otherwise}
	if s := q.Get(v.size); s != "" {
		if p.size, err = strconv.Atoi(s); err != nil || p.size < 1 || p.size > corpus.MaxPage[v.name] {
			return nil, fmt.Errorf("%s is %q and not a number from 1 to %d", v.size, s, corpus.MaxPage[v.name])
		}
	}
	if p.from, err = corpus.Position(v.name, q.Get(v.cursor)); err != nil {
		return nil, err
	}
	if v.name == "box" && p.from > corpus.BoxReach {
		return nil, fmt.Errorf("no page begins after offset %d", corpus.BoxReach)
	}
	p.to = min(p.from+p.size, max(g.Size, p.from))
	v.around(r, p)
	return p, nil
}
