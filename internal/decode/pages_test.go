package decode_test

import (
	"bytes"
	"encoding/base64"
	"fmt"

	"github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/generated/clerk"
	"github.com/memberships-go/memberships/generated/googlechat"
	"github.com/memberships-go/memberships/generated/pubnub"
	"github.com/memberships-go/memberships/generated/webex"
	"github.com/memberships-go/memberships/internal/decode"
)

// page is a listing's answer of one provider, in the provider's form.
type page struct {
	provider string
	size     int
	into     func() decode.Value
	render   func(size int) []byte
}

var pages = []page{
	{"box", 1000, func() decode.Value { return new(box.MembershipPage) }, boxPage},
	{"clerk", 500, func() decode.Value { return new(clerk.MembershipPage) }, clerkPage},
	{"googlechat", 1000, func() decode.Value { return new(googlechat.MembershipPage) }, googlePage},
	{"pubnub", 100, func() decode.Value { return new(pubnub.MemberPage) }, pubnubPage},
	{"webex", 1000, func() decode.Value { return new(webex.MembershipPage) }, webexPage},
}

// rows returns size objects between before and after.
func rows(before string, size int, row func(i int) string, after string) []byte {
	b := bytes.NewBufferString(before)
	for i := range size {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(row(i))
	}
	b.WriteString(after)
	return b.Bytes()
}

// pick returns one of a few words, mostly the first.
func pick(i int, words ...string) string {
	if i%10 < 8 {
		return words[0]
	}
	return words[i%len(words)]
}

var (
	given  = []string{"Ada", "Grace", "Niklaus", "Barbara", "Edsger", "Zoë", "Alan", "Katherine", "Jürgen"}
	family = []string{"Lovelace", "Hopper", "Wirth", "Liskov", "Dijkstra", "Turing", "Johnson", "Hämäläinen"}
)

func name(i int) (first, last string) { return given[i%len(given)], family[i%len(family)] }

func boxPage(size int) []byte {
	return rows(fmt.Sprintf(`{"total_count":%d,"entries":[`, size), size, func(i int) string {
		first, last := name(i)
		return fmt.Sprintf(`{"type":"group_membership","id":"%d","user":{"type":"user","id":"%d","name":"%s %s","login":"person.%d@example.com"},`+
			`"group":{"type":"group","name":"Everyone in Engineering","group_type":"managed_group","id":"119720"},"role":"%s",`+
			`"created_at":"2024-%02d-%02dT09:%02d:17-07:00","modified_at":"2025-03-04T10:11:12-07:00"}`,
			560000000+i, 13130000+i*7, first, last, i, pick(i, "member", "admin"), i%12+1, i%28+1, i%60)
	}, fmt.Sprintf(`],"limit":%d,"offset":0}`, size))
}

func clerkPage(size int) []byte {
	return rows(`{"data":[`, size, func(i int) string {
		first, last := name(i)
		role := pick(i, "member", "admin")
		permissions := map[string]string{
			"member": `["org:sys_memberships:read","org:sys_billing:read"]`,
			"admin":  `["org:sys_profile:manage","org:sys_profile:delete","org:sys_memberships:read","org:sys_memberships:manage","org:sys_domains:read","org:sys_domains:manage"]`,
		}
		return fmt.Sprintf(`{"id":"orgmem_2fJqYp%020d","object":"organization_membership","role":"org:%s","role_name":"%s","permissions":%s,`+
			`"public_metadata":{"department":"d%d"},"private_metadata":{},`+
			`"organization":{"id":"org_2fJqYpq1nVtSUlZkpMv4B1T3yXv","object":"organization","name":"Example","slug":"example","image_url":"https://img.example.com/eyJ0eXBlIjoiZGVmYXVsdCJ9","has_image":false,"members_count":48210,"pending_invitations_count":17,"max_allowed_memberships":0,"admin_delete_enabled":true,"public_metadata":{},"private_metadata":{},"created_by":"user_2fJqYp00000000000000000001","created_at":1767603600000,"updated_at":1767603600000},`+
			`"public_user_data":{"user_id":"user_2fJqYp%020d","identifier":"person.%d@example.com","first_name":"%s","last_name":"%s","username":null,"image_url":"https://img.example.com/eyJ0eXBlIjoiZGVmYXVsdCIsImlpZCI6Imluc18x%08d","has_image":%t,"profile_image_url":"https://img.example.com/eyJ0eXBlIjoiZGVmYXVsdCIsImlpZCI6Imluc18x%08[10]d","banned":false},`+
			`"created_at":%[12]d,"updated_at":%[12]d}`,
			i, role, role, permissions[role], i%9, i, i, first, last, i, i%3 == 0, 1767607200000+int64(i)*61_000)
	}, fmt.Sprintf(`],"total_count":%d}`, size))
}

func googlePage(size int) []byte {
	return rows(`{"memberships":[`, size, func(i int) string {
		first, last := name(i)
		return fmt.Sprintf(`{"name":"spaces/AAAA0000001/members/1%020d","state":"%s","member":{"name":"users/1%020[1]d","displayName":"%[3]s %s","type":"HUMAN","domainId":"1a2b3c4d"},"role":"%s","createTime":"2025-%02d-%02dT10:%02d:%02d.%06dZ"}`,
			i, pick(i, "JOINED", "INVITED"), first, last, pick(i, "ROLE_MEMBER", "ROLE_MANAGER"), i%12+1, i%28+1, i%60, i*7%60, i*7919%1_000_000)
	}, `],"nextPageToken":"Cg8KDQoLCNjHx7UGEKj1hgE"}`)
}

func pubnubPage(size int) []byte {
	return rows(`{"status":200,"data":[`, size, func(i int) string {
		first, last := name(i)
		return fmt.Sprintf(`{"uuid":{"id":"person-%d","name":"%s %s","externalId":null,"profileUrl":null,"email":"person.%[1]d@example.com","updated":"2025-%02[4]d-%02dT10:11:12.%06[6]dZ","eTag":"AbvQtpLpgIGEZA"},"status":"active","type":"member","custom":{"role":"%[7]s","since":%[1]d},"updated":"2025-%02[4]d-%02dT10:11:12.%06[6]dZ","eTag":"AaDS+bDXjNqKUA"}`,
			i, first, last, i%12+1, i%28+1, i*7919%1_000_000, pick(i, "member", "moderator"))
	}, `],"totalCount":2500,"next":"MTAw"}`)
}

func webexPage(size int) []byte {
	id := func(kind string, i int) string {
		return base64.RawStdEncoding.EncodeToString(fmt.Appendf(nil, "ciscospark://us/%s/%08x-5c12-4d3b-9a77-%012x", kind, uint32(i)*2654435761, i))
	}
	room, org := id("ROOM", 1), id("ORGANIZATION", 1)
	return rows(`{"items":[`, size, func(i int) string {
		first, last := name(i)
		return fmt.Sprintf(`{"id":"%s","roomId":"%s","roomType":"group","personId":"%s","personEmail":"person.%d@example.com","personDisplayName":"%s %s","personOrgId":"%s","isModerator":%t,"isMonitor":false,"created":"2025-%02d-%02dT10:%02d:%02d.%03dZ"}`,
			base64.RawStdEncoding.EncodeToString(fmt.Appendf(nil, "ciscospark://us/MEMBERSHIP/%08x-5c12-4d3b-9a77-%012x:%08x-1d41-11ef-b5a1-0123456789ab", uint32(i)*2654435761, i, 7)),
			room, id("PEOPLE", i), i, first, last, org, i%10 == 0, i%12+1, i%28+1, i%60, i*7%60, i%1000)
	}, `]}`)
}
