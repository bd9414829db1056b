package memberships

// Validate returns the error that op would fail with before anything is sent: an
// operation, a kind, a role or a way to name a member that the provider does not have.
// It is for those who check many changes before they make the first. Of ref, op takes
// what its method does: OpList the group, OpOf the member. An empty r is any role.
func (c *Client) Validate(op Operation, ref Ref, r Role) error {
	switch op {
	case OpAdd:
		return c.check(op, c.checkGroup(&ref.Group), c.checkMember(&ref.Member), c.checkRole(r), c.checkMemberKind(ref.Member))
	case OpGet, OpUpdate, OpRemove:
		return c.check(op, c.checkRef(&ref), c.checkRole(r))
	case OpList:
		return c.check(op, c.checkGroup(&ref.Group), c.checkRole(r))
	case OpOf:
		return c.check(op, c.checkMember(&ref.Member), c.checkRole(r))
	}
	return c.check(op)
}
