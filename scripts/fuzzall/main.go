// Command fuzzall runs every fuzz target of this module, one after another: go test
// takes only one at a time.
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

func main() {
	fuzztime := flag.String("fuzztime", "10s", "how long each target runs")
	flag.Parse()
	if err := run(*fuzztime); err != nil {
		fmt.Fprintln(os.Stderr, "fuzzall:", err)
		os.Exit(1)
	}
}

func run(fuzztime string) error {
	var errs bytes.Buffer
	list := exec.Command("go", "test", "-list", "^Fuzz", "./...")
	list.Stderr = &errs
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("listing targets: %w\n%s", err, errs.String())
	}
	ran := 0
	var targets []string
	for sc := bufio.NewScanner(bytes.NewReader(out)); sc.Scan(); {
		line := sc.Text()
		if strings.HasPrefix(line, "Fuzz") {
			targets = append(targets, line)
			continue
		}
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "ok" {
			for _, target := range targets {
				fmt.Println(f[1], target)
				cmd := exec.Command("go", "test", "-run", "^$", "-fuzz", "^"+target+"$", "-fuzztime", fuzztime, f[1])
				cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
				if err := cmd.Run(); err != nil {
					return fmt.Errorf("%s %s: %w", f[1], target, err)
				}
				ran++
			}
		}
		targets = nil
	}
	fmt.Println(ran, "fuzz targets ran for", fuzztime, "each")
	return nil
}
