package wrappertest

import "github.com/memberships-go/memberships/option"

// Deleted calls a deletion and returns what the provider answered about what is gone.
func Deleted[T any](remove func(...option.Option) error) (*T, error) {
	gone := new(T)
	if err := remove(option.WithDeleted(gone)); err != nil {
		return nil, err
	}
	return gone, nil
}
