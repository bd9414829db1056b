package output

import "io"

// printer prints rows in one format. A row holds the texts of the fields.
type printer interface {
	// print may change the row and does not keep it.
	print(row []string) error
	// end prints the end of the output. An incomplete output gets no end, so a JSON array
	// stays open and no parser accepts it.
	end(complete bool) error
}

// newPrinter returns the printer of a valid format. names are those of the fields, and widths
// the widths of a table's columns if they are known. single omits the array around one JSON
// record.
func newPrinter(w io.Writer, o *Flags, on screen, names []string, widths []int, single bool) printer {
	switch {
	case o.query != nil:
		return &jqPrinter{w: w, ctx: o.context(), query: o.query, names: names, single: single, terminal: on.terminal, grace: queryGrace}
	case o.Format == "json":
		return &jsonPrinter{w: w, names: names, array: !single}
	case o.Format == "ndjson":
		return &jsonPrinter{w: w, names: names}
	case o.Format == "csv":
		return newCSVPrinter(w, names, !o.noHeaders)
	}
	return newTablePrinter(w, names, widths, on, !o.noHeaders)
}

// terminalPrinter is newPrinter for stdout. report notes whether a terminal got replaced
// characters.
func terminalPrinter(c *Console, w io.Writer, o *Flags, names []string, widths []int, single bool) (p printer, report func()) {
	p = newPrinter(w, o, c.screen(), names, widths, single)
	csv, ok := p.(*csvPrinter)
	if !ok {
		return p, func() {}
	}
	csv.terminal = c.StdoutTerminal
	return p, func() {
		if csv.changed {
			c.Note("some values hold characters that are not for terminals, and are shown with others; in a file or a pipe they are as they are")
		}
	}
}
