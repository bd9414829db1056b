package wrappertest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// listed is the number of rows in every list of Page.
const listed = 7

// Rows returns the rows of a requested page. The query parameter cursor has the start,
// size the number of rows. row returns the row of a number from 1. next is the start of
// the following page; more reports whether it exists.
func Rows(req *http.Request, cursor, size string, row func(n int) string) (rows string, next int, more bool) {
	at, _ := strconv.Atoi(req.URL.Query().Get(cursor))
	n, err := strconv.Atoi(req.URL.Query().Get(size))
	if err != nil {
		n = listed
	}
	next = min(at+n, listed)
	var all []string
	for i := at; i < next; i++ {
		all = append(all, row(i+1))
	}
	return strings.Join(all, ","), next, next < listed
}

// Row returns a row with an id alone.
func Row(n int) string { return fmt.Sprintf(`{"id":"id%d"}`, n) }

// Listed returns the number of rows in every list.
func Listed() int { return listed }
