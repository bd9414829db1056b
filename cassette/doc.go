// Package cassette records HTTP traffic into a file and replays it with the network shut:
// a test talks to the provider once, and to the file from then on.
//
//	func TestRooms(t *testing.T) {
//		c := cassette.ForTest(t)
//		client, err := webex.New(option.WithHTTPClient(c.Client()),
//			option.WithToken(c.Env("WEBEX_ACCESS_TOKEN", "token")))
//		...
//
// CASSETTE=record go test records testdata/cassettes/TestRooms.yaml, and go test replays
// it. Any http.Client can be recorded, and [Open] is for programs without package testing.
//
// # Matching
//
// A recording answers a request with the same method, scheme, host, path, query and body:
// once, and equal requests in the order of the file. The order of parameters, of a form's
// fields and of the members of a JSON object does not count, nor do credentials, headers,
// and the port of a loopback address. A request without a recording fails with
// [ErrNotRecorded] and the recording that comes nearest; nothing is sent. Close reports
// those requests again, and the recordings that no request has asked for.
//
// # Secrets
//
// A recording keeps few headers, and none that carries a credential. Parameters and fields
// whose names say that they hold a credential read REDACTED. So does a value of eight bytes
// or more that was sent or received as one, such as an access_token or in a header, wherever
// it is repeated. E-mail addresses outside
// of example.com become person-<hash>@example.com; replay gives an address back that the
// test itself has sent. Close does not save a file that would still hold a credential in
// another encoding: it returns [ErrSecret] and leaves the old file as it was.
//
// # Concurrency
//
// A Cassette may be used by several goroutines. The file has recordings in the order in
// which the answers came, so equal requests at the same time may be answered the other way
// round in replay; all others get their own answer in any order.
//
// # Time
//
// Replay takes no time and does no input or output after Open, so the waits of a client
// that retries pass at once in a bubble of testing/synctest.
package cassette
