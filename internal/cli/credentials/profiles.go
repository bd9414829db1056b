package credentials

import (
	"cmp"
	"maps"
	"os"
	"slices"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providers"
)

// Profiles returns the names of the profiles with something of a provider, in alphabetical
// order: those of the sign-ins and of the file. A text that is no provider's name means all
// providers. The names are for a shell, so a source that cannot be read has none, and neither
// has a file that is no regular one, whose reading could wait.
func Profiles(p Place, provider string) []string {
	if !slices.Contains(providers.Names(), provider) {
		provider = ""
	}
	names := SignedIn(p, provider)
	path, err := filePath(p.Getenv)
	if path = cmp.Or(p.File, path); path == "" && err != nil {
		return names
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return names
	}
	profiles, err := readFile(path)
	if err != nil {
		return names
	}
	for name, of := range maps.All(profiles) {
		if provider == "" || of[provider] != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), unusable)
}

// SignedIn returns the names of the profiles that are signed in at a provider, or at any with
// an empty provider, in alphabetical order. It returns none if they cannot be read.
func SignedIn(p Place, provider string) []string {
	logins, err := Logins(p)
	if err != nil {
		return nil
	}
	names, err := logins.Profiles(provider)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(names, unusable)
}

// unusable reports whether a shell cannot complete a name in one line.
func unusable(name string) bool { return memberships.CheckID("the profile", name) != nil }
