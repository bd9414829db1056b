package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A report is the findings in the order in which they are printed.
type report struct {
	findings []finding
	summary  summary
}

type summary struct {
	Compared    int `json:"compared"`      // operations that both sides have
	Differences int `json:"differences"`   // failures
	Excused     int `json:"excused"`       // differences with an excuse
	OnlyOurs    int `json:"only_ours"`     // what the provider does not describe
	Unknown     int `json:"unknown"`       // operations of ours that the provider does not describe
	Stale       int `json:"stale_excuses"` // failures too
	Elsewhere   int `json:"elsewhere"`     // operations of the provider's that are not watched
}

// newReport orders and counts the findings. When the provider's document is
// whole, an operation of ours that it lacks is a failure.
func newReport(findings []finding, compared int, whole bool) *report {
	findings = collapse(findings, compared)
	slices.SortStableFunc(findings, compareFindings)
	r := &report{findings: findings}
	r.summary.Compared = compared
	for _, f := range findings {
		switch {
		case f.kind == kindStale:
			r.summary.Stale++
		case f.kind == kindOnlyOurs:
			r.summary.OnlyOurs++
		case f.kind == kindElsewhere:
			r.summary.Elsewhere++
		case f.excuse != "":
			r.summary.Excused++
		case f.kind == kindRemoved && !whole:
			r.summary.Unknown++
		default:
			r.summary.Differences++
		}
	}
	return r
}

// everyOperation stands for the operation in what is the same for all of them.
const everyOperation = "every operation"

// collapse tells once what is the same for every operation.
func collapse(findings []finding, operations int) []finding {
	count := map[finding]int{}
	once := func(f finding) finding {
		f.operation = everyOperation
		return f
	}
	for _, f := range findings {
		if f.operation != "" && f.part != "" {
			count[once(f)]++
		}
	}
	var out []finding
	told := map[finding]bool{}
	for _, f := range findings {
		if n := count[once(f)]; n > 1 && n == operations {
			if f = once(f); told[f] {
				continue
			}
			told[f] = true
		}
		out = append(out, f)
	}
	return out
}

// clean says whether the check passed.
func (r *report) clean() bool { return r.summary.Differences == 0 && r.summary.Stale == 0 }

// compareFindings puts operations first, by path, then what every operation
// lacks, schemas by name, and last the excuses in the order of their file.
func compareFindings(a, b finding) int {
	group := func(f finding) int {
		switch {
		case f.kind == kindStale:
			return 4
		case f.kind == kindBroken:
			return 3
		case f.schema != "":
			return 2
		case f.operation == everyOperation:
			return 1
		}
		return 0
	}
	path := func(f finding) string {
		_, path, _ := strings.Cut(f.operation, " ")
		return path
	}
	if c := cmp.Compare(group(a), group(b)); c != 0 || a.kind == kindStale {
		return c // stale excuses stay in the order of the file
	}
	return cmp.Or(
		cmp.Compare(path(a), path(b)), cmp.Compare(a.operation, b.operation), cmp.Compare(a.schema, b.schema),
		cmp.Compare(a.part, b.part), cmp.Compare(a.path, b.path), cmp.Compare(a.kind, b.kind), cmp.Compare(a.text, b.text),
	)
}

// informs says whether a finding is printed only on request.
func (f finding) informs() bool {
	return f.kind == kindOnlyOurs || f.kind == kindElsewhere || f.excuse != ""
}

func (f finding) String() string {
	var words []string
	switch {
	case f.schema != "":
		words = append(words, "schema "+f.schema)
	case f.operation != "":
		words = append(words, f.operation)
	}
	for _, w := range []string{f.part, f.path, f.text} {
		if w != "" {
			words = append(words, w)
		}
	}
	if f.excuse != "" {
		words = append(words, "excused: "+f.excuse)
	}
	return strings.Join(words, "  ")
}

func (r *report) writeText(w io.Writer, verbose bool) error {
	var b strings.Builder
	for _, f := range r.findings {
		if verbose || !f.informs() {
			fmt.Fprintln(&b, f)
		}
	}
	s := r.summary
	fmt.Fprintf(&b, "%s compared: %s, %d excused, %d only ours",
		count(s.Compared, "operation"), count(s.Differences, "difference"), s.Excused, s.OnlyOurs)
	if s.Unknown > 0 {
		fmt.Fprintf(&b, ", %s of ours missing from the provider's document", count(s.Unknown, "operation"))
	}
	if s.Stale > 0 {
		fmt.Fprintf(&b, ", %s no longer needed", count(s.Stale, "excuse"))
	}
	if s.Elsewhere > 0 {
		fmt.Fprintf(&b, "; the provider has %s elsewhere", count(s.Elsewhere, "operation"))
	}
	fmt.Fprintln(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// jsonFinding is a finding as programs read it.
type jsonFinding struct {
	Kind      kind   `json:"kind"`
	Operation string `json:"operation,omitempty"`
	Schema    string `json:"schema,omitempty"`
	Part      string `json:"part,omitempty"`
	Name      string `json:"name,omitempty"`
	Message   string `json:"message"`
	Excuse    string `json:"excuse,omitempty"`
}

func (r *report) writeJSON(w io.Writer, verbose bool) error {
	out := struct {
		Findings []jsonFinding `json:"findings"`
		Summary  summary       `json:"summary"`
	}{Findings: []jsonFinding{}, Summary: r.summary}
	for _, f := range r.findings {
		if f.informs() && !verbose {
			continue
		}
		j := jsonFinding{Kind: f.kind, Operation: f.operation, Schema: f.schema, Part: f.part, Name: f.path, Message: f.text, Excuse: f.excuse}
		out.Findings = append(out.Findings, j)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
