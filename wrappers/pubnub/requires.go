package pubnub

import (
	"strings"

	"github.com/memberships-go/memberships/internal/client"
)

// portal is the place where a keyset gets App Context.
const portal = "the Admin Portal of PubNub, in the keyset's settings"

// tokens is the place where Access Manager grants a permission.
const tokens = "the server with the secret key, which grants the token"

// appContext is the setting of a keyset without which no method of App Context works. Its
// refusal is that of a missing permission, from App Context itself.
var appContext = &client.Permission{
	Meaning: "as a rule, App Context is off for the keyset",
	Certain: true,
	Grant:   "App Context, with a region for its data, which cannot be changed later; else a permission for the authorization key",
	Where:   portal,
}

// revoked is the number that Access Manager gives a revoked token.
const revoked = "4001"

// rights are the permissions of Access Manager for a method.
var rights = map[string]string{
	"Members.ListByChannel": "get on the channel",
	"Members.Add":           "manage on the channel",
	"Members.Update":        "manage on the channel",
	"Members.Remove":        "manage on the channel",
	"Members.Manage":        "manage on the channel",

	"Memberships.ListByUser": "get on the user",
	"Memberships.Add":        "join on the channels",
	"Memberships.Update":     "join on the channels",
	"Memberships.Remove":     "join on the channels",
	"Memberships.Manage":     "join on the channels",

	"Channels.Get":    "get on the channel",
	"Channels.Set":    "update on the channel",
	"Channels.Remove": "delete on the channel",
	"Users.Get":       "get on the user",
	"Users.Set":       "update on the user",
	"Users.Remove":    "delete on the user",
	"Events.Read":     "read on each channel",
}

// requires returns the permission of a method after a refusal of Access Manager.
func requires(op string, f client.ErrorDetails) *client.Permission {
	if f.Code == revoked {
		return &client.Permission{Certain: true, Grant: "another token, as this one is revoked", Where: tokens}
	}
	right, ok := rights[op]
	switch {
	case ok:
		return &client.Permission{Grant: "the permission " + right, Where: tokens}
	case strings.HasSuffix(op, ".List"): // of all channels or users
		return &allMetadata
	}
	return nil
}

// allMetadata is the permission for the lists of all channels and of all users.
var allMetadata = client.Permission{
	Grant: `the permission get, and the setting "disallow get all channel metadata" (or user metadata) off`,
	Where: tokens + ", and " + portal,
}
