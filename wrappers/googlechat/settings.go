package googlechat

import (
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
)

// setting is something in Google's consoles that is in the way of every call, whatever
// its arguments and its scopes. It is the Err of the errors that it causes.
type setting struct {
	means string // what Google Chat wants to say
	grant string // the setting, and where it is
}

func (s *setting) Error() string { return s.means + "; it takes " + s.grant }

const (
	serviceStatus = "Google Chat ON for the user (Admin console > Apps > Google Workspace > Google Chat > Service status)"
	chatApp       = "a configured Chat app in the project of the token (Google Cloud console > APIs & Services > Google Chat API > Configuration)"
	chatAPI       = "the Google Chat API in the project of the token (Google Cloud console > APIs & Services > Enabled APIs & services)"
)

var (
	// unmet is the meaning of a precondition: its message does not say which one. The
	// tools of administrators report it for users without Chat, and for projects
	// without an app.
	unmet     = &setting{"Google says this, as a rule, where Google Chat is not switched on for the user or the project of the token has no Chat app", serviceStatus + ", or " + chatApp}
	noApp     = &setting{"the project of the token has no Chat app that is configured", chatApp}
	apiUnused = &setting{"the project of the token does not have the Google Chat API enabled", chatAPI}
)

// noAppTexts are in the messages of a project without an app. No status and no reason
// tells them apart: one comes as 404, as a space that does not exist does.
var noAppTexts = []string{"chat app not found", "no bot associated with this project"}

// explain adds to f what a setting that is in the way means. Neither the arguments nor
// the credential are at fault then, and nothing that was asked for is known to be absent:
// how things stand is in the way, which is memberships.ErrConflict.
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
