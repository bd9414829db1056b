// Command specdrift tells what a vendor's API description has and ours lacks.
//
//	go run ./scripts/specdrift -spec specs/box/openapi.yaml -upstream openapi.json
//
// A maintainer runs it on a newer document of the vendor's. It compares the
// operations that we cover, down to each property of what they take and answer,
// and names the vendor's operations that we do not cover. The vendor's document
// is OpenAPI 3.0 or 3.1 or a Google discovery document, in JSON or YAML; -upstream may be
// given several times for a vendor that publishes several.
//
// It prints one line for each difference and a summary. What only our document
// has, such as error bodies that a vendor does not describe, is told with -v and
// is no failure. The exit status is 0 when no difference is left without an
// excuse, 1 when one is, and 2 for wrong usage or a file that cannot be read
// (go run itself turns 2 into 1).
//
// # drift.yaml
//
// What our document leaves out on purpose stands, with a reason, in drift.yaml
// beside it, or in the file that -excuses names:
//
//	# before the paths of a vendor's document that names no server
//	upstream_prefix: /v1
//	# where a new operation matters; without it, everywhere
//	watch: [/v1/rooms/**, /v1/rooms]
//	# operations of the vendor's that we do not cover
//	ignore_operations:
//	  - {operation: GET /v1/users/count, reason: a listing tells its total}
//	  - {operation: '* /v1/rooms/{id}/files/**', reason: files are not our subject}
//	# differences in what we cover
//	excuses:
//	  - {operation: GET /v1/rooms, parameter: debug, reason: for the vendor's staff}
//	  - {parameter: alt, form: discovery, reason: answers are JSON}
//	  - {schema: Room, property: theme.*, reason: only a vendor's own client shows it}
//	  - {operation: POST /v1/rooms, property: color, kind: enum, reason: the value is refused}
//	  - {operation: DELETE /v1/rooms/{id}, reason: the vendor does not document it}
//
// An operation is a method and a path with our prefix; names of path parameters
// do not matter. In watch and ignore_operations * is any method or one segment
// of a path, and ** is any rest. An excuse with
//
//   - a parameter is for that parameter of the operation, or of every operation;
//   - a schema and a property is for that property of a named schema of ours;
//   - an operation and a property is for a property of an unnamed schema there;
//   - neither is for the schema itself, or for the operation, its bodies and the
//     statuses of its answers.
//
// Properties are paths: a.b is b in a, a[].b is b in the items of a, a{}.b is b
// in the values of the map a. "*" is all of them and "a.*" all below a. A kind
// narrows an excuse to one sort of difference: removed, missing, type, enum,
// nullable or required. A form (openapi or discovery) is for a vendor who
// publishes both: the entry is then expected to be needed in that form alone.
// An entry that nothing needs any more fails the check, so that excuses do not rot.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

const (
	exitClean = iota
	exitDrift
	exitUsage
)

type config struct {
	spec     string
	upstream files
	excuses  string
	output   string
	whole    bool
	verbose  bool
}

// files is a flag that may be given several times.
type files []string

func (f *files) String() string { return strings.Join(*f, ", ") }

func (f *files) Set(name string) error {
	*f = append(*f, name)
	return nil
}

func run(args []string, stdout, stderr io.Writer) int {
	cfg, err := parseFlags(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitClean
	case err != nil:
		fmt.Fprintf(stderr, "specdrift: %v\nrun specdrift -h for the flags\n", err)
		return exitUsage
	}
	r, err := check(cfg)
	if err != nil {
		fmt.Fprintf(stderr, "specdrift: %v\n", err)
		return exitUsage
	}
	write := r.writeText
	if cfg.output == "json" {
		write = r.writeJSON
	}
	if err := write(stdout, cfg.verbose); err != nil {
		fmt.Fprintf(stderr, "specdrift: %v\n", err)
		return exitUsage
	}
	if !r.clean() {
		return exitDrift
	}
	return exitClean
}

func parseFlags(args []string, stderr io.Writer) (config, error) {
	var cfg config
	fs := flag.NewFlagSet("specdrift", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&cfg.spec, "spec", "", "our document, an OpenAPI `file`")
	fs.Var(&cfg.upstream, "upstream", "the vendor's document, a `file` of OpenAPI 3 or Google discovery; may be repeated")
	fs.StringVar(&cfg.excuses, "excuses", "", "the `file` of excuses (default drift.yaml beside -spec, if it is there)")
	fs.StringVar(&cfg.output, "o", "text", "the output's `form`: text or json")
	fs.BoolVar(&cfg.whole, "whole", false, "fail on an operation of ours that the vendor's document lacks: it is no excerpt")
	fs.BoolVar(&cfg.verbose, "v", false, "tell also what only our document has and what is excused")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fs.SetOutput(stderr)
			fmt.Fprintln(stderr, "usage: specdrift -spec FILE -upstream FILE [-excuses FILE] [-o text|json] [-whole] [-v]")
			fs.PrintDefaults()
		}
		return cfg, err
	}
	switch {
	case fs.NArg() > 0:
		return cfg, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	case cfg.spec == "":
		return cfg, errors.New("-spec is missing: it names our document")
	case len(cfg.upstream) == 0:
		return cfg, errors.New("-upstream is missing: it names the vendor's document")
	case cfg.output != "text" && cfg.output != "json":
		return cfg, fmt.Errorf("-o %s is unknown: text or json", cfg.output)
	}
	return cfg, nil
}

// check reads the files and compares them.
func check(cfg config) (*report, error) {
	ex := &excuses{}
	file := cfg.excuses
	if file == "" {
		beside := filepath.Join(filepath.Dir(cfg.spec), "drift.yaml")
		if _, err := os.Stat(beside); err == nil {
			file = beside
		}
	}
	if file != "" {
		var err error
		if ex, err = loadExcuses(file); err != nil {
			return nil, err
		}
	}
	ours, err := loadDocument(cfg.spec, "")
	if err != nil {
		return nil, err
	}
	var theirs []*document
	for _, name := range cfg.upstream {
		doc, err := loadDocument(name, ex.UpstreamPrefix)
		if err != nil {
			return nil, err
		}
		theirs = append(theirs, doc)
	}
	c := compare(ours, theirs)
	return newReport(ex.apply(c, cfg.whole), c.compared, cfg.whole), nil
}
