//go:build race

package client

// thin: under the race detector, which is many times slower, a tenth of what takes long
// has to do.
const thin = 10
