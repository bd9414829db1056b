package cassette

import "strings"

// redacted replaces a credential.
const redacted = "REDACTED"

// plainName removes "_", "-" and "." from names: client_secret, clientSecret and
// Client-Secret are the same name.
var plainName = strings.NewReplacer("_", "", "-", "", ".", "")

func folded(name string) string { return plainName.Replace(strings.ToLower(name)) }

func set(names ...string) map[string]bool {
	all := map[string]bool{}
	for _, name := range names {
		all[folded(name)] = true
	}
	return all
}

var (
	// secretNames are the names of parameters and JSON members that always hold a
	// credential. Copies of their values are replaced elsewhere too.
	secretNames = set("access_token", "refresh_token", "id_token", "client_secret", "private_key", "assertion",
		"client_assertion", "subject_token", "actor_token", "secret", "secret_key", "webhook_secret", "signing_secret",
		"password", "api_key", "auth_key", "auth_token", "session_token", "X-Goog-Signature", "X-Amz-Signature", "X-Amz-Security-Token")
	// secretParams are the names of parameters alone that hold a credential or change with
	// every signature. Elsewhere they are ordinary words.
	secretParams = set("auth", "signature", "sig", "timestamp", "key", "code", "token")
	// secretMembers are the names of JSON members alone that hold a credential.
	secretMembers = set("token", "jwt")
)

// The headers that a file keeps, of requests and of answers.
var (
	requestHeaders  = []string{"Accept", "As-User", "Clerk-Api-Version", "Content-Type", "If-Match"}
	responseHeaders = []string{"Box-Request-Id", "Clerk-Trace-Id", "Content-Type", "Link", "Location", "Retry-After", "Trackingid"}
)
