package googlechat

import (
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/core"
)

// setting is something in Google's consoles that is in the way of every call, whatever
// its arguments and its scopes. It is the Err of the errors that it causes.
type setting struct {
	means string // what the service wants to say
	grant string // the setting, and where it is
}

func (s *setting) Error() string { return s.means + ": " + s.grant }

const (
	serviceStatus = "Google Chat ON for the user (Admin console > Apps > Google Workspace > Google Chat > Service status)"
	chatApp       = "a configured Chat app in the project of the token (Google Cloud console > APIs & Services > Google Chat API > Configuration)"
	chatAPI       = "the Google Chat API in the project of the token (Google Cloud console > APIs & Services > Enabled APIs & services)"
)

var (
	// chatOff is the meaning of a check of preconditions that does not say which. Admins'
	// tools report it for users without Chat; a project without an app is the other cause.
	chatOff    = &setting{"Google Chat is not switched on for this user, or the project has no Chat app", serviceStatus + ", or " + chatApp}
	noApp      = &setting{"the project of the token has no Chat app that is configured", chatApp}
	apiNotUsed = &setting{"the Google Chat API is not enabled in the project of the token", chatAPI}
)

// noAppTexts are in the messages of a project without an app. No status and no reason
// tells them apart: one comes as 404, as a space that does not exist does.
var noAppTexts = []string{"chat app not found", "no bot associated with this project"}

// explain adds to f what a setting that is in the way means. Neither the arguments nor
// the credential are at fault then, and nothing that was asked for is known to be absent:
// how things stand is in the way, which is memberships.ErrConflict.
func explain(f *core.Fault, status string) {
	message := strings.ToLower(f.Message)
	for _, text := range noAppTexts {
		if strings.Contains(message, text) {
			f.Kind, f.Err = memberships.ErrConflict, noApp
			return
		}
	}
	switch {
	case f.Code == "SERVICE_DISABLED", f.Code == "accessNotConfigured":
		f.Err = apiNotUsed // the kind is that of its status, 403
	case status == "FAILED_PRECONDITION":
		f.Kind, f.Err = memberships.ErrConflict, chatOff
	}
}
