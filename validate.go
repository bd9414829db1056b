package memberships

// Validate returns the error of op that needs no request: an operation, a kind, a role or
// a form of member that the provider lacks. It checks the same parts of ref as the
// method: the group for OpList, the member for OpListByMember. An empty r matches any
// role. Programs call it for a batch of changes before the first one.
func (c *Client) Validate(op Operation, ref Ref, r Role) error {
	switch op {
	case OpAdd:
		return c.check(op, c.checkGroup(&ref.Group), c.checkMember(&ref.Member), c.checkRole(r), c.checkMemberKind(ref.Member))
	case OpGet, OpUpdate, OpRemove:
		return c.check(op, c.checkRef(&ref), c.checkRole(r))
	case OpList:
		return c.check(op, c.checkGroup(&ref.Group), c.checkRole(r))
	case OpListByMember:
		return c.check(op, c.checkMember(&ref.Member), c.checkRole(r))
	}
	return c.check(op)
}
