package wrappertest

import "github.com/memberships-go/memberships/option"

// Deleted calls a deletion and returns the provider's response body.
func Deleted[T any](remove func(...option.Option) error) (*T, error) {
	deleted := new(T)
	if err := remove(option.WithDeleted(deleted)); err != nil {
		return nil, err
	}
	return deleted, nil
}
