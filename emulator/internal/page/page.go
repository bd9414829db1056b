// Package page serves a page that shows the emulator to people: who is in which group, the
// requests and deliveries as they happen, the faults and the clock.
package page

import (
	_ "embed"
	"html"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/control"
	"github.com/memberships-go/memberships/emulator/internal/httpapi"
)

var (
	//go:embed page.html
	markup string
	//go:embed page.css
	style []byte
	//go:embed page.js
	script []byte
)

// policy lets the page load its own style and script and nothing else, also if a name that
// is shown were markup.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Mount adds the page of an emulator and its files to the control API.
func Mount(h *control.Handler, e control.Emulator) {
	h.Mount("GET /", func(w http.ResponseWriter, _ *http.Request) {
		send(w, "text/html; charset=utf-8")
		_, _ = io.WriteString(w, tableOf(e.Groups(control.MaxMembers)).markup())
	})
	for pattern, file := range map[string]struct {
		media   string
		content []byte
	}{
		"GET /_emulator/page.css": {"text/css; charset=utf-8", style},
		"GET /_emulator/page.js":  {"text/javascript; charset=utf-8", script},
	} {
		h.Mount(pattern, func(w http.ResponseWriter, _ *http.Request) {
			send(w, file.media)
			_, _ = w.Write(file.content)
		})
	}
}

func send(w http.ResponseWriter, media string) {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Referrer-Policy", "no-referrer")
}

// providers are the columns of the page in order.
var providers = []string{"box", "clerk", "googlechat", "pubnub", "webex"}

// markup returns the page. Every text of the emulator is escaped here, because html/template
// takes long to compile.
func (t table) markup() string {
	var heads, groups, people, options strings.Builder
	add := func(to *strings.Builder, parts ...string) { // markup and text by turns
		for i, part := range parts {
			if i%2 == 1 {
				part = html.EscapeString(part)
			}
			to.WriteString(part)
		}
	}
	for _, c := range t.Providers {
		add(&options, "<option>", c.Provider, "</option>")
		if len(c.Groups) > 0 {
			add(&heads, `<th scope="colgroup" colspan="`, strconv.Itoa(len(c.Groups)), `">`, c.Provider, "</th>")
		}
		for _, g := range c.Groups {
			add(&groups, `<th scope="col" title="`, g.ID, `">`, g.Name, " <small>", strconv.Itoa(g.Total), "</small></th>")
		}
	}
	for _, p := range t.People {
		add(&people, `<tr><th scope="row">`, p.Name, " <small>", p.Email, "</small></th>")
		for _, c := range p.Cells {
			if c.State == "" {
				add(&people, "<td></td>")
				continue
			}
			add(&people, `<td data-state="`, c.State, `" title="`, c.Group+": "+c.State, `">`, c.Role, "</td>")
		}
		add(&people, "</tr>\n")
	}
	return strings.NewReplacer( // it does not read again what it has written
		"{{limit}}", strconv.Itoa(t.Limit), "{{options}}", options.String(), "{{providers}}", heads.String(),
		"{{groups}}", groups.String(), "{{people}}", people.String(),
	).Replace(markup)
}

// table has the people as rows and the groups of the providers as columns.
type table struct {
	Providers []column
	People    []person
	Limit     int
}

type column struct {
	Provider string
	Groups   []httpapi.Group
}

// person is a row. Cells has one entry for each group of each provider.
type person struct {
	Name, Email string
	Cells       []cell
}

// cell is a membership, empty for none.
type cell struct{ Role, State, Group string }

// tableOf returns the groups as a table. People with the same address are one row; members
// without an address have one for each id.
func tableOf(groups map[string][]httpapi.Group) table {
	t := table{Limit: control.MaxMembers}
	total := 0
	for _, p := range providers {
		t.Providers = append(t.Providers, column{p, groups[p]})
		total += len(groups[p])
	}
	rows := map[string]int{}
	at := 0
	for _, c := range t.Providers {
		for _, g := range c.Groups {
			for _, m := range g.Members {
				key := strings.ToLower(m.Email)
				if key == "" {
					key = c.Provider + " " + m.ID
				}
				i, ok := rows[key]
				if !ok {
					i = len(t.People)
					rows[key] = i
					t.People = append(t.People, person{Email: m.Email, Cells: make([]cell, total)})
				}
				p := &t.People[i]
				if p.Name == "" {
					p.Name = m.Name
				}
				if p.Name == "" && p.Email == "" {
					p.Name = m.ID
				}
				if m.Role == "" {
					m.Role = "member"
				}
				p.Cells[at] = cell{m.Role, m.State, g.Name}
			}
			at++
		}
	}
	slices.SortStableFunc(t.People, func(a, b person) int { return b.in() - a.in() })
	return t
}

// in returns the number of groups of a person.
func (p person) in() int {
	n := 0
	for _, c := range p.Cells {
		if c.Role != "" {
			n++
		}
	}
	return n
}
