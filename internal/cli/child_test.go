package cli

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

// child is a command for emulate to run.
func child() {
	fail := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(99)
		}
	}
	switch args := os.Args[1:]; args[0] {
	case "url":
		fmt.Println(os.Getenv(emulatorVariable))
	case "echo":
		_, err := io.Copy(os.Stdout, os.Stdin)
		fail(err)
		fmt.Fprintln(os.Stderr, "to stderr")
		fmt.Println(strings.Join(args[1:], " "))
	case "exit":
		code, err := strconv.Atoi(args[1])
		fail(err)
		os.Exit(code)
	case "kill":
		number, err := strconv.Atoi(args[1])
		fail(err)
		self, err := os.FindProcess(os.Getpid())
		fail(err)
		fail(self.Signal(syscall.Signal(number)))
		select {}
	case "health":
		resp, err := http.Get(os.Getenv(emulatorVariable) + "/_emulator/health")
		fail(err)
		fmt.Println(resp.StatusCode)
	case "signal": // ends with the number of the first signal
		signals := make(chan os.Signal, 1)
		signal.Notify(signals)
		fmt.Println("ready", os.Getenv(emulatorVariable))
		for s := range signals {
			if number := int(s.(syscall.Signal)); number < 16 { // others are the runtime's own
				os.Exit(number)
			}
		}
	}
}
