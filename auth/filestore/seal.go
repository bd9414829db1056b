package filestore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"filippo.io/age"
)

const (
	// workFactor takes about half a second and 128 MiB.
	workFactor = 17
	// maxWorkFactor is the largest work factor of a file that is read, the default of the
	// program age. Each further one doubles time and memory.
	maxWorkFactor = 18
)

// ageIntro is the beginning of each encrypted file.
const ageIntro = "age-encryption.org/v1\n"

func isSealed(data []byte) bool { return bytes.HasPrefix(data, []byte(ageIntro)) }

// seal encrypts with a passphrase. It derives one key at a time, because each takes much
// memory.
type seal struct {
	recipient *age.ScryptRecipient
	identity  *age.ScryptIdentity
	turn      chan struct{}
	opened    atomic.Int64 // files
}

func newSeal(passphrase string, workFactor int) (*seal, error) {
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, errors.New("the passphrase is empty")
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, errors.New("the passphrase is empty")
	}
	recipient.SetWorkFactor(workFactor)
	identity.SetMaxWorkFactor(maxWorkFactor)
	return &seal{recipient: recipient, identity: identity, turn: make(chan struct{}, 1)}, nil
}

// close returns data encrypted.
func (s *seal) close(ctx context.Context, data []byte) ([]byte, error) {
	return s.await(ctx, func() ([]byte, error) {
		var out bytes.Buffer
		w, err := age.Encrypt(&out, s.recipient)
		if err != nil {
			return nil, fmt.Errorf("encryption: %w", err)
		}
		if _, err := w.Write(data); err != nil {
			return nil, fmt.Errorf("encryption: %w", err)
		}
		if err := w.Close(); err != nil {
			return nil, fmt.Errorf("encryption: %w", err)
		}
		return out.Bytes(), nil
	})
}

// open returns data decrypted. The errors of package age quote parts of the file and are
// replaced.
func (s *seal) open(ctx context.Context, data []byte) ([]byte, error) {
	return s.await(ctx, func() ([]byte, error) {
		s.opened.Add(1)
		r, err := age.Decrypt(bytes.NewReader(data), s.identity)
		if err != nil {
			var wrong *age.NoIdentityMatchError
			if errors.As(err, &wrong) {
				return nil, ErrPassphrase
			}
			return nil, fmt.Errorf("%w: its header is cut, changed, or has a work factor above %d", ErrDamaged, maxWorkFactor)
		}
		plain, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("%w: it was cut or changed after it was encrypted", ErrDamaged)
		}
		return plain, nil
	})
}

// await returns the result of work, which cannot be stopped, or the end of ctx.
func (s *seal) await(ctx context.Context, work func() ([]byte, error)) ([]byte, error) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		defer func() { <-s.turn }()
		data, err := work()
		done <- result{data, err}
	}()
	select {
	case r := <-done:
		return r.data, r.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
