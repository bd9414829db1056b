package report

import (
	"cmp"

	"github.com/memberships-go/memberships"
)

// groups writes the list of each group, with columns for a review in print.
func (p *page) groups(v *view) {
	p.raw("<section id=\"by-group\">\n<h2>Groups</h2>\n<details><summary>All groups: ")
	p.number(len(v.sets))
	p.raw("</summary>\n<ul class=\"columns\">\n")
	for _, g := range v.sets {
		p.raw(`<li><a href="#g`)
		p.number(g.at)
		p.raw(`">`)
		p.short(g.title(), maxName)
		p.raw("</a> ")
		p.short(g.provider, maxName)
		p.raw(" ")
		p.number(g.present())
		p.raw("\n")
	}
	p.raw("</ul>\n</details>\n")
	for _, g := range v.sets {
		p.group(v, g)
	}
	p.raw("</section>\n</main>\n")
}

// present returns the number of rows that are not gone.
func (g *set) present() int {
	n := 0
	for i := range g.rows {
		if !g.rows[i].mark.gone() {
			n++
		}
	}
	return n
}

// group writes one list. A browser that runs the script reads the table as a text, which
// takes a small part of the time, and makes the table when a reader comes near it.
func (p *page) group(v *view, g *set) {
	p.raw(`<section class="group" id="g`)
	p.number(g.at)
	p.raw(`" data-provider="`)
	p.text(g.provider)
	p.raw("\">\n<h3")
	p.title(g.title(), maxName)
	p.raw(">")
	p.short(g.title(), maxName)
	p.raw(" <small>")
	p.short(g.provider, maxName)
	p.raw(" ")
	p.short(memberships.Group{Kind: g.kind, ID: g.id}.String(), maxAddress)
	p.raw("</small>")
	if g.rows[0].Direct {
		p.marks([]string{"direct conversation"})
	}
	if former := v.renamed[g.place]; former != "" {
		p.raw(" <ins>changed: was ")
		p.short(former, maxName)
		p.raw("</ins>")
	}
	p.raw("</h3>\n<p>")
	p.tally(g)
	p.raw("</p>\n")
	for _, gap := range v.gapsOf[memberships.Group{Kind: g.kind, ID: g.id}] {
		gap.Group = memberships.Group{}
		p.raw(`<p class="bad">Not seen: `)
		p.short(gap.String(), maxGap)
		p.raw("</p>\n")
	}
	p.raw("<noscript>", `<table><colgroup><col class="c1"><col class="c2"><col class="c3"><col class="c4"><col class="d"><col class="d"><col class="d">`, "\n",
		`<thead><tr><th scope="col">Member<th scope="col">Address<th scope="col">Role<th scope="col">Since<th scope="col" class="d">Decision<th scope="col" class="d">Reviewer<th scope="col" class="d">Date`, "\n<tbody>\n")
	for i := range g.rows {
		p.member(v, &g.rows[i])
	}
	p.raw("</table></noscript>\n</section>\n")
}

// tally writes the numbers of a group.
func (p *page) tally(g *set) {
	counts := map[markup]int{}
	for i := range g.rows {
		r := &g.rows[i]
		if r.mark.gone() {
			counts["Gone"]++
			continue
		}
		counts[[...]markup{"Owners", "Managers", "Members with the plain role", "Other roles"}[rank(r.Role)]]++
		if r.person.outsider {
			counts["Outsiders"]++
		}
		if r.State == memberships.StateInvited {
			counts["Invited"]++
		}
	}
	p.raw("Memberships: ")
	p.number(g.present())
	for _, label := range []markup{"Owners", "Managers", "Other roles", "Outsiders", "Invited", "Gone"} {
		if n := counts[label]; n > 0 {
			p.raw(". ", label, ": ")
			p.number(n)
		}
	}
	p.raw(".")
}

// member writes a row of a group, as a line that the script finds by its beginning. The columns of the review have no cells, as the style
// draws them: with cells, a large file would take a browser much longer.
func (p *page) member(v *view, r *row) {
	p.raw("<tr data-p=")
	p.number(r.person.at)
	if c := r.class(); c != "" {
		p.raw(` class="`, c, `"`)
	}
	p.raw(`><th scope=row>`)
	if r.mark.gone() {
		p.raw("<del>")
	}
	p.short(nameOf(*r), maxName)
	if r.mark.gone() {
		p.raw("</del>")
	}
	p.rowMarks(v, r)
	p.raw("<td>")
	if address := cmp.Or(r.Member.Email, r.person.address); address != "" {
		p.short(address, maxAddress)
	} else {
		p.short(r.Provider, maxName)
		p.raw(" ")
		p.short(r.Member.ID, maxAddress)
	}
	p.raw("<td>")
	p.role(r.Membership)
	p.difference(r)
	p.raw("<td>")
	p.text(day(r.Created))
	p.raw("\n")
}

// rowMarks writes the words for a member of one group.
func (p *page) rowMarks(v *view, r *row) {
	if r.person.kind != memberships.MemberUser {
		p.marks([]string{string(r.person.kind)})
	}
	if r.person.outsider {
		p.raw(" <i>outsider</i>")
	}
	if guest(r.Membership) {
		p.raw(" <i>guest</i>")
	}
	switch {
	case r.State == memberships.StateActive, r.State == "":
	case r.State == memberships.StateInvited && v.over(r.Expires):
		p.marks([]string{"invited, ended " + day(r.Expires)})
	case r.State == memberships.StateInvited && !r.Expires.IsZero():
		p.marks([]string{"invited until " + day(r.Expires)})
	default:
		p.marks([]string{string(r.State)})
	}
}

// class returns what the filters look for. It holds words of this package alone.
func (r *row) class() markup {
	var c markup
	add := func(is bool, word markup) {
		if is && c != "" {
			c += " "
		}
		if is {
			c += word
		}
	}
	switch r.Role {
	case memberships.RoleOwner:
		add(true, "owner")
	case memberships.RoleManager:
		add(true, "manager")
	case memberships.RoleMember:
	default:
		add(true, "other")
	}
	add(r.person.outsider, "outsider")
	add(guest(r.Membership), "guest")
	add(r.State == memberships.StateInvited, "invited")
	add(r.person.kind == memberships.MemberApp, "app")
	add(r.person.kind == memberships.MemberGroup, "nested")
	add(r.person.noAddress, "none")
	add(r.mark == added || r.mark == firstSeen, "new")
	add(r.mark == changed, "changed")
	add(r.mark.gone(), "gone")
	return c
}
