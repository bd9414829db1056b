package googlechat

import (
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
)

// setting is a missing setting in Google's consoles that makes every call fail, with any
// arguments and scopes. It is the Err of the errors that it causes.
type setting struct {
	meaning string // the meaning of Google Chat's response
	grant   string // the setting and its place
}

func (s *setting) Error() string { return s.meaning + "; required: " + s.grant }

const (
	serviceStatus = "Google Chat ON for the user (Admin console > Apps > Google Workspace > Google Chat > Service status)"
	chatApp       = "a configured Chat app in the project of the token (Google Cloud console > APIs & Services > Google Chat API > Configuration)"
	chatAPI       = "the Google Chat API in the project of the token (Google Cloud console > APIs & Services > Enabled APIs & services)"
)

var (
	// unmet is the setting of FAILED_PRECONDITION, whose message does not name the
	// precondition. Administrators' tools report it for users without Chat, and for
	// projects without an app.
	unmet     = &setting{"as a rule, Google Chat is off for the user, or the project of the token has no Chat app", serviceStatus + ", or " + chatApp}
	noApp     = &setting{"the project of the token has no configured Chat app", chatApp}
	apiUnused = &setting{"the Google Chat API is not enabled in the project of the token", chatAPI}
)

// noAppTexts has parts of the messages for a project without an app. No status and no reason
// identifies them: one is 404, like a missing space.
var noAppTexts = []string{"chat app not found", "no bot associated with this project"}

// explain sets the kind and the cause of an error that a missing setting causes. The kind is
// memberships.ErrConflict, because arguments and credential are valid and the resource may
// exist. A disabled API keeps the kind of its status.
func explain(f *client.ErrorDetails, status string) {
	message := strings.ToLower(f.Message)
	for _, text := range noAppTexts {
		if strings.Contains(message, text) {
			f.Kind, f.Err = memberships.ErrConflict, noApp
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
