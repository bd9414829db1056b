package httpapi

// Group is a group of a provider as the emulator shows it, the same for every provider.
type Group struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Total   int      `json:"total"`
	Members []Member `json:"members"` // the first ones
}

// Member is a member of a Group.
type Member struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Role  string `json:"role"`
	State string `json:"state"`
}
