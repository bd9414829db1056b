package seed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/outbox"
	"github.com/memberships-go/memberships/internal/text"
)

// Dump returns d as a state file in JSON, which Parse reads again. targets replaces the
// targets of d.
func (d *Data) Dump(targets map[string]outbox.Target) ([]byte, error) {
	return encode(d.file(targets))
}

// encode returns v as a line of JSON. It keeps the characters of HTML, and it escapes the
// characters that end a line of YAML or hide others.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	if !bytes.ContainsFunc(b.Bytes(), escaped) {
		return b.Bytes(), err
	}
	var out bytes.Buffer
	for _, r := range b.String() {
		if escaped(r) {
			fmt.Fprintf(&out, "\\u%04x", r) // all of them have four digits
			continue
		}
		out.WriteRune(r)
	}
	return out.Bytes(), err
}

// escaped reports whether a dump has a character as an escape alone.
func escaped(r rune) bool { return r != '\n' && text.Unsafe(r) || r == '\ufeff' }

// DumpYAML is Dump in YAML: a line for each person, group, credential and write.
func (d *Data) DumpYAML(targets map[string]outbox.Target) ([]byte, error) {
	f := d.file(targets)
	var b bytes.Buffer
	var fault error
	line := func(prefix string, v any) {
		item, err := encode(v)
		if err != nil {
			fault = err
		}
		b.WriteString(prefix)
		b.Write(item) // with its line break; JSON is YAML
	}
	b.WriteString("people:\n")
	for _, p := range f.People {
		line("- ", p)
	}
	if len(f.Groups) > 0 {
		b.WriteString("groups:\n")
	}
	for _, g := range f.Groups {
		line("- ", g)
	}
	if len(f.Credentials) > 0 {
		line("credentials: ", f.Credentials)
	}
	if f.Authorize != "" {
		line("authorize: ", f.Authorize)
	}
	if len(f.OAuth) > 0 {
		line("oauth: ", f.OAuth)
	}
	if len(f.Deliveries) > 0 {
		line("deliveries: ", f.Deliveries)
	}
	if f.Began != "" {
		line("began: ", f.Began)
	}
	if f.Advanced != "" {
		line("advanced: ", f.Advanced)
	}
	if len(f.History) > 0 {
		b.WriteString("history:\n")
	}
	for _, w := range f.History {
		line("- ", w)
	}
	return b.Bytes(), fault
}

// file returns d as the content of a state file.
func (d *Data) file(targets map[string]outbox.Target) *stateFile {
	f := &stateFile{Credentials: map[string][]stateCredential{}, Deliveries: map[string]StateTarget{}}
	for _, p := range d.People {
		out := statePerson{Name: p.Given, Email: p.Mail, ChatOff: p.ChatOff}
		if p.Family != "" || p.Given == "" {
			out.Name += " " + p.Family
		}
		if p.AsksFirst {
			out.AutoAccept = new(false)
		}
		f.People = append(f.People, out)
	}
	for i := range d.Groups {
		f.Groups = append(f.Groups, groupOf(&d.Groups[i]))
	}
	for provider, accepted := range d.Credentials {
		for _, c := range accepted {
			out := stateCredential{Token: c.Token, Email: c.Mail, Scopes: c.Scopes, App: c.App, ChatOff: c.ChatOff}
			if c.NoApp {
				out.AppConfigured = new(false)
			}
			f.Credentials[provider] = append(f.Credentials[provider], out)
		}
	}
	d.oauthFile(f)
	for provider, t := range targets {
		f.Deliveries[provider] = StateTarget{URL: t.URL, Secret: t.Secret, Key: t.Key, Events: t.Events}
	}
	if !d.Began.IsZero() {
		f.Began = d.Began.Format(time.RFC3339Nano)
	}
	if d.Advanced != 0 {
		f.Advanced = fmt.Sprint(d.Advanced)
	}
	for i := range d.History {
		f.History = append(f.History, stateWriteOf(&d.History[i]))
	}
	return f
}

func groupOf(g *Group) stateGroup {
	out := stateGroup{
		Name: g.Name, Kind: g.Kind, Team: g.Team, In: g.Providers, IDs: g.IDs, Count: g.Count, Moderated: g.Moderated,
		Anonymous: g.Anonymous, Hidden: g.HiddenMembers, App: g.WithApp,
	}
	if g.Direct {
		out.Type = typeDirect
	}
	if g.RefusesRepeats {
		out.Repeated = addConflicts
	}
	for _, m := range g.Members {
		member := stateMember{Email: m.Person.Mail, Role: string(m.Role), Hidden: m.Hidden}
		if m.Invited {
			member.State = stateInvited
		}
		out.Members = append(out.Members, member)
	}
	for _, i := range g.Invitations {
		out.Invited = append(out.Invited, stateInvitation{Email: i.Mail, Role: string(i.Role), Status: i.Status})
	}
	return out
}
