// Package cassette records HTTP traffic into a file and replays it without a network: a test
// talks to the provider once, and to the file from then on.
//
//	func TestRooms(t *testing.T) {
//		c := cassette.ForTest(t)
//		client, err := webex.New(option.WithHTTPClient(c.Client()),
//			option.WithToken(c.Env("WEBEX_ACCESS_TOKEN", "token")))
//		...
//
// CASSETTE=record go test records testdata/cassettes/TestRooms.yaml, and go test replays
// it. Cassette records any http.Client. [Open] is for programs without package testing.
//
// # Matching
//
// A recording answers one request with the same method, scheme, host, path, query and body.
// Equal requests get their recordings in the order of the file. Matching ignores the order
// of parameters, form fields and members of a JSON object, and it ignores credentials,
// headers, and the port of a loopback address. A request without a recording sends nothing
// and fails with [ErrNotRecorded]; the error names the most similar recording. Close reports
// those requests again, and every unused recording.
//
// # Secrets
//
// A recording keeps few headers, and none for a credential. REDACTED replaces the values of
// parameters and fields with the name of a credential. It also replaces every copy of a
// credential of eight bytes or more that was sent or received, such as an access_token or a
// header's value. An e-mail address outside of example.com becomes
// person-<hash>@example.com; replay restores an address that the test itself has sent. Close
// does not save a file that would still hold a credential in another encoding: it returns
// [ErrSecret] and leaves the old file unchanged.
//
// # Concurrency
//
// A Cassette is safe for concurrent use. The file holds recordings in the order of their
// answers. In replay, equal requests in flight together may get each other's answer; all
// other requests get their own answer in any order.
//
// # Time
//
// Replay takes no time and does no input or output after Open. In a bubble of
// testing/synctest, the waits between retries pass at once.
package cassette
