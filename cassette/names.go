package cassette

import "strings"

// redacted stands where a credential was.
const redacted = "REDACTED"

// Names are compared in small letters and without "_", "-" and ".", so that client_secret,
// clientSecret and Client-Secret are one.
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
	// secretNames are parameters and members of JSON that hold a credential wherever they
	// are. Their values are looked for elsewhere too.
	secretNames = set("access_token", "refresh_token", "id_token", "client_secret", "private_key", "assertion",
		"client_assertion", "subject_token", "actor_token", "secret", "secret_key", "webhook_secret", "signing_secret",
		"password", "api_key", "auth_key", "auth_token", "session_token", "X-Goog-Signature", "X-Amz-Signature", "X-Amz-Security-Token")
	// secretParams are parameters that hold a credential, or differ with every signature,
	// and are ordinary words elsewhere.
	secretParams = set("auth", "signature", "sig", "timestamp", "key", "code", "token")
	// secretMembers are the same in JSON.
	secretMembers = set("token", "jwt")
)

// Headers that are kept, in requests and in answers.
var (
	requestHeaders  = []string{"Accept", "As-User", "Clerk-Api-Version", "Content-Type", "If-Match"}
	responseHeaders = []string{"Box-Request-Id", "Clerk-Trace-Id", "Content-Type", "Link", "Location", "Retry-After", "Trackingid"}
)
