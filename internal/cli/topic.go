package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// credentialsTopic is the help about settings, made of the table of them.
func credentialsTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString(`Credentials come from variables, or from a file with profiles. What is set in
the environment counts before the file, for each provider as a whole. With
--profile, the environment does not count.

Each provider's settings, by their keys in the file and by their variables:
`)
	for _, v := range vendors() {
		fmt.Fprintf(&b, "\n    %s\n", v.name)
		for _, s := range v.settings {
			b.WriteString(strings.TrimRight(fmt.Sprintf("      %-18s%s", s.key, s.env), " ") + "\n")
		}
	}
	b.WriteString(`
The file is:

`)
	b.WriteString(helpList(Files()))
	b.WriteString(`

It holds profiles, for example:

    profiles:
      default:
        clerk:
          secret_key: sk_live_...
        googlechat:
          credentials_file: /home/ada/service-account.json
          subject: ada@example.com
      staging:
        clerk:
          secret_key: sk_test_...

Box takes a developer token, or the id and secret of an app with client
credentials. Google Chat takes a file of a user (authorized_user) or of a
service account, which acts for the subject if there is one and else as the app
itself; scopes, with commas, are asked for in place of the usual ones. An access
token that is an app's own needs app_auth: true. PubNub's role_in says where
memberships have their role: custom.NAME (custom.role unless told otherwise) or
type.

'memberships help environment' lists every variable.`)
	return &cobra.Command{
		Use:                   "credentials",
		DisableFlagsInUseLine: true,
		Short:                 "Where credentials come from, and what they are called",
		Long:                  b.String(),
	}
}
