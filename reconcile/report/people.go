package report

import (
	"cmp"

	"github.com/memberships-go/memberships"
)

// maxCells is the greatest number of cells of the matrix. A larger one would take a browser
// seconds, so each person's groups are one text then.
const maxCells = 20_000

// large reports whether the matrix would have too many cells. A browser makes the parts of a
// large report when a reader comes near them.
func (v *view) large() bool { return len(v.people)*len(v.sets) > maxCells }

// people writes the people with their groups.
func (p *page) people(v *view) {
	p.raw("<main>\n<section id=\"by-person\">\n<h2 id=\"people-title\">People by groups</h2>\n")
	p.raw(`<div class="box" tabindex="0" role="region" aria-labelledby="people-title">`, "\n")
	if v.large() {
		p.list(v)
	} else {
		p.matrix(v)
	}
	p.raw("</div>\n</section>\n")
}

// matrix writes a table with a row for each person and a column for each group.
func (p *page) matrix(v *view) {
	p.raw("<table class=\"matrix\">\n<thead><tr><th scope=\"col\">Person")
	for _, g := range v.sets {
		p.raw(`<th scope="col"`)
		p.title(g.title(), maxColumn)
		p.raw(`><a href="#g`)
		p.number(g.at)
		p.raw(`">`)
		p.short(g.title(), maxColumn)
		p.raw("</a> <small>")
		p.short(g.provider, maxColumn)
		p.raw("</small>")
	}
	p.raw("\n<tbody id=\"people\">\n")
	for _, who := range v.people {
		p.raw(`<tr data-n="`)
		p.number(who.count)
		p.raw(`"><th scope="row" class="who"`)
		p.who(who)
		p.cells(v, who)
		p.raw("\n")
	}
	p.raw("</table>\n")
}

// list writes an entry for each person. A browser lays out an entry of a list when a reader
// comes near it, and all rows of a table at once.
func (p *page) list(v *view) {
	p.raw("<ul id=\"people\">\n")
	for _, who := range v.people {
		p.raw(`<li data-n="`)
		p.number(who.count)
		p.raw(`"><div class="who"`)
		p.who(who)
		p.raw("</div> <p>Groups: ")
		p.number(who.count)
		p.raw(". ")
		p.inGroups(who)
		p.raw("\n")
	}
	p.raw("</ul>\n")
}

// who writes the rest of the tag and the content of the element of a person.
func (p *page) who(who *person) {
	p.title(who.title(), maxName)
	p.raw("><b>")
	p.short(who.title(), maxName)
	p.raw("</b>")
	p.address(who)
	p.marks(who.marks())
}

// maxColumn is the greatest length of the name of a group where many stand side by side.
const maxColumn = 40

// address writes the address of a person, or else provider and id. A person who has no name
// has the address in its place already.
func (p *page) address(who *person) {
	id := cmp.Or(who.address, who.id)
	if who.address != "" && who.title() == id {
		return
	}
	p.raw(` <small`)
	p.title(id, maxAddress)
	p.raw(`>`)
	if who.address == "" {
		p.short(who.provider, maxName)
		p.raw(" ")
	}
	p.short(id, maxAddress)
	p.raw("</small>")
}

// marks returns the words for a person, whatever the group.
func (p *person) marks() []string {
	var words []string
	add := func(is bool, word string) {
		if is {
			words = append(words, word)
		}
	}
	add(p.kind != memberships.MemberUser, string(p.kind))
	add(p.outsider, "outsider")
	add(p.guest, "guest")
	add(p.invited, "invited")
	add(p.noAddress, "no address")
	add(p.rank == goneRank, "in no group now")
	return words
}

func (p *page) marks(words []string) {
	for _, w := range words {
		p.raw(" <i>")
		p.short(w, maxName)
		p.raw("</i>")
	}
}

// cells writes the row of a person in the matrix.
func (p *page) cells(v *view, who *person) {
	rows := who.rows
	for at := range v.sets {
		if len(rows) == 0 || rows[0].set.at != at {
			p.raw("<td>")
			continue
		}
		p.raw(`<td class="`, rows[0].class(), `">`)
		for n := 0; len(rows) > 0 && rows[0].set.at == at; n++ {
			if n > 0 {
				p.raw("; ")
			}
			p.cell(rows[0].row)
			rows = rows[1:]
		}
	}
}

// cell writes one membership of the matrix.
func (p *page) cell(r *row) {
	if r.mark.gone() {
		p.raw("<del>")
	}
	p.short(string(r.Role), maxName)
	if r.mark.gone() {
		p.raw("</del>")
	}
	if r.State != memberships.StateActive && r.State != "" {
		p.raw(", ")
		p.short(string(r.State), maxName)
	}
	p.difference(r)
}

// difference writes the mark of a row, if it has one.
func (p *page) difference(r *row) {
	if r.mark == same {
		return
	}
	p.raw(" <ins>")
	p.text(string(r.mark))
	if r.before != nil {
		p.raw(": was ")
		p.standing(r.before)
	}
	p.raw("</ins>")
}

// standing writes role and state.
func (p *page) standing(m *memberships.Membership) {
	p.role(m)
	if m.State != memberships.StateActive && m.State != "" {
		p.raw(", ")
		p.short(string(m.State), maxName)
	}
}

// role writes the portable role, and the provider's own name of it if that is another word.
func (p *page) role(m *memberships.Membership) {
	p.short(string(m.Role), maxName)
	if m.RoleName != "" && m.RoleName != string(m.Role) {
		p.raw(" (")
		p.short(m.RoleName, maxName)
		p.raw(")")
	}
}

// inGroups writes the groups of a person as one text, by their roles.
func (p *page) inGroups(who *person) {
	written := false
	for _, part := range []struct {
		label markup
		rank  int
	}{{"<b>Owner:</b> ", 0}, {"<b>Manager:</b> ", 1}, {"<b>Member:</b> ", 2}, {"<b>Other role:</b> ", 3}, {"<b>Before:</b> ", goneRank}} {
		n := 0
		for _, r := range who.rows {
			at := rank(r.Role)
			if r.mark.gone() {
				at = goneRank
			}
			if at != part.rank {
				continue
			}
			switch {
			case n > 0:
				p.raw(", ")
			case written:
				p.raw(". ", part.label)
			default:
				p.raw(part.label)
			}
			n++
			written = true
			p.inOne(r)
		}
	}
}

// inOne writes one group of a person.
func (p *page) inOne(r inGroup) {
	p.short(r.set.title(), maxColumn)
	p.raw(" (")
	p.short(r.set.provider, maxColumn)
	if r.State != memberships.StateActive && r.State != "" {
		p.raw(", ")
		p.short(string(r.State), maxName)
	}
	p.raw(")")
	p.difference(r.row)
}
