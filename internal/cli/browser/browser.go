// Package browser opens a page in the user's browser.
package browser

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
)

// errNone is the error of a machine without a browser.
var errNone = errors.New("there is no browser")

// Open opens a page. It returns an error if there is no program for that, or no screen.
func Open(ctx context.Context, url string, getenv func(string) string) error {
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "darwin":
		cmd = exec.CommandContext(ctx, "open", url)
	case "windows":
		cmd = exec.CommandContext(ctx, "rundll32", "url.dll,FileProtocolHandler", url)
	default:
		if program := getenv("BROWSER"); program != "" {
			cmd = exec.CommandContext(ctx, program, url)
			break
		}
		if getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "" {
			return errNone
		}
		cmd = exec.CommandContext(ctx, "xdg-open", url)
	}
	cmd.Env = environment(os.Environ())
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }()
	return nil
}
