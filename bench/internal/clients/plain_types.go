package clients

import (
	"encoding/json"
	"time"
)

// Types written by hand with all fields that the typed clients decode. Free-form values
// stay raw, as in the typed clients.

type clerkPage struct {
	Data       []clerkMembership `json:"data"`
	TotalCount int               `json:"total_count"`
}

type clerkMembership struct {
	ID              string            `json:"id"`
	Object          string            `json:"object"`
	Role            string            `json:"role"`
	RoleName        string            `json:"role_name"`
	Permissions     []string          `json:"permissions"`
	PublicMetadata  json.RawMessage   `json:"public_metadata"`
	PrivateMetadata json.RawMessage   `json:"private_metadata"`
	Organization    clerkOrganization `json:"organization"`
	PublicUserData  clerkUser         `json:"public_user_data"`
	CreatedAt       int64             `json:"created_at"`
	UpdatedAt       int64             `json:"updated_at"`
}

type clerkOrganization struct {
	ID                                   string          `json:"id"`
	Object                               string          `json:"object"`
	Name                                 string          `json:"name"`
	Slug                                 string          `json:"slug"`
	ImageURL                             string          `json:"image_url"`
	HasImage                             bool            `json:"has_image"`
	MembersCount                         *int64          `json:"members_count"`
	PendingInvitationsCount              *int64          `json:"pending_invitations_count"`
	MissingMemberWithElevatedPermissions *bool           `json:"missing_member_with_elevated_permissions"`
	MaxAllowedMemberships                int64           `json:"max_allowed_memberships"`
	AdminDeleteEnabled                   bool            `json:"admin_delete_enabled"`
	PublicMetadata                       json.RawMessage `json:"public_metadata"`
	PrivateMetadata                      json.RawMessage `json:"private_metadata"`
	CreatedBy                            string          `json:"created_by"`
	RoleSetKey                           string          `json:"role_set_key"`
	CreatedAt                            int64           `json:"created_at"`
	UpdatedAt                            int64           `json:"updated_at"`
	LastActiveAt                         int64           `json:"last_active_at"`
}

type clerkUser struct {
	UserID          string `json:"user_id"`
	Identifier      string `json:"identifier"`
	FirstName       string `json:"first_name"`
	LastName        string `json:"last_name"`
	Username        string `json:"username"`
	ImageURL        string `json:"image_url"`
	HasImage        bool   `json:"has_image"`
	ProfileImageURL string `json:"profile_image_url"`
	Banned          bool   `json:"banned"`
	Deprovisioned   bool   `json:"deprovisioned"`
}

type webexPage struct {
	Items []webexMembership `json:"items"`
}

type webexMembership struct {
	ID                string                `json:"id"`
	RoomID            string                `json:"roomId"`
	PersonID          string                `json:"personId"`
	PersonEmail       string                `json:"personEmail"`
	PersonDisplayName string                `json:"personDisplayName"`
	PersonOrgID       string                `json:"personOrgId"`
	IsModerator       bool                  `json:"isModerator"`
	IsRoomHidden      bool                  `json:"isRoomHidden"`
	RoomType          string                `json:"roomType"`
	IsMonitor         bool                  `json:"isMonitor"`
	Created           time.Time             `json:"created"`
	Errors            map[string]webexError `json:"errors"`
}

type webexError struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

type boxPage struct {
	TotalCount int             `json:"total_count"`
	Limit      int             `json:"limit"`
	Offset     int             `json:"offset"`
	Order      []boxOrder      `json:"order"`
	Entries    []boxMembership `json:"entries"`
}

type boxOrder struct {
	By        string `json:"by"`
	Direction string `json:"direction"`
}

type boxMembership struct {
	ID                      string          `json:"id"`
	Type                    string          `json:"type"`
	User                    boxUser         `json:"user"`
	Group                   boxGroup        `json:"group"`
	Role                    string          `json:"role"`
	ConfigurablePermissions map[string]bool `json:"configurable_permissions"`
	CreatedAt               time.Time       `json:"created_at"`
	ModifiedAt              time.Time       `json:"modified_at"`
}

type boxUser struct {
	ID    string `json:"id"`
	Type  string `json:"type"`
	Name  string `json:"name"`
	Login string `json:"login"`
}

type boxGroup struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	GroupType string `json:"group_type"`
}

type pubnubPage struct {
	Status     int            `json:"status"`
	Data       []pubnubMember `json:"data"`
	TotalCount *int64         `json:"totalCount"`
	Next       string         `json:"next"`
	Prev       string         `json:"prev"`
}

type pubnubMember struct {
	User    pubnubUser      `json:"uuid"`
	Type    string          `json:"type"`
	Status  string          `json:"status"`
	Custom  json.RawMessage `json:"custom"`
	Updated time.Time       `json:"updated"`
	ETag    string          `json:"eTag"`
}

type pubnubUser struct {
	ID         string          `json:"id"`
	Name       string          `json:"name"`
	ExternalID string          `json:"externalId"`
	ProfileURL string          `json:"profileUrl"`
	Email      string          `json:"email"`
	Type       string          `json:"type"`
	Status     string          `json:"status"`
	Custom     json.RawMessage `json:"custom"`
	Updated    time.Time       `json:"updated"`
	ETag       string          `json:"eTag"`
}

type googlePage struct {
	Memberships   []googleMembership `json:"memberships"`
	NextPageToken string             `json:"nextPageToken"`
}

type googleMembership struct {
	Name        string      `json:"name"`
	State       string      `json:"state"`
	Role        string      `json:"role"`
	Member      googleUser  `json:"member"`
	GroupMember googleGroup `json:"groupMember"`
	CreateTime  time.Time   `json:"createTime"`
	DeleteTime  time.Time   `json:"deleteTime"`
	Affiliation string      `json:"affiliation"`
}

type googleUser struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	Email       string `json:"email"`
	AvatarURL   string `json:"avatarUrl"`
	DomainID    string `json:"domainId"`
	Type        string `json:"type"`
	IsAnonymous bool   `json:"isAnonymous"`
}

type googleGroup struct {
	Name string `json:"name"`
}
