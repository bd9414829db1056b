package box

// Duplicates exports duplicates to wrappertest.
var Duplicates = duplicates
