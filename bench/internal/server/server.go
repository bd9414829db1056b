// Package server serves the lists of the benchmarks, one for each provider, with the
// provider's paging.
package server

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/memberships-go/memberships/bench/internal/corpus"
)

// New returns a handler that waits for latency before every response. The lists have the
// members of package corpus. Offsets and sizes are exact.
func New(latency time.Duration) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /v1/organizations/{group}/memberships", listing(clerk))
	mux.Handle("GET /v1/memberships", listing(webex))
	mux.Handle("GET /2.0/groups/{group}/memberships", listing(box))
	mux.Handle("GET /v2/objects/{key}/channels/{group}/uuids", listing(pubnub))
	mux.Handle("GET /v1/spaces/{group}/members", listing(googleChat))
	mux.Handle("GET /v1/organizations/{group}", one(`{"object":"organization","id":%q,"name":"Example Works","slug":"example-works"}`))
	mux.Handle("GET /v2/objects/{key}/channels/{group}", one(`{"status":200,"data":{"id":%q,"name":"Works","updated":"2026-03-18T09:26:16.203441Z","eTag":"AY39"}}`))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if latency > 0 {
			time.Sleep(latency)
		}
		mux.ServeHTTP(w, r)
	})
}

// one returns a handler that confirms that a group exists. The portable API reads the
// group of some providers before it reports an empty list. format takes the group's id.
func one(format string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		g, err := corpus.ParseGroup(r.PathValue("group"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, format, g.ID())
	}
}

// listing serves pages of members that are rendered in advance, except for their numbers.
func listing(v provider) http.HandlerFunc {
	items := corpus.Items(v.name)
	buffers := sync.Pool{New: func() any { return new([]byte) }}
	return func(w http.ResponseWriter, r *http.Request) {
		p, err := v.read(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		buffer := buffers.Get().(*[]byte)
		defer buffers.Put(buffer)
		body := (*buffer)[:0]
		body = append(body, p.head...)
		for i := p.from; i < p.to; i++ {
			if i > p.from {
				body = append(body, ',')
			}
			body = items[i%len(items)].Append(body, p.group, i)
		}
		body = append(body, p.tail...)
		*buffer = body
		if p.link != "" {
			w.Header().Set("Link", p.link)
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	}
}
