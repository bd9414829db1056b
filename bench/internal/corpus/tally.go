package corpus

// Tally is what a client read: how many members, and how long the texts were that it
// touched in each. It keeps the work of decoding from being left out, and shows whether
// two clients read the same.
type Tally struct {
	Members int
	Text    int64
	// Each, if it is set, is called after every member: it is what the caller does with
	// them.
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
