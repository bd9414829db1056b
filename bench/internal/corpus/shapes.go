package corpus

import "fmt"

// shapes are the members of each provider: the fields and sizes of its own answers, the
// values invented.
var shapes = map[string]func(person) member{
	"clerk": clerk, "webex": webex, "box": box, "pubnub": pubnub, "googlechat": googleChat,
}

func clerk(p person) member {
	m := member{
		id:   "user_2xQb7LkVw9TzRfN0" + mark, // the membership's own id is not in the portable API
		role: []string{"org:member", "org:admin"}[p.role],
		user: p.email(),
	}
	roleName := []string{"Member", "Admin"}[p.role]
	m.text = fmt.Sprintf(`{"object":"organization_membership","id":"orgmem_2xQb7LkVw9TzRfN0%s","role":"%s","role_name":"%s",`+
		`"permissions":["org:sys_profile:read","org:sys_memberships:read","org:sys_domains:read","org:projects:read","org:projects:manage","org:invoices:read"],`+
		`"public_metadata":{"team":"platform","seat":%s},"private_metadata":{},`+
		`"organization":{"object":"organization","id":"org_2xQb7LkVw9TzRfN0b1c2d3e","name":"Example Works","slug":"example-works",`+
		`"image_url":"https://img.example.com/eyJ0eXBlIjoiZGVmYXVsdCIsImlpZCI6Imluc18yeFFiN0xrVnc5","has_image":true,`+
		`"members_count":48210,"pending_invitations_count":17,"max_allowed_memberships":0,"admin_delete_enabled":true,"public_metadata":{"plan":"enterprise"},`+
		`"created_by":"user_2xQb7LkVw9TzRfN0a0b1c2d","created_at":1716883200000,"updated_at":1716883200000},`+
		`"public_user_data":{"user_id":"%s","identifier":"%s","first_name":%s,"last_name":%s,`+
		`"image_url":"https://img.example.com/eyJ0eXBlIjoicHJveHkiLCJzcmMiOiJodHRwczovL2ltYWdlcy5leGFtcGxlLmNvbS8%s",`+
		`"profile_image_url":"https://www.example.com/gravatar?d=mp","has_image":true},`+
		`"created_at":17168832%02d000,"updated_at":17168833%02d000}`,
		mark, m.role, roleName, "1"+mark, m.id, m.user, quoted(p.first), quoted(p.last), mark, p.hour, p.hour)
	return m
}

func webex(p person) member {
	m := member{
		id:   "Y2lzY29zcGFyazovL3VzL01FTUJFUlNISVAvMGQwYzkxYjYtY2U2MC00NzI1LWI2ZDAtMzQ1NWQ1ZDExZWYzOmNkZTFkZDQwLTJmMGQtMTFlNS1iYTlj" + mark,
		role: []string{"member", "moderator"}[p.role],
		user: "Y2lzY29zcGFyazovL3VzL1BFT1BMRS9mNWIzNjE4Ny1jOGRkLTQ3MjctOGIyZi1mOWM0" + mark,
	}
	m.text = fmt.Sprintf(`{"id":"%s","roomId":"Y2lzY29zcGFyazovL3VzL1JPT00vYmJjZWIxYWQtNDNmMS0zYjU4LTkxNDctZjE0YmIwYzRkMTU0",`+
		`"personId":"%s","personEmail":"%s","personDisplayName":%s,`+
		`"personOrgId":"Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi85NmFiYzJhYS0zZGNjLTExZTUtYTE1Mi1mZTM0ODE5Y2RjOWE",`+
		`"isModerator":%t,"isRoomHidden":false,"roomType":"group","isMonitor":false,"created":"2026-03-18T%02d:26:16.203Z"}`,
		m.id, m.user, p.email(), quoted(p.name()), p.role == 1, p.hour)
	return m
}

func box(p person) member {
	m := member{id: mark, role: []string{"member", "admin"}[p.role], user: "2" + mark}
	m.text = fmt.Sprintf(`{"type":"group_membership","id":"%s","user":{"type":"user","id":"%s","name":%s,"login":"%s"},`+
		`"group":{"type":"group","id":"1148390271","name":"Research and Development: Europe, Middle East and Africa (managed)","group_type":"managed_group"},`+
		`"role":"%s"}`,
		m.id, m.user, quoted(p.name()), p.email(), m.role)
	return m
}

func pubnub(p person) member {
	// A member has no id and no role of its own.
	m := member{id: "user-" + mark, user: p.email()}
	m.text = fmt.Sprintf(`{"uuid":{"id":"%s","name":%s,"externalId":null,"profileUrl":null,"email":"%s",`+
		`"updated":"2026-03-18T%02d:26:16.203441Z","eTag":"AY39mJKK%s"},"status":"active",`+
		`"custom":{"role":"%s"},"updated":"2026-03-18T%02d:27:10.391605Z","eTag":"Ae2%s"}`,
		m.id, quoted(p.name()), m.user, p.hour, mark, []string{"member", "admin"}[p.role], p.hour, mark)
	return m
}

func googleChat(p person) member {
	m := member{
		id:   "spaces/AAQAbCdEfGhIjKl/members/1" + mark + "4182037165",
		role: []string{"ROLE_MEMBER", "ROLE_MANAGER"}[p.role],
		user: "users/1" + mark + "4182037165",
	}
	m.text = fmt.Sprintf(`{"name":"%s","state":"JOINED","member":{"name":"%s","displayName":%s,"domainId":"3cvh8qt2k","type":"HUMAN"},"affiliation":"INTERNAL",`+
		`"createTime":"2026-03-18T%02d:26:16.203441Z","role":"%s"}`,
		m.id, m.user, quoted(p.name()), p.hour, m.role)
	return m
}
