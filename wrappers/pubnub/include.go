package pubnub

// What a listing shows beyond ids. Without them status, type and custom are absent
// even when they are set.
const (
	IncludeCustom = "custom"
	IncludeStatus = "status"
	IncludeType   = "type"

	// Of a membership's channel: its name and description, and what is the caller's own.
	IncludeChannel       = "channel"
	IncludeChannelCustom = "channel.custom"
	IncludeChannelStatus = "channel.status"
	IncludeChannelType   = "channel.type"

	// Of a channel's member: name, addresses and external id, and what is the caller's own.
	IncludeUser       = "uuid"
	IncludeUserCustom = "uuid.custom"
	IncludeUserStatus = "uuid.status"
	IncludeUserType   = "uuid.type"
)

// CountTotal is the value of Count that asks for a Page's Total. IncludeTotalCount of
// other SDKs does nothing.
const CountTotal = "1"

// Field is a property to filter and sort by.
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

// Asc sorts by f, smallest first. The service's own order is by id.
func Asc(f Field) string { return string(f) + ":asc" }

// Desc sorts by f, largest first.
func Desc(f Field) string { return string(f) + ":desc" }
