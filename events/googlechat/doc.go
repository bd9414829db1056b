// Package googlechat verifies the requests that Google sends about Google Chat, for the
// Handler of package events: pushes of Pub/Sub with the events of Google Workspace, and the
// events of a Chat app. A request has a token in the form of a JSON Web Token, which is
// verified with keys of Google. The token does not cover the body: TLS protects it on the way.
//
// The events are those of wrappers/googlechat, which reads them without a verification.
package googlechat
