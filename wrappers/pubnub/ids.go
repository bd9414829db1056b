package pubnub

import (
	"fmt"
	"strings"

	"github.com/memberships-go/memberships/internal/transport"
)

const maxIDBytes = 92

// checkID refuses an id that PubNub refuses for users and channels.
func checkID(name, id string) error {
	if err := transport.CheckID(name, id); err != nil {
		return err
	}
	if len(id) > maxIDBytes {
		return fmt.Errorf("%s is longer than %d bytes", name, maxIDBytes)
	}
	if i := strings.IndexAny(id, `,/\*:`); i >= 0 {
		return fmt.Errorf("%s holds a %q, which ids do not have", name, id[i])
	}
	return nil
}
