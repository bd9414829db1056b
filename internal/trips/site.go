package trips

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/option"
)

// The groups of a site. Other groups exist only where a job needs many.
const (
	club  = "Club"  // the group of the job
	crowd = "Crowd" // people who are not in the club
)

// site is an emulator with the groups of one job.
type site struct {
	Size
	provider string
	emulator *emulator.Emulator
	// client is counted, setup is not.
	client, setup *memberships.Client
	url           string // of the counted server, "" without one
	club          memberships.Group
	ada           memberships.Member
	people        []memberships.Membership // whom the job is about
}

// state returns the seed data of a site: a club with Ada and so many others, a crowd, and
// so many further groups with Ada and two others.
func state(inClub, inCrowd, groups int) []byte {
	var b bytes.Buffer
	b.WriteString("people: [{name: Ada Lovelace, email: ada@example.com}]\ngroups:\n")
	group := func(name string, count int) {
		fmt.Fprintf(&b, "- {name: %s, ids: {clerk: org_%s}, members: [{email: ada@example.com, role: owner}], count: %d}\n",
			name, strings.ToLower(strings.ReplaceAll(name, " ", "_")), count)
	}
	if inClub >= 0 {
		group(club, inClub)
	}
	if inCrowd > 0 {
		group(crowd, inCrowd)
	}
	for i := range groups {
		group(fmt.Sprintf("Team %04d", i), 2)
	}
	return b.Bytes()
}

// open starts the emulator of a site with counted requests: in memory, or through the
// network.
func open(provider string, size Size, seed []byte, c *counter, network bool) (s *site, stop func(), err error) {
	s = &site{Size: size, provider: provider}
	if s.emulator, err = emulator.New(emulator.WithState("state", seed)); err != nil {
		return nil, nil, err
	}
	direct := s.emulator.Client()
	stop = func() {}
	counted := []option.Option{option.WithHTTPClient(&http.Client{Transport: transport{c, direct.Transport}})}
	if network {
		srv := httptest.NewServer(c.handler(s.emulator))
		s.url, stop = srv.URL, srv.Close
		counted = []option.Option{option.WithBaseURL(srv.URL)}
	}
	if s.client, err = credentials.OpenEmulator(provider, counted...); err == nil {
		s.setup, err = credentials.OpenEmulator(provider, option.WithHTTPClient(direct))
	}
	if err != nil {
		stop()
		return nil, nil, err
	}
	return s, stop, nil
}

// find sets Ada, the club, and the n people of a job, who are members of the group named
// from.
func (s *site) find(ctx context.Context, from string) error {
	groups := map[string]memberships.Group{}
	var asked memberships.Group
	for g, err := range s.setup.Groups(ctx) {
		if err != nil {
			return err
		}
		asked, groups[g.Name] = g, g
	}
	s.club = groups[club]
	if from != "" {
		asked = groups[from]
	}
	for m, err := range s.setup.List(ctx, memberships.Filter{Group: asked}) {
		switch {
		case err != nil:
			return err
		case m.Role == memberships.RoleOwner || m.Role == memberships.RoleManager:
			s.ada = m.Member
			s.ada.Email = "ada@example.com"
		case len(s.people) < s.N:
			m.Member.Email = fmt.Sprintf("member-%07d@example.com", len(s.people)+1) // Google Chat lists members without it
			s.people = append(s.people, m)
		}
	}
	if from != "" && len(s.people) < s.N {
		return fmt.Errorf("%s has %d of %d people", from, len(s.people), s.N)
	}
	return nil
}

// run runs a command line for the provider of the site.
func (s *site) run(ctx context.Context, stdin string, args ...string) error {
	var errs bytes.Buffer
	code := cli.Run(ctx, cli.Process{
		Args: append(args, "--provider", s.provider), Stdin: strings.NewReader(stdin), Stdout: new(bytes.Buffer), Stderr: &errs,
		Getenv: func(name string) string { return map[string]string{"MEMBERSHIPS_EMULATOR": s.url}[name] },
	})
	if code != 0 {
		return fmt.Errorf("%s: exit code %d: %s", strings.Join(args, " "), code, errs.String())
	}
	return nil
}
