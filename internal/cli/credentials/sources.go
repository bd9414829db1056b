package credentials

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/memberships-go/memberships/internal/cli/signin"
	"github.com/memberships-go/memberships/internal/text"
	"github.com/memberships-go/memberships/providers"
)

// Source is a place that may have a credential of a provider.
type Source struct {
	// Name names the place to users, such as "environment WEBEX_ACCESS_TOKEN".
	Name string
	// Present reports whether the place has any part of a credential.
	Present bool
	// Reason is the reason that the source is not used, such as "the environment wins". It is
	// empty for the source in use alone.
	Reason string

	kind place
	// profile is the name of the profile of a sign-in or of the file.
	profile string
	// values are those of the settings in the environment or in the file.
	values values
	// barred is the reason that the source is never used here, "" if it may be.
	barred string
	// err is the reason that the presence of a sign-in is unknown.
	err error
}

// place is a kind of Source.
type place int

const (
	placeEmulator place = iota
	placeEnvironment
	placeSignIn
	placeFile
)

// String returns the source as a sentence about its use, without a full stop.
func (s Source) String() string {
	switch {
	case s.Reason == "":
		return s.Name + ": used"
	case !s.Present:
		return s.Name + ": absent"
	}
	return s.Name + ": not used, " + s.Reason
}

// wins returns the reason that the sources after s are not used.
func (s Source) wins() string {
	switch s.kind {
	case placeEmulator:
		return s.Name + " wins"
	case placeEnvironment:
		return "the environment wins"
	case placeSignIn:
		return "the sign-in " + strconv.Quote(s.profile) + " wins"
	}
	return "the profile " + strconv.Quote(s.profile) + " of the file wins"
}

// Sources returns the sources of a provider's credentials, whose name must be one of
// providers.Names, in the order in which they win. The first that is present is used as a
// whole, because parts of two credentials do not belong together. A profile that the user
// named excludes all sources but its own, whether it has a credential or not, and an emulator
// excludes all others.
func (s *Store) Sources(name string) []Source {
	all := s.places(name)
	won := slices.IndexFunc(all, func(c Source) bool { return c.Present && c.barred == "" })
	for i := range all {
		switch c := &all[i]; {
		case i == won:
		case !c.Present:
			c.Reason = "absent"
		case c.barred != "":
			c.Reason = c.barred
		default:
			c.Reason = all[won].wins()
		}
	}
	return all
}

// places returns the sources of a provider in their order, without reasons.
func (s *Store) places(name string) []Source {
	environment := s.environment(name)
	switch {
	case s.emulator != "":
		own := Source{Name: "MEMBERSHIPS_EMULATOR", Present: true, kind: placeEmulator}
		others := []Source{environment, s.signIn(name, s.name), s.fileProfile(name, s.name)}
		for i := range others {
			others[i].barred = own.wins()
		}
		return append([]Source{own}, others...)
	case !s.chosen:
		return []Source{environment, s.signIn(name, defaultProfile), s.fileProfile(name, defaultProfile)}
	}
	all := []Source{s.signIn(name, s.name), s.fileProfile(name, s.name), environment}
	if s.name != defaultProfile {
		all = append(all, s.signIn(name, defaultProfile), s.fileProfile(name, defaultProfile))
	}
	for i := range all[2:] {
		all[2+i].barred = s.by + " " + text.Word(s.name) + " wins"
	}
	return all
}

// environment returns the source of the variables, and names those of a credential.
func (s *Store) environment(name string) Source {
	c := credentialsOf(name)
	e := Source{Name: "environment", kind: placeEnvironment, values: values{}}
	var set []string
	for _, known := range c.settings {
		if known.Env == "" {
			continue
		}
		if e.values[known.Key] = s.getenv(known.Env); e.values[known.Key] != "" && known.Method != "" {
			set = append(set, known.Env)
		}
	}
	if e.Present = c.begun(e.values); e.Present {
		e.Name += " " + strings.Join(set, ", ")
	}
	return e
}

// signIn returns the source of a profile's sign-in, without reading its store.
func (s *Store) signIn(name, profile string) Source {
	in := Source{Name: "sign-in " + strconv.Quote(profile), kind: placeSignIn, profile: profile}
	if s.logins == nil { // without a home
		return in
	}
	var method string
	method, in.Present, in.err = s.logins.Find(signin.Key(name, profile))
	switch {
	case in.err != nil: // it may be there
		in.Present = true
		in.Name += " (cannot be read)"
	case method != "":
		in.Name += " (" + method + ")"
	}
	return in
}

// fileProfile returns the source of a profile's part of the file.
func (s *Store) fileProfile(name, profile string) Source {
	profiles := s.profiles
	if s.emulator != "" {
		profiles = s.unused
	}
	f := Source{Name: fmt.Sprintf("profile %q of %s", profile, s.path), kind: placeFile, profile: profile, values: profiles[profile][name]}
	f.Present = credentialsOf(name).begun(f.values)
	if s.unread { // it may be there
		f.Name += " (cannot be read)"
		f.Present = true
	}
	return f
}

// emulated returns the made-up credentials of an emulator.
func (s *Store) emulated(name string) Set {
	c := credentialsOf(name)
	c.values, _ = providers.EmulatorValues(name)
	c.values[providers.BaseURL] = s.emulator
	c.From, c.emulated = "MEMBERSHIPS_EMULATOR", true
	return c
}
