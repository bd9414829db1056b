package memberships

// positionVersion begins every sealed Position. No page token begins with it.
const positionVersion = "p1"

// SealPosition returns the Position of a cursor, for implementers of Provider. The texts of
// stream, such as the provider's name, identify the stream; OpenPosition accepts the Position
// only with the same texts. It does not encrypt the cursor.
func SealPosition(cursor string, stream ...string) Position {
	return Position(seal(positionVersion, cursor, stream))
}

// OpenPosition returns the cursor of a Position, for implementers of Provider. The error
// explains why the Position does not belong to the stream and quotes neither; it becomes the
// Err of an ErrInvalidArgument.
func OpenPosition(p Position, stream ...string) (cursor string, err error) {
	return open(positionVersion, "position", "stream", string(p), stream)
}
