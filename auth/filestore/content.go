package filestore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/memberships-go/memberships/auth"
)

// content is the JSON of a file. Name is the file's own name without its ending, so that a
// file that was copied to another name is not the credential of that name.
type content struct {
	Format     string          `json:"format"`
	Name       string          `json:"name"`
	Credential json.RawMessage `json:"credential"`
}

const format = "memberships store 1"

// maxFile is the size of the largest file that is read or written.
const maxFile = 256 << 10

// encode returns the content of a file.
func (s *Store) encode(ctx context.Context, base string, c *auth.Credential) ([]byte, error) {
	credential, err := c.Marshal()
	if err != nil {
		return nil, errors.New("the credential is no JSON")
	}
	data, err := json.Marshal(content{format, base, credential})
	if err != nil {
		return nil, errors.New("the credential is no JSON")
	}
	data = append(data, '\n')
	if s.seal != nil {
		if data, err = s.seal.close(ctx, data); err != nil {
			return nil, err
		}
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("the credential has %d bytes, and a file has at most %d", len(data), maxFile)
	}
	return data, nil
}

// decode returns the credential of a file. No error quotes the content.
func (s *Store) decode(ctx context.Context, base string, data []byte) (*auth.Credential, error) {
	switch encrypted := isSealed(data); {
	case encrypted && s.seal == nil:
		return nil, ErrEncrypted
	case encrypted:
		var err error
		if data, err = s.seal.open(ctx, data); err != nil {
			return nil, err
		}
	case s.seal != nil && len(data) > 0 && data[0] == '{':
		return nil, ErrNotEncrypted
	}
	var v content
	if json.Unmarshal(data, &v) != nil || v.Format == "" {
		return nil, ErrDamaged
	}
	switch {
	case v.Format != format:
		return nil, errors.New("the file has a format that this release does not know")
	case v.Name != base:
		return nil, errors.New("the file has the credential of another name")
	}
	c, err := auth.Unmarshal(v.Credential)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return c, nil
}
