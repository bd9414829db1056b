// Command underload runs a command beside loops that keep three processors busy, as
// `go run ./scripts/underload go test ./...` does, and exits as the command does: no test
// may depend on how fast the machine is.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

const loops = 3

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: underload COMMAND [ARGUMENT ...]")
		os.Exit(2)
	}
	os.Exit(run(os.Args[1], os.Args[2:]))
}

func run(name string, args []string) int {
	runtime.GOMAXPROCS(loops + 1) // one for the command's output
	for range loops {
		go func() {
			for i := 0; ; i++ { // until the program ends
			}
		}()
	}
	cmd := exec.Command(name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return exit.ExitCode()
	case err != nil:
		fmt.Fprintln(os.Stderr, "underload:", err)
		return 1
	}
	return 0
}
