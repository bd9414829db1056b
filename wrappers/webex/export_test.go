package webex

// Duplicates is what wrappertest holds the methods against.
var Duplicates = duplicates
