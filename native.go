package memberships

// Native returns the provider's own value of m, such as Native[*webex.Membership](m), and
// false if m has none of that type. The value has every field that the provider returned
// and the wrapper knows.
func Native[T any](m Membership) (T, bool) {
	v, ok := m.native.(T)
	return v, ok
}

// NativeClient returns the provider's own client behind c, such as
// NativeClient[*webex.Client](c), and false if c has none of that type.
func NativeClient[T any](c *Client) (T, bool) {
	v, ok := c.p.Native().(T)
	return v, ok
}
