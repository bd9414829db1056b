// Command specdrift tells what a provider's API description has and ours lacks.
//
//	go run ./scripts/specdrift -whole -spec specs/box/openapi.yaml -upstream openapi.json
//
// A maintainer runs it on a newer document of the provider's. It compares the
// operations that we cover, down to each property of what they take and answer,
// and names the provider's operations that we do not cover. The provider's document
// is OpenAPI 3 or a Google discovery document, in JSON or YAML; -upstream may be
// given several times for a provider that publishes several.
//
// It prints one line for each difference, and a summary. With -v it also tells
// what is excused and what our document alone has, such as error bodies that a
// provider does not describe, which is no failure. An operation that the provider's
// document lacks is always told, and fails with -whole, which says that the
// document is no excerpt. With -o json the output is for programs.
//
// The exit status is 0 when no difference is left without an excuse, 1 when one
// is, and 2 for wrong usage or a file that cannot be read. (go run itself ends
// with 1 whenever the command does not end with 0.)
//
// # What is compared
//
// Operations are the same when method and path are, whatever the names of path
// parameters; the path of the server that a document, path or operation names
// goes before the path. Schemas are compared by what they say of a value, through
// references, allOf, oneOf and anyOf: which properties there are, of which type,
// values and nullness, and in requests which of them are required. Differences
// in a named schema are told once and by our name for it. int32 and int64 are
// one type and integer and number are two; formats of strings count when both
// sides name one. Limits such as maxLength, patterns, defaults, headers of
// answers and prose are not compared.
//
// # drift.yaml
//
// What our document leaves out on purpose, or says differently, stands with a
// reason in drift.yaml beside it, or in the file that -excuses names:
//
//	# goes before the paths of a provider's document that names no server
//	upstream_prefix: /v1
//	# where a new operation of the provider's matters; without it, everywhere
//	watch:
//	  - /v1/rooms/**
//	# operations of the provider's that we do not cover
//	ignore_operations:
//	  - {operation: GET /v1/rooms/count, reason: a listing tells its total}
//	  - {operation: '* /v1/rooms/{id}/files/**', reason: files are not our subject}
//	# differences in what we cover
//	excuses:
//	  - {operation: GET /v1/rooms, parameter: debug, reason: for the provider's staff}
//	  - {parameter: [alt, key], form: discovery, reason: answers are JSON}
//	  - {schema: Room, property: theme.*, reason: only the provider's own client shows it}
//	  - {schema: Room, property: size, kind: type, reason: there are no half seats}
//	  - {operation: POST /v1/rooms, property: color, reason: it is refused}
//	  - {operation: 'DELETE /v1/rooms/{id}', kind: removed, reason: works, though undocumented}
//
// An operation is a method and a path with the prefix. Names of path parameters
// do not matter; * is any method, or any part of one segment of a path, and a
// last ** is any rest of it. An excuse is
//
//   - with parameter, for parameters of the operation, or of every operation;
//   - with schema and property, for properties of our schema of that name;
//   - with operation and property, for properties of a schema there without a name;
//   - with operation or schema alone, for just that: the operation, its bodies and
//     the statuses of its answers, or the schema but none of its properties;
//   - with reference, for a $ref of the provider's that leads nowhere.
//
// Properties are paths: a.b is b in a, a[].b is b in the items of a, a{}.b is b
// in the values of the map a. "*" is all of them and "a.*" all below a. Several
// parameters or properties may stand in a list.
//
// Every entry needs a reason. A kind narrows an excuse to one sort of difference:
// missing, type, enum, nullable, required, removed or broken. A form, openapi or
// discovery, narrows an entry to a provider's documents of that form. An entry that
// nothing needs any more fails the check, so that excuses do not rot, unless it is
// for an operation of ours, or a schema, that an excerpt of the provider's document
// does not hold.
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
	fs.Var(&cfg.upstream, "upstream", "the provider's document, a `file` of OpenAPI 3 or Google discovery; may be repeated")
	fs.StringVar(&cfg.excuses, "excuses", "", "the `file` of excuses (default drift.yaml beside -spec, if it is there)")
	fs.StringVar(&cfg.output, "o", "text", "the output's `form`: text or json")
	fs.BoolVar(&cfg.whole, "whole", false, "fail on an operation of ours that the provider's document lacks: it is no excerpt")
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
		return cfg, errors.New("-upstream is missing: it names the provider's document")
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
