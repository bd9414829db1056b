package corpus

// Tally counts the members that a client read and the length of the strings that it used.
// It forces clients to decode, and shows whether two clients read the same.
type Tally struct {
	Members int
	Text    int64
	// Each, if set, is called after every member. It is the caller's work.
	Each func()
}

// Add counts one member by its id, its role and the user it is.
func (t *Tally) Add(id, role, user string) {
	t.Members++
	t.Text += int64(len(id) + len(role) + len(user))
	if t.Each != nil {
		t.Each()
	}
}
