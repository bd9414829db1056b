//go:build !race

package client

// thin: all of what takes long.
const thin = 1
