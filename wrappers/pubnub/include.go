package pubnub

// Values of Include: properties of the listed rows. Without them status, type and custom
// are absent even if they are set.
const (
	IncludeCustom = "custom"
	IncludeStatus = "status"
	IncludeType   = "type"

	// Properties of a membership's channel; IncludeChannel is its name and description.
	IncludeChannel       = "channel"
	IncludeChannelCustom = "channel.custom"
	IncludeChannelStatus = "channel.status"
	IncludeChannelType   = "channel.type"

	// Properties of a channel's member; IncludeUser is name, addresses and external id.
	IncludeUser       = "uuid"
	IncludeUserCustom = "uuid.custom"
	IncludeUserStatus = "uuid.status"
	IncludeUserType   = "uuid.type"
)

// Values of Count. CountTotal requests a Page's Total and is the default. With CountNone,
// pages have no Total, and a listing ends with an empty page, one request later. The value
// totalCount of Include, which other SDKs have, does nothing.
const (
	CountTotal = "1"
	CountNone  = "0"
)

// counted returns the value of Count that a listing sends, nil for none.
func counted(count *string) *string {
	switch {
	case count == nil:
		return new(CountTotal)
	case *count == CountNone:
		return nil
	}
	return count
}

// Field is a property in a filter or sort order.
type Field string

// Properties of users and channels, and of memberships on both sides: status, type
// and updated are the listed row's own.
const (
	FieldID      Field = "id"
	FieldName    Field = "name"
	FieldStatus  Field = "status"
	FieldType    Field = "type"
	FieldUpdated Field = "updated"

	FieldExternalID  Field = "externalId"
	FieldProfileURL  Field = "profileUrl"
	FieldEmail       Field = "email"
	FieldDescription Field = "description"
)

// Properties of a membership's channel.
const (
	FieldChannelID          Field = "channel.id"
	FieldChannelName        Field = "channel.name"
	FieldChannelDescription Field = "channel.description"
	FieldChannelStatus      Field = "channel.status"
	FieldChannelType        Field = "channel.type"
	FieldChannelUpdated     Field = "channel.updated"
)

// Properties of a channel's member.
const (
	FieldUserID         Field = "uuid.id"
	FieldUserName       Field = "uuid.name"
	FieldUserExternalID Field = "uuid.externalId"
	FieldUserProfileURL Field = "uuid.profileUrl"
	FieldUserEmail      Field = "uuid.email"
	FieldUserStatus     Field = "uuid.status"
	FieldUserType       Field = "uuid.type"
	FieldUserUpdated    Field = "uuid.updated"
)

// FieldCustom is one of the row's own custom values. PubNub advises against filters
// on custom values where there are many rows, and cannot sort by them.
func FieldCustom(name string) Field { return customField("custom", name) }

// FieldChannelCustom is one of the custom values of a membership's channel.
func FieldChannelCustom(name string) Field { return customField("channel.custom", name) }

// FieldUserCustom is one of the custom values of a channel's member.
func FieldUserCustom(name string) Field { return customField("uuid.custom", name) }

func customField(custom, name string) Field {
	if identifier.MatchString(name) && !reserved.MatchString(name) {
		return Field(custom + "." + name)
	}
	return Field(custom + "[" + quote(name) + "]")
}

// Asc sorts by f, smallest first. PubNub's default order is by id.
func Asc(f Field) string { return string(f) + ":asc" }

// Desc sorts by f, largest first.
func Desc(f Field) string { return string(f) + ":desc" }
