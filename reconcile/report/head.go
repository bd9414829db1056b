package report

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"sync"

	"github.com/memberships-go/memberships"
)

var (
	//go:embed report.css
	style markup
	//go:embed report.js
	script markup
)

// policy lets the one style and the one script run and nothing else, also if a name were
// markup.
var policy = sync.OnceValue(func() markup {
	return "default-src 'none'; script-src '" + fingerprint(script) + "'; style-src '" + fingerprint(style) + "'; base-uri 'none'; form-action 'none'"
})

// fingerprint returns the hash of the content of an element for a policy.
func fingerprint(content markup) markup {
	sum := sha256.Sum256([]byte(content))
	return markup("sha256-" + base64.StdEncoding.EncodeToString(sum[:]))
}

// open writes the beginning of a file, up to its body.
func (p *page) open(title string) {
	p.raw(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="`, policy(), `">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>`)
	p.text(title)
	p.raw("</title>\n<style>", style, "</style>\n</head>\n")
}

// head writes the beginning of the file up to the counts.
func (p *page) head(v *view) {
	title := cmp.Or(v.Title, "Memberships")
	p.open(title)
	p.raw("<body")
	if v.large() {
		p.raw(` class="large"`)
	}
	p.raw(">\n<header>\n<h1>")
	p.text(title)
	p.raw("</h1>\n<p>State of ")
	p.text(clock(v.Taken))
	p.raw(". Memberships: ")
	p.number(v.present)
	p.raw(". People, apps and groups in them: ")
	p.number(len(v.people) - v.gone())
	p.raw(". Groups: ")
	p.number(len(v.sets))
	p.raw(". Providers: ")
	for i, name := range v.providers {
		if i > 0 {
			p.raw(", ")
		}
		p.short(name, maxName)
	}
	if len(v.providers) == 0 {
		p.raw("none")
	}
	p.raw(".</p>\n")
	p.outsiders(v)
	p.since(v)
	p.raw("</header>\n")
}

// gone returns the number of people whom the snapshot itself does not have.
func (v *view) gone() int {
	n := 0
	for _, p := range v.people {
		if p.rank == goneRank {
			n++
		}
	}
	return n
}

// outsiders says which people are marked.
func (p *page) outsiders(v *view) {
	if len(v.home) == 0 {
		p.raw("<p>No member has an address, so the report marks no outsiders.</p>\n")
		return
	}
	p.raw("<p>An outsider has an address outside of ")
	for i, d := range v.home {
		if i > 0 {
			p.raw(", ")
		}
		p.short(d, maxAddress)
	}
	if len(v.HomeDomains) == 0 {
		p.raw(", the most frequent domain of this report")
	}
	p.raw(". A guest has a role that the provider calls so.</p>\n")
}

// since writes the numbers of the differences.
func (p *page) since(v *view) {
	if v.Since == nil {
		return
	}
	p.raw("<p>Since the snapshot of ")
	p.text(clock(v.Since.Taken))
	p.raw(": ")
	for i, m := range []mark{added, firstSeen, changed, removed, notSeen, incomparable} {
		if i > 0 {
			p.raw(", ")
		}
		p.text(string(m))
		p.raw(" ")
		p.number(v.marks[m])
	}
	p.raw(". A membership is “first seen” if the earlier snapshot may have left it out, and “not seen” if this one may have. “Not comparable” ones have neither id nor address.</p>\n")
}

// gaps writes the parts that were not seen.
func (p *page) gaps(v *view) {
	c := v.Coverage
	if c.Complete() {
		p.raw("<section id=\"gaps\" class=\"good\">\n<h2>Not seen: nothing</h2>\n<p>Every listing of this snapshot was complete.</p>\n</section>\n")
		return
	}
	p.raw("<section id=\"gaps\" class=\"bad\">\n<h2>Not seen</h2>\n")
	p.gapList("Hidden parts. A person who is not listed there may still be a member:", c.Hidden())
	p.gapList("Outside the scope of the credentials:", c.Scope())
	p.gapList("Other parts:", otherGaps(c))
	p.raw("</section>\n")
}

// otherGaps returns the gaps of levels that this release does not know.
func otherGaps(c memberships.Coverage) []memberships.Gap {
	var found []memberships.Gap
	for _, g := range c.Gaps {
		if g.Level != memberships.GapHidden && g.Level != memberships.GapScope {
			found = append(found, g)
		}
	}
	return found
}

func (p *page) gapList(heading markup, gaps []memberships.Gap) {
	if len(gaps) == 0 {
		return
	}
	p.raw("<p>", heading, "</p>\n<ul>\n")
	for _, g := range gaps {
		p.raw("<li>")
		if g.Group.Name != "" {
			p.short(g.Group.Name, maxName)
			p.raw(", ")
		}
		p.short(g.String(), maxGap)
		p.raw("</li>\n")
	}
	p.raw("</ul>\n")
}

// maxGap is the greatest length of the text of a gap.
const maxGap = 1000

// controls writes the filters, which stay hidden without the script.
func (p *page) controls(v *view) {
	p.raw(`<form id="filter" hidden>
<label>Person <input name="person" type="search" autocomplete="off"></label>
<label>Group <input name="group" type="search" autocomplete="off"></label>
<label>Provider <select name="provider"><option value="">all`)
	for _, name := range v.providers {
		p.raw(`<option value="`)
		p.text(name)
		p.raw(`">`)
		p.short(name, maxName)
	}
	p.raw(`</select></label>
<label>Role <select name="role"><option value="">all<option value="owner">owner<option value="manager">manager<option value="member">member<option value="other">other</select></label>
<label>Show <select name="mark"><option value="">all<option value="outsider">outsiders<option value="guest">guests<option value="invited">invited<option value="app">apps<option value="nested">groups as members<option value="none">without an address`)
	if v.Since != nil {
		p.raw(`<option value="changes">what changed<option value="new">added, first seen<option value="gone">removed, not seen`)
	}
	p.raw(`</select></label>
<label>Sort people by <select name="sort"><option value="">role<option value="name">name<option value="address">address<option value="groups">number of groups</select></label>
<button type="reset">Show all</button>
</form>
<noscript><p>The filters need the script of this file. Everything is below without it.</p></noscript>
<p id="shown" role="status"></p>
`)
}

// foot writes the end of the file.
func (p *page) foot(v *view) {
	p.raw("<footer>\n<p>Snapshot of ")
	p.text(clock(v.Taken))
	p.hash(v.Hash)
	if v.Since != nil {
		p.raw("<p>Compared with the snapshot of ")
		p.text(clock(v.Since.Taken))
		p.hash(v.Since.Hash)
	}
	if !v.Now.IsZero() {
		p.raw("<p>Report written at ")
		p.text(clock(v.Now))
		p.raw("</p>\n")
	}
	p.raw("</footer>\n<script>", script, "</script>\n</body>\n</html>\n")
}

func (p *page) hash(sum string) {
	if sum == "" {
		p.raw(", without a hash</p>\n")
		return
	}
	p.raw(", SHA-256 <code>")
	p.short(sum, maxAddress)
	p.raw("</code></p>\n")
}
