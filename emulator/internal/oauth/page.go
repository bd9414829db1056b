package oauth

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// maxPeople is the number of people that the page offers.
const maxPeople = 1000

// secure sets the headers of a page without scripts. target is where the page's form leads
// in the end: browsers apply form-action to redirects, too.
func secure(w http.ResponseWriter, target string) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+styleHash+"'; base-uri 'none'; frame-ancestors 'none'; form-action "+formAction(target))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

func formAction(target string) string {
	u, err := url.Parse(target)
	switch {
	case target == "" || err != nil:
		return "'none'"
	case strings.Contains(u.Hostname(), ":"): // no policy can name the address of IPv6
		return "'self' " + u.Scheme + ":"
	}
	return "'self' " + u.Scheme + "://" + u.Host
}

// style is the style of both pages.
const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}` +
	`code{overflow-wrap:anywhere}select,button{font:inherit;padding:.3rem .8rem}`

const head = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">" +
	"<title>Sign in</title><style>" + style + "</style></head><body>\n"

// page has the body of a page.
type page struct{ strings.Builder }

// add adds markup and texts by turns. Texts are escaped here, because html/template takes
// long to compile.
func (p *page) add(parts ...string) {
	for i, part := range parts {
		if i%2 == 1 {
			part = html.EscapeString(part)
		}
		p.WriteString(part)
	}
}

// show writes the page that asks a person.
func (s *Server) show(w http.ResponseWriter, _ *http.Request, one *asked, first seed.Person) {
	var p page
	p.add("<h1>", s.rules.Title+" of the emulator", "</h1>\n<p>The app <strong>", one.request.client.ID, "</strong> asks for access to:</p>\n<ul>\n")
	if len(one.request.scopes) == 0 {
		p.add("<li>all scopes of the app</li>\n")
	}
	for _, scope := range one.request.scopes {
		p.add("<li><code>", scope, "</code></li>\n")
	}
	target := one.redirect.Scheme + "://" + one.redirect.Host + one.redirect.EscapedPath()
	p.add("</ul>\n<p>The answer goes to <code>", target, "</code>.</p>\n<form method=\"post\">\n")
	p.add(`<input type="hidden" name="request" value="`, one.value, "\">\n<p><label>Person <select name=\"person\">\n")
	for _, o := range s.people(first) {
		p.add(`<option value="`, o.Mail, `">`, o.Name()+" ("+o.Mail+")", "</option>\n")
	}
	p.add("</select></label></p>\n<p><button name=\"decision\" value=\"approve\">Approve</button>\n" +
		"<button name=\"decision\" value=\"deny\">Deny</button></p>\n</form>\n")
	p.write(w, http.StatusOK, one.redirect.String())
}

// people returns the people whom the page offers, the chosen one first.
func (s *Server) people(first seed.Person) []seed.Person {
	out := []seed.Person{first}
	for _, p := range s.seed.People {
		if len(out) == maxPeople {
			break
		}
		if known, ok := s.rules.Person(p.Mail); ok && known.N != first.N {
			out = append(out, known)
		}
	}
	return out
}

// mistake shows an error on a page. It redirects nowhere.
func (s *Server) mistake(w http.ResponseWriter, r *http.Request, e *Error) {
	httpapi.Note(r, "", e.Error())
	var p page
	p.add("<h1>", s.rules.Title+" of the emulator", "</h1>\n<p>Error: <code>", e.Code, "</code></p>\n<p>", e.Description, "</p>\n")
	p.write(w, e.Status, "")
}

// write sends the page. target is where its form leads in the end.
func (p *page) write(w http.ResponseWriter, status int, target string) {
	secure(w, target)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, head+p.String()+"</body></html>\n")
}
