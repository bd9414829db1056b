package webex

// Duplicates exports duplicates to wrappertest.
var Duplicates = duplicates
