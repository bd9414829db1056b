package output

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/itchyny/gojq"

	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/internal/row"
)

// queryGrace is the time that an expression may run after an interrupt. A report of
// changes is still printed, and an endless expression ends.
const queryGrace = 2 * time.Second

// query is a --jq expression. It can read neither files nor the environment.
type query struct{ code *gojq.Code }

func compileQuery(expression string) (*query, error) {
	if strings.TrimSpace(expression) == "" {
		return nil, errors.New("the expression is empty")
	}
	parsed, err := gojq.Parse(expression)
	if err != nil {
		return nil, err
	}
	code, err := gojq.Compile(parsed)
	if err != nil {
		return nil, err
	}
	return &query{code}, nil
}

// run calls each with every result for one value.
func (q *query) run(ctx context.Context, value any, each func(any) error) error {
	results := q.code.RunWithContext(ctx, value)
	for {
		v, ok := results.Next()
		if !ok {
			return nil
		}
		err, failed := v.(error)
		if halt := (*gojq.HaltError)(nil); errors.As(err, &halt) && halt.ExitCode() == 0 {
			return nil
		}
		if !failed {
			err = each(v)
		}
		if err != nil {
			return err
		}
	}
}

// jqPrinter holds all records and prints the results of an expression for their JSON, an
// array or one object. An incomplete output is no JSON, so the expression does not run on
// it.
type jqPrinter struct {
	w        io.Writer
	ctx      context.Context
	query    *query
	names    []string
	single   bool
	terminal bool
	grace    time.Duration
	rows     []any
	line     []byte
}

func (p *jqPrinter) print(texts []string) error {
	row := make(map[string]any, len(texts))
	for i, text := range texts {
		row[p.names[i]] = strings.ToValidUTF8(text, "\ufffd")
	}
	p.rows = append(p.rows, row)
	return nil
}

func (p *jqPrinter) end(complete bool) error {
	if !complete {
		return nil
	}
	ctx, cancel := interrupt.WithGrace(p.ctx, p.grace)
	defer cancel()
	var written error
	err := p.query.run(ctx, p.input(p.rows), func(v any) error {
		written = p.result(v)
		return written
	})
	if err == nil || written != nil || ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("--jq: %s: %w", p.failing(ctx, err), err)
}

// input returns the JSON of rows as -o json prints it.
func (p *jqPrinter) input(rows []any) any {
	if p.single {
		return rows[0]
	}
	return append([]any{}, rows...)
}

// result prints a string raw and any other value as a line of JSON. On a terminal,
// control characters are escaped except for line ends and tabs.
func (p *jqPrinter) result(v any) error {
	s, raw := v.(string)
	switch {
	case raw && p.terminal:
		p.line = row.AppendEscaped(p.line[:0], s, "\n\t")
	case raw:
		p.line = append(p.line[:0], s...)
	default:
		b, err := gojq.Marshal(v)
		if err != nil {
			return err
		}
		p.line = row.AppendEscaped(p.line[:0], string(b), "")
	}
	p.line = append(p.line, '\n')
	_, err := p.w.Write(p.line)
	return err
}

// failing names the first row whose error equals the error of all rows.
func (p *jqPrinter) failing(ctx context.Context, all error) string {
	for i, row := range p.rows {
		alone := p.query.run(ctx, p.input([]any{row}), func(any) error { return nil })
		if alone != nil && alone.Error() == all.Error() {
			return fmt.Sprintf("row %s%s", phrase.Number(int64(i+1)), identity(row))
		}
	}
	return "the " + phrase.Count(len(p.rows), "row") + " together"
}

// identity describes the record of a row.
func identity(row any) string {
	fields, _ := row.(map[string]any)
	for _, name := range []string{"member_id", "member", "email", "group_id", "operation", "provider"} {
		if value, _ := fields[name].(string); value != "" {
			return " (" + name + " " + value + ")"
		}
	}
	return ""
}
