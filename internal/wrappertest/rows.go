package wrappertest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// listed is how many rows the lists of Page have.
const listed = 7

// Rows returns the rows of the page that a request asks for: those from a position on,
// which stands in the parameter cursor, and as many as stands in size. row makes one of a
// number from 1. next is the position behind them, more whether there are others.
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

// Row is a row with an id and nothing else.
func Row(n int) string { return fmt.Sprintf(`{"id":"id%d"}`, n) }

// Listed is how many rows there are in all.
func Listed() int { return listed }
