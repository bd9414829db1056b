package clerk

// Duplicates exports duplicates to the tests of package wrappertest.
var Duplicates = duplicates
