package report

import (
	"bufio"
	"cmp"
	"io"
	"slices"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/evidence"
)

// WriteEvidence writes the evidence about people who left as one static HTML file, under the
// policy of the reports. sum is the checksum of the evidence's last line. An error is one of
// w, and the file is incomplete then.
func WriteEvidence(w io.Writer, e *evidence.Evidence, sum string) error {
	out := bufio.NewWriterSize(w, 64<<10)
	p := &page{out}
	p.evidenceHead(e)
	p.evidenceOpen(e)
	p.searches(e)
	p.evidenceRows(e)
	p.raw("<footer>\n<p>Last line of the evidence")
	p.hash(sum)
	p.raw("</footer>\n</body>\n</html>\n")
	return out.Flush()
}

func (p *page) evidenceHead(e *evidence.Evidence) {
	p.open("Evidence of leaving")
	p.raw("<body>\n<header>\n<h1>Evidence of leaving</h1>\n<p>People: ")
	for i, person := range e.People {
		if i > 0 {
			p.raw(", ")
		}
		p.short(person.Key, maxName)
		if person.Email != "" && person.Email != person.Key {
			p.raw(" (")
			p.short(person.Email, maxAddress)
			p.raw(")")
		}
	}
	p.raw(".</p>\n<p>Begun ")
	p.text(clock(e.Started))
	p.raw(", ended ")
	p.text(clock(e.Finished))
	p.raw(", by ")
	p.short(e.Actor, maxAddress)
	p.raw(".</p>\n</header>\n")
}

// evidenceOpen writes what is left to do, at the top.
func (p *page) evidenceOpen(e *evidence.Evidence) {
	excluded := slices.ContainsFunc(e.Memberships, func(m evidence.Membership) bool { return m.Excluded })
	switch {
	case e.IsComplete() && excluded:
		p.raw("<section id=\"gaps\" class=\"good\">\n<h2>Nothing is left but the excluded memberships</h2>\n<p>Every provider could tell, and every other membership that was found is gone.</p>\n<ul>\n")
		p.evidenceLeft(e)
		return
	case e.IsComplete():
		p.raw("<section id=\"gaps\" class=\"good\">\n<h2>Nothing is left</h2>\n<p>Every provider could tell, and every membership that was found is gone.</p>\n</section>\n")
		return
	}
	p.raw("<section id=\"gaps\" class=\"bad\">\n<h2>Something is left</h2>\n<ul>\n")
	for _, s := range e.Searches {
		if s.Verdict != evidence.VerdictUndetermined {
			continue
		}
		p.raw("<li>")
		p.short(s.Provider, maxName)
		p.raw(" could not tell all memberships of ")
		p.short(s.Person, maxName)
		for _, g := range s.Gaps {
			if g.Level == memberships.GapHidden {
				p.raw("; hidden: ")
				p.short(g.Text, maxAddress)
			}
		}
		if s.Error != "" {
			p.raw(": ")
			p.short(s.Error, 4*maxAddress)
		}
		p.raw("</li>\n")
	}
	p.evidenceLeft(e)
}

// evidenceLeft writes the memberships that are left, and the end of the section.
func (p *page) evidenceLeft(e *evidence.Evidence) {
	for _, m := range e.Memberships {
		if m.Left == "" && (m.Op != memberships.OpRemove || m.ReadBack == reconcile.ReadBackAbsent) {
			continue
		}
		p.raw("<li>")
		p.short(cmp.Or(m.GroupName, m.GroupID), maxName)
		p.raw(" in ")
		p.short(m.Provider, maxName)
		p.raw(": ")
		p.short(cmp.Or(m.Person, m.Email, m.MemberID), maxAddress)
		p.raw(" ")
		p.text(standingAfter(m))
		p.raw("</li>\n")
	}
	p.raw("</ul>\n</section>\n")
}

// standingAfter says what became of a membership that may be left.
func standingAfter(m evidence.Membership) string {
	switch {
	case m.Left != "":
		return "stays: " + m.Left
	case m.ReadBack == reconcile.ReadBackPresent:
		return "is still a member"
	case m.Error != "":
		return "was not removed: " + m.Error
	}
	return "was not read again"
}

// searches writes the table of what each provider knows.
func (p *page) searches(e *evidence.Evidence) {
	p.raw("<h2>Providers</h2>\n<div class=\"box\">\n<table>\n<thead><tr><th scope=\"col\">provider</th><th scope=\"col\">person</th><th scope=\"col\">result</th><th scope=\"col\">asked as</th><th scope=\"col\">not searched</th></tr></thead>\n<tbody>\n")
	for _, s := range e.Searches {
		p.raw("<tr>")
		p.cellText(s.Provider, s.Person, verdictText(s), s.Caller)
		p.raw("<td>")
		for i, g := range s.Gaps {
			if i > 0 {
				p.raw("; ")
			}
			p.short(g.Text, 2*maxAddress)
		}
		p.raw("</td></tr>\n")
	}
	p.raw("</tbody>\n</table>\n</div>\n")
}

// verdictText returns a verdict in words.
func verdictText(s evidence.Search) string {
	switch s.Verdict {
	case evidence.VerdictFound:
		return "memberships were found"
	case evidence.VerdictNone:
		return "an account without memberships"
	case evidence.VerdictUnknown:
		return "does not know the person"
	case evidence.VerdictUndetermined:
		return "could not tell"
	}
	return string(s.Verdict)
}

// evidenceRows writes the table of the memberships.
func (p *page) evidenceRows(e *evidence.Evidence) {
	p.raw("<h2>Memberships</h2>\n<div class=\"box\">\n<table>\n<thead><tr><th scope=\"col\">group</th><th scope=\"col\">provider</th><th scope=\"col\">person</th><th scope=\"col\">before</th><th scope=\"col\">since</th><th scope=\"col\">after</th><th scope=\"col\">read again</th><th scope=\"col\">request</th></tr></thead>\n<tbody>\n")
	rows := slices.Clone(e.Memberships)
	slices.SortStableFunc(rows, func(a, b evidence.Membership) int {
		return cmp.Or(compareText(a.Provider, b.Provider), compareText(cmp.Or(a.GroupName, a.GroupID), cmp.Or(b.GroupName, b.GroupID)), compareText(a.GroupID, b.GroupID))
	})
	for _, m := range rows {
		p.raw("<tr>")
		p.cellText(cmp.Or(m.GroupName, m.GroupID), m.Provider, cmp.Or(m.Person, m.Email, m.MemberID), roleBefore(m), day(m.Since), roleAfter(m), string(m.ReadBack), m.RequestID)
		p.raw("</tr>\n")
	}
	p.raw("</tbody>\n</table>\n</div>\n")
}

func roleBefore(m evidence.Membership) string {
	if m.Invited {
		return "invited as " + m.Role
	}
	return cmp.Or(m.Role, "none")
}

func roleAfter(m evidence.Membership) string {
	switch {
	case m.Left != "":
		return "stays: " + m.Left
	case m.Outcome != reconcile.OutcomeDone && m.Outcome != reconcile.OutcomeAlready:
		return cmp.Or(string(m.Outcome), "not changed")
	case m.Op == memberships.OpRemove:
		return "none"
	}
	return m.To
}

// cellText writes cells of a table with foreign texts.
func (p *page) cellText(texts ...string) {
	for _, s := range texts {
		p.raw("<td>")
		p.short(s, 2*maxAddress)
		p.raw("</td>")
	}
}
