// Package report writes measurements as text, JSON or a Markdown table.
package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/memberships-go/memberships/bench/internal/measure"
)

// Report is the result of one run of the program.
type Report struct {
	Machine string
	Tables  []Table
	Targets []Target
	// Readme are the tables in docs/speed.md that were measured.
	Readme []Table
	// Trips is the table in docs/roundtrips.md, without rows if it was not measured.
	Trips Table
	// Measured are the underlying samples.
	Measured []Measured
}

// Measured are the runs of one job.
type Measured struct {
	Scenario string
	Job      measure.Job
	Samples  measure.Samples
}

// Table is a part of the report. Rows have the length of Columns; the first column names
// the row.
type Table struct {
	Title, Note string
	Columns     []string
	Rows        [][]string
}

// Target is a promise and its measured value.
type Target struct {
	What  string
	Got   float64
	Limit float64
	// AtLeast reports that Limit is a minimum; otherwise it is a maximum.
	AtLeast bool
}

// Met reports whether the promise is kept.
func (t Target) Met() bool {
	if t.AtLeast {
		return t.Got >= t.Limit
	}
	return t.Got <= t.Limit
}

// Add appends the parts of another report.
func (r *Report) Add(other Report) {
	r.Tables = append(r.Tables, other.Tables...)
	r.Targets = append(r.Targets, other.Targets...)
	r.Measured = append(r.Measured, other.Measured...)
	r.Readme = append(r.Readme, other.Readme...)
	if len(other.Trips.Rows) > 0 {
		r.Trips = other.Trips
	}
}

// Text writes the tables and then each target as met or missed.
func (r *Report) Text(w io.Writer) error {
	fmt.Fprintln(w, r.Machine)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, t := range r.Tables {
		fmt.Fprintf(tw, "\n%s\n", t.Title)
		if t.Note != "" {
			fmt.Fprintln(tw, t.Note)
		}
		line(tw, t.Columns)
		for _, row := range t.Rows {
			line(tw, row)
		}
		if err := tw.Flush(); err != nil {
			return err
		}
	}
	fmt.Fprintln(tw, "\ntargets")
	met := 0
	for _, t := range r.Targets {
		verdict, sign := "missed", "at most"
		if t.Met() {
			verdict = "met"
			met++
		}
		if t.AtLeast {
			sign = "at least"
		}
		line(tw, []string{verdict, t.What, number(t.Got), sign + " " + number(t.Limit)})
	}
	fmt.Fprintf(tw, "%d of %d met\n", met, len(r.Targets))
	return tw.Flush()
}

// JSON writes all of it.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// Markdown writes the tables of docs/speed.md and docs/roundtrips.md that were measured,
// each between its marks.
func (r *Report) Markdown(w io.Writer) error {
	var b strings.Builder
	for _, doc := range []struct {
		mark   string
		tables []Table
	}{{"bench", r.Readme}, {"trips", []Table{r.Trips}}} {
		var parts []string
		for _, t := range doc.tables {
			if len(t.Rows) > 0 {
				parts = append(parts, t.markdown())
			}
		}
		if len(parts) > 0 {
			fmt.Fprintf(&b, "<!-- %s -->\n%s<!-- end -->\n", doc.mark, strings.Join(parts, "\n"))
		}
	}
	if b.Len() == 0 {
		return errors.New("no document has a table of these scenarios")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdown returns the table with its title and note.
func (t *Table) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", t.Title)
	row := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	row(t.Columns)
	b.WriteString("|")
	for i := range t.Columns {
		b.WriteString(map[bool]string{true: "---|", false: "--:|"}[i == 0 || t.prose(i)])
	}
	b.WriteString("\n")
	for _, cells := range t.Rows {
		row(cells)
	}
	if t.Note != "" {
		fmt.Fprintf(&b, "\n%s\n", t.Note)
	}
	return b.String()
}

// prose reports whether a column has letters; any other column has numbers.
func (t *Table) prose(column int) bool {
	return slices.ContainsFunc(t.Rows, func(cells []string) bool { return strings.ContainsFunc(cells[column], unicode.IsLetter) })
}

func line(w io.Writer, cells []string) { fmt.Fprintln(w, "  "+strings.Join(cells, "\t")) }

// number formats v with three significant digits.
func number(v float64) string { return fmt.Sprintf("%.3g", v) }
