package pubnub

// Duplicates exports duplicates to wrappertest.
var Duplicates = duplicates
