package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/input"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

// sideKind is the extent of one side of a diff.
type sideKind int

const (
	wholeSide  sideKind = iota // several groups
	groupSide                  // one group of a provider
	peopleSide                 // members without a group
)

// side is one side of a diff.
type side struct {
	name     string // for messages
	kind     sideKind
	client   *memberships.Client // of a provider or group
	groupArg string              // of a group, until it is read
	group    providerGroup       // of a group
	snapshot *snapshot.Snapshot
}

// providerGroup is a group of a provider.
type providerGroup struct {
	provider string
	memberships.Group
}

// sides reads both sides. Files are read first, because they cost no request.
func (d *differ) sides(ctx context.Context, first, second string) (both [2]side, _ error) {
	if first == "-" && second == "-" {
		return both, exit.Usagef("stdin can be one of the two sides")
	}
	var live []string
	for i, text := range []string{first, second} {
		both[i] = parseSide(text)
		if name, ok := providerOfSide(text); ok {
			live = append(live, name)
		}
	}
	if d.conn.BaseURL != "" || len(live) > 0 {
		if err := connect.CheckSeveral(d.conn, slices.Compact(slices.Sorted(slices.Values(live)))); err != nil {
			return both, err
		}
	}
	for i, text := range []string{first, second} {
		name, ok := providerOfSide(text)
		if !ok {
			continue
		}
		var err error
		if both[i].client, err = d.conn.OpenProvider(ctx, name); err != nil {
			return both, err
		}
	}
	for i := range both {
		if both[i].client == nil {
			if err := d.readFile(ctx, &both[i], both[1-i].client); err != nil {
				return both, err
			}
		}
	}
	for i := range both {
		if both[i].client != nil {
			if err := d.readLive(ctx, &both[i]); err != nil {
				return both, err
			}
		}
	}
	return both, nil
}

// providerOfSide returns the provider of an argument that is one or a group of one.
func providerOfSide(text string) (string, bool) {
	name, _, _ := strings.Cut(text, "/")
	return name, slices.Contains(providers.Names(), name)
}

// parseSide parses an argument without reading anything.
func parseSide(text string) side {
	s := side{name: input.Name(text)}
	if _, ok := providerOfSide(text); ok {
		if _, group, named := strings.Cut(text, "/"); named {
			s.kind, s.groupArg = groupSide, group
		}
	}
	return s
}

// readLive reads a provider or a group.
func (d *differ) readLive(ctx context.Context, s *side) error {
	s.snapshot = &snapshot.Snapshot{}
	if s.kind == groupSide {
		return d.readGroup(ctx, s)
	}
	o, err := readAll(ctx, []*memberships.Client{s.client}, s.add)
	if err != nil {
		return err
	}
	if err := o.ends[0]; err != nil {
		return err
	}
	s.snapshot.Providers, s.snapshot.Coverage = o.names(), o.gaps()
	return nil
}

// add adds a row.
func (s *side) add(m memberships.Membership) error {
	s.snapshot.Rows = append(s.snapshot.Rows, m)
	return nil
}

// readGroup reads the members of a group.
func (d *differ) readGroup(ctx context.Context, s *side) error {
	asked, err := argument.ParseGroup(s.client, s.groupArg)
	if err != nil {
		return err
	}
	if err := argument.Validate(s.client, memberships.OpList, memberships.Ref{Group: asked.Checkable()}, ""); err != nil {
		return exit.Usagef("%s: %w", s.name, err)
	}
	g, err := argument.GroupNamed(ctx, s.client, s.groupArg)
	if err != nil {
		return err
	}
	s.group = providerGroup{s.client.Name(), argument.FullGroup(s.client, g)}
	var sum memberships.Summary
	for m, err := range s.client.List(ctx, memberships.Filter{Group: g}, memberships.WithSummary(&sum)) {
		if err != nil {
			return err
		}
		if err := s.add(m); err != nil {
			return err
		}
	}
	s.snapshot.Coverage.Gaps = snapshot.ProviderGaps(s.client.Name(), sum.Coverage.Gaps)
	return nil
}

// maxFirstLine is the number of bytes in which the kind of a file is recognized.
const maxFirstLine = 64 << 10

// readFile reads a snapshot, a listing or a file of members. other is the client of the
// other side, whose names of roles the file may have; nil without one.
func (d *differ) readFile(ctx context.Context, s *side, other *memberships.Client) error {
	f := d.Stdin
	if s.name != input.Name("-") {
		file, err := os.Open(s.name)
		if errors.Is(err, os.ErrNotExist) {
			return exit.Usagef("there is no file %s; a provider is one of %s, and a group is written PROVIDER/GROUP", phrase.Quote(s.name), phrase.And(providers.Names()))
		}
		if err != nil {
			return exit.Usagef("%w", err)
		}
		defer func() { _ = file.Close() }()
		if info, err := file.Stat(); err == nil && info.IsDir() {
			return exit.Usagef("%s is a folder", s.name)
		}
		f = file
	}
	type content struct {
		side
		notices []string
	}
	read, err := interrupt.Await(ctx, func() (c content, err error) {
		b := bufio.NewReaderSize(f, maxFirstLine)
		c.side = *s
		if head, _ := b.Peek(maxFirstLine); listing(head) {
			c.snapshot, err = snapshot.ReadListing(b)
			if errors.Is(err, snapshot.ErrNoEnd) {
				err = fmt.Errorf("%w; --end-line prints one", err)
			}
			return c, named(s.name, err)
		}
		c.kind = peopleSide
		c.snapshot, c.notices, err = readMembers(b, s.name, other)
		return c, err
	})
	if ctx.Err() != nil {
		return ctx.Err() // the read may still be running
	}
	for _, text := range read.notices {
		d.Note("%s", text)
	}
	if err != nil {
		return exit.With(exit.Usage, err)
	}
	*s = read.side
	return nil
}

// listing reports whether a file begins as a snapshot or another NDJSON of memberships.
func listing(head []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimPrefix(head, []byte("\ufeff")), []byte("\n"))
	for _, begin := range []string{`{"provider":"`, `{"end":{`} {
		if bytes.HasPrefix(line, []byte(begin)) {
			return true
		}
	}
	var row map[string]jsontext.Value
	if json.Unmarshal(line, &row) != nil {
		return false
	}
	_, provider := row["provider"]
	_, group := row["group_id"]
	_, end := row["end"]
	return end || provider && group
}

// asGroup makes a listing of one group that group, for a comparison with another set of
// members.
func (s *side) asGroup() {
	if s.kind != wholeSide || s.client != nil || s.snapshot.Providers != nil {
		return
	}
	groups := map[providerGroup]bool{}
	for _, m := range s.snapshot.Rows {
		groups[providerGroup{m.Provider, memberships.Group{Kind: m.Group.Kind, ID: m.Group.ID}}] = true
	}
	if len(groups) != 1 {
		return
	}
	for g := range groups {
		s.kind, s.group = groupSide, g
	}
}

// only limits a file to a provider, or to one of its groups. It reports false, and changes
// nothing, if the side has nothing of that provider.
func (s *side) only(provider string, g memberships.Group) bool {
	if !slices.Contains(s.providers(), provider) {
		return false
	}
	s.snapshot = s.snapshot.Only(provider, g)
	return true
}

// providers returns the names of the providers that a side has.
func (s *side) providers() []string {
	names := slices.Clone(s.snapshot.Providers)
	for _, m := range s.snapshot.Rows {
		if m.Provider != "" && !slices.Contains(names, m.Provider) {
			names = append(names, m.Provider)
		}
	}
	return names
}
