package input

import (
	"maps"
	"slices"
)

// headers are other names of columns, squeezed, that mean the same in every file.
var headers = map[string]string{
	"emailaddress":                      "email", // Google groups
	"useridemailrequired":               "email", // Webex Control Hub
	"useridemail":                       "email",
	"userprincipalname":                 "email", // Entra
	"primaryemail":                      "email", // GAM
	"primaryemailaddress":               "email", // Clerk
	"emailaddressrequired":              "email", // Google's Admin console
	"usernameuserprincipalnamerequired": "email", // Entra's forms for many users
	"memberobjectidoruserprincipalnamememberobjectidorupnrequired": "email",
}

// weakHeaders mean their column where no other header does: Entra's export has the
// address beside the name of the account.
var weakHeaders = map[string]string{"mail": "email"}

// headerSet is a file of another program, which has columns whose names alone say
// little. An empty name is a column that is not read.
type headerSet struct {
	needs []string
	names map[string]string
	lower bool // its roles are in capital letters
}

var headerSets = []headerSet{
	// The Box command line's own forms.
	{needs: []string{"userid", "groupid"}, names: map[string]string{"userid": "member_id", "groupid": "group_id"}},
	{needs: []string{"groupname", "useremail"}, names: map[string]string{"useremail": "email"}},
	// GAM's members of Google groups: the group is one of addresses.
	{needs: []string{"group", "type", "email"}, names: map[string]string{"group": "", "type": TypeColumn}, lower: true},
	// The same from Google's Admin console.
	{needs: []string{"groupemailrequired", "memberemail"}, names: map[string]string{
		"memberemail": "email", "membertype": TypeColumn, "memberrole": "role",
	}, lower: true},
}

// headerNames returns the columns that squeezed headers mean in a file with these.
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
