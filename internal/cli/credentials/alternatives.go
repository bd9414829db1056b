package credentials

import (
	"strings"

	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/providers"
)

// Alternatives joins alternative sets of settings for a sentence, by their keys in a
// profile or by their variables: "TOKEN, or CLIENT_ID and CLIENT_SECRET".
func Alternatives(methods [][]providers.Setting, profile bool) string {
	texts := make([]string, len(methods))
	for i, settings := range methods {
		names := make([]string, len(settings))
		for j, s := range settings {
			if names[j] = s.Env; profile {
				names[j] = s.Key
			}
		}
		texts[i] = phrase.And(names)
	}
	return strings.Join(texts, ", or ")
}
