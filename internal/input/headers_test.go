package input

import "testing"

// The headers of other programs name the columns. A header with a weak meaning is ignored
// beside another one of the same meaning.
func TestHeaders(t *testing.T) {
	want := []map[string]string{{"email": "a@example.com"}}
	testRead(t, map[string]readTest{
		"Webex Control Hub":     {file: "User ID/Email (Required)\na@example.com\n", want: want},
		"its short form":        {file: "User ID/Email\na@example.com\n", want: want},
		"Entra, an address":     {file: "mail\na@example.com\n", want: want},
		"Entra, an account too": {file: "userPrincipalName,mail\na@example.com,b@example.com\n", want: want},
		"Clerk":                 {file: "primary_email_address\na@example.com\n", want: want},
		"GAM":                   {file: "group,type,email\ng@example.com,USER,a@example.com\n", want: []map[string]string{{"email": "a@example.com", TypeColumn: "USER"}}},
		"the Box command line":  {file: "user id,group id\n11,22\n", want: []map[string]string{{"member_id": "11", "group_id": "22"}}},
		"Google's console": {file: "Group Email [Required],Member Email,Member Type,Member Role\ng@example.com,a@example.com,USER,OWNER\n",
			want: []map[string]string{{"email": "a@example.com", TypeColumn: "USER", "role": "owner"}}},
	})
}
