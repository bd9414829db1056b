package googlechat

import (
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
)

// The settings in Google's consoles whose absence makes every call fail, with any arguments
// and scopes.
var (
	chatOn = client.Permission{
		Grant: "Google Chat ON for the user",
		Where: "Admin console > Apps > Google Workspace > Google Chat > Service status",
	}
	chatApp = client.Permission{
		Grant: "a configured Chat app in the project of the token",
		Where: "Google Cloud console > APIs & Services > Google Chat API > Configuration",
	}
	chatAPI = client.Permission{
		Grant: "the Google Chat API in the project of the token",
		Where: "Google Cloud console > APIs & Services > Enabled APIs & services",
	}
)

var (
	// unmet is the setting of FAILED_PRECONDITION, whose message does not name the
	// precondition. Administrators' tools report it for users without Chat, and for
	// projects without an app.
	unmet = &client.Permission{
		Meaning: "as a rule, Google Chat is off for the user, or the project of the token has no Chat app",
		Certain: true, Grant: chatOn.Grant + ", or " + chatApp.Grant, Where: chatOn.Where + ", or " + chatApp.Where,
	}
	noApp     = missing("the project of the token has no configured Chat app", chatApp)
	apiUnused = missing("the Google Chat API is not enabled in the project of the token", chatAPI)
	// unapproved is the approval of an app's scopes, whose names the message omits.
	unapproved = missing("no administrator has approved the scope of the app", client.Permission{
		Grant: "the approval of the app's scopes that begin with chat.app.", Where: approval,
	})
	// outside is a message for accounts that have no Workspace.
	outside = missing("the account belongs to no Google Workspace", client.Permission{
		Grant: "an account of Google Workspace", Where: chatApp.Where,
	})
)

// missing returns a permission with the meaning of a response that it alone causes.
func missing(meaning string, p client.Permission) *client.Permission {
	p.Meaning, p.Certain = meaning, true
	return &p
}

// conditions has parts of messages, in small letters, and what they mean. No status and no
// reason identifies these: the one for a project without an app is 404, like a missing space.
// The kind is that of the status if it is nil.
var conditions = []struct {
	text string
	kind error
	is   *client.Permission
}{
	{"chat app not found", memberships.ErrConflict, noApp},
	{"no bot associated with this project", memberships.ErrConflict, noApp},
	{"must grant the app the required oauth authorization scope", nil, unapproved},
	{"only available to google workspace users", nil, outside},
}

// explain sets the kind and the cause of an error that a missing setting causes. The kind is
// memberships.ErrConflict, because arguments and credential are valid and the resource may
// exist. A disabled API and a scope without approval keep the kind of their status.
func explain(f *client.ErrorDetails, status string) {
	message := strings.ToLower(f.Message)
	for _, c := range conditions {
		if strings.Contains(message, c.text) {
			f.Kind, f.Err = c.kind, c.is
			return
		}
	}
	switch {
	case f.Code == "SERVICE_DISABLED", f.Code == "accessNotConfigured":
		f.Err = apiUnused // the kind is that of its status, 403
	case status == "FAILED_PRECONDITION":
		f.Kind, f.Err = memberships.ErrConflict, unmet
	}
}
