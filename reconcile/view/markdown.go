package view

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/text"
	"github.com/memberships-go/memberships/reconcile"
)

// Markdown writes a plan for a pull request: the numbers first, then a table for each group
// that has changes or is blocked.
func Markdown(w io.Writer, p *reconcile.Plan) error {
	b := bufio.NewWriter(w)
	lines := planLines(p)
	fmt.Fprintf(b, "**%s**\n", escape(lines[len(lines)-1]))
	for _, line := range lines[:len(lines)-1] {
		fmt.Fprintf(b, "\n> %s\n", escape(strings.TrimPrefix(line, "# ")))
	}
	for i := range p.Groups {
		if isShown(&p.Groups[i]) {
			markdownGroup(b, &p.Groups[i])
		}
	}
	return b.Flush()
}

func markdownGroup(b *bufio.Writer, g *reconcile.GroupPlan) {
	fmt.Fprintf(b, "\n### %s\n", escape(title(g)))
	for _, n := range g.Blocked {
		fmt.Fprintf(b, "\n> **blocked**: %s\n", escape(text.Line(n.String())))
	}
	fmt.Fprint(b, "\n| | member | address | before | after | why |\n|---|---|---|---|---|---|\n")
	for _, ch := range g.Changes {
		markdownChange(b, ch, "")
	}
	for _, ch := range g.Effects {
		markdownChange(b, ch, "")
	}
	for _, ch := range g.Held {
		markdownChange(b, ch, "held back: ")
	}
	for _, l := range g.Left {
		if l.Blocked {
			row(b, "!", l.Member, l.Role.String(), l.Role.String(), "stays: "+l.Why.String())
		}
	}
}

func markdownChange(b *bufio.Writer, ch reconcile.PlannedChange, before string) {
	sign, from, to := "~", ch.From.String(), ch.To.String()
	switch ch.Op {
	case memberships.OpAdd:
		sign, from = "+", "none"
	case memberships.OpRemove:
		sign, to = "-", "none"
	}
	row(b, sign, ch.Member, from, to, before+ch.Why.String()+matched(ch))
}

func row(b *bufio.Writer, sign string, m reconcile.PlanMember, from, to, why string) {
	name, address := m.Name, m.Email
	if address == "" {
		address = m.Member().String()
	}
	fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s | %s |\n", sign, escape(name), escape(address), escape(from), escape(to), escape(why))
}

// escape returns a text that Markdown shows as it is.
func escape(s string) string {
	var out strings.Builder
	for _, r := range text.Line(s) {
		switch {
		case r == '<':
			out.WriteString("&lt;")
			continue
		case r == '&':
			out.WriteString("&amp;")
			continue
		case r == '@': // no mention of an account
			out.WriteString("&#64;")
			continue
		case strings.ContainsRune("\\`*_{}[]()#+!|>~", r):
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return noLinks.Replace(out.String())
}

// noLinks breaks up the texts that some Markdown takes for links.
var noLinks = strings.NewReplacer("://", ":&#47;/", "www.", "www&#46;")
