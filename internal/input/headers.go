package input

import (
	"maps"
	"slices"
)

// headers are alternative names of columns, squeezed, with the same meaning in every
// file.
var headers = map[string]string{
	"emailaddress":                      "email", // Google groups
	"useridemailrequired":               "email", // Webex Control Hub
	"useridemail":                       "email",
	"userprincipalname":                 "email", // Entra
	"primaryemail":                      "email", // GAM
	"primaryemailaddress":               "email", // Clerk
	"emailaddressrequired":              "email", // Google's Admin console
	"usernameuserprincipalnamerequired": "email", // Entra's bulk forms
	"memberobjectidoruserprincipalnamememberobjectidorupnrequired": "email",
}

// weakHeaders apply if no other header has their meaning. Entra's export has the address
// in addition to the account's name.
var weakHeaders = map[string]string{"mail": "email"}

// headerSet is a file of another program whose column names alone are ambiguous. An empty
// name means an ignored column.
type headerSet struct {
	needs []string
	names map[string]string
	lower bool // its roles are in upper case
}

var headerSets = []headerSet{
	// The Box command line.
	{needs: []string{"userid", "groupid"}, names: map[string]string{"userid": "member_id", "groupid": "group_id"}},
	{needs: []string{"groupname", "useremail"}, names: map[string]string{"useremail": "email"}},
	// GAM's members of Google groups, where the group is an address.
	{needs: []string{"group", "type", "email"}, names: map[string]string{"group": "", "type": TypeColumn}, lower: true},
	// Google's Admin console.
	{needs: []string{"groupemailrequired", "memberemail"}, names: map[string]string{
		"memberemail": "email", "membertype": TypeColumn, "memberrole": "role",
	}, lower: true},
}

// headerNames returns the meanings of squeezed headers in a file with these headers.
func headerNames(keys []string) (names map[string]string, lower bool) {
	names = maps.Clone(headers)
	for _, c := range slices.Concat(UsedColumns, idleColumns) {
		names[squeeze(c)] = c
	}
	for _, set := range headerSets {
		if slices.ContainsFunc(set.needs, func(n string) bool { return !slices.Contains(keys, n) }) {
			continue
		}
		maps.Copy(names, set.names)
		lower = lower || set.lower
	}
	for key, column := range weakHeaders {
		names[key] = column
		if slices.ContainsFunc(keys, func(k string) bool { return k != key && names[k] == column }) {
			names[key] = ""
		}
	}
	return names, lower
}
