// Command decodegen writes the decoders of one generated package: decode.gen.go, with
// a method for every type of a response, and decode.gen_test.go, which compares them with
// encoding/json. It runs in the package's folder, after oapi-codegen.
//
// It reads the Go types from client.gen.go and the responses from the document. An
// unsupported type fails the run.
//
// With -document, it writes the document as compact JSON instead, which the emulator
// checks requests against.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	spec := flag.String("spec", "", "the OpenAPI document whose answers are decoded")
	document := flag.String("document", "", "the file for the document as JSON, in place of the decoders")
	flag.Parse()
	if err := run(*spec, *document); err != nil {
		fmt.Fprintln(os.Stderr, "decodegen:", err)
		os.Exit(1)
	}
}

func run(spec, target string) error {
	document, err := os.ReadFile(spec)
	if err != nil {
		return err
	}
	if target != "" {
		text, err := compact(document)
		if err != nil {
			return fmt.Errorf("%s: %w", spec, err)
		}
		return os.WriteFile(target, text, 0o644)
	}
	source, err := os.ReadFile("client.gen.go")
	if err != nil {
		return err
	}
	files, err := generate(spec, document, source)
	if err != nil {
		return fmt.Errorf("%s: %w", spec, err)
	}
	for name, text := range files {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the content of the files by name; spec is the path of the document.
func generate(spec string, document, source []byte) (map[string][]byte, error) {
	schemas, err := answers(document)
	if err != nil {
		return nil, err
	}
	s, err := parse(source)
	if err != nil {
		return nil, err
	}
	marks, err := readStrictness(document)
	if err != nil {
		return nil, err
	}
	p, err := s.plan(schemas, marks)
	if err != nil {
		return nil, err
	}
	p.Spec = spec
	return p.files()
}
