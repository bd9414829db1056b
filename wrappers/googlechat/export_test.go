package googlechat

// Duplicates exports duplicates to wrappertest.
var Duplicates = duplicates
