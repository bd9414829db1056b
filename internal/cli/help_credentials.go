package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/providers"
)

// credentialsTopic returns the help topic about settings, generated from the providers'
// declarations.
func credentialsTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString(`Credentials come from variables, from sign-ins ('memberships auth login'), or
from a file with profiles. The environment comes before a sign-in, and that
before the file, for each provider as a whole. With --profile, only the sign-in
and the file's part of that profile count. 'memberships auth status' shows which
one is used.

Each provider's settings, by their keys in the file and by their variables:
`)
	for _, name := range providers.Names() {
		b.WriteString("\n" + providerHelp(name))
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

'memberships help environment' lists every variable.`)
	return &cobra.Command{
		Use:                   "credentials",
		DisableFlagsInUseLine: true,
		Short:                 "Sources and names of the credentials",
		Long:                  b.String(),
	}
}

// providerHelp lists the settings of a provider and its methods of authentication.
func providerHelp(name string) string {
	missing, _ := providers.Missing(name, nil)
	var b strings.Builder
	for i, line := range output.Wrap(name+" needs "+credentials.Alternatives(missing, true)+":", helpWidth-len(helpIndent)) {
		b.WriteString(helpIndent + strings.Repeat("  ", min(i, 1)) + line + "\n")
	}
	settings, _ := providers.Settings(name)
	for _, s := range settings {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%s  %-18s %s", helpIndent, s.Key, s.Env), " ") + "\n")
		for _, line := range output.Wrap(s.Text, helpWidth-2*len(helpIndent)-2) {
			b.WriteString(helpIndent + helpIndent + "  " + line + "\n")
		}
	}
	return b.String()
}
