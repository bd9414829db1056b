package faulttest

import (
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/memberships-go/memberships/internal/deeptest"
)

const (
	file = "../../testdata/faults.json"
	// minCells is the minimum number of cells.
	minCells = 2500
)

func load(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// tally counts problems over all cells.
type tally struct {
	mu                     sync.Mutex
	cells, struck, excused int
	found                  [problems]int
	listed                 map[string]int // problems by fault, capped so that one fault does not hide others
}

func (y *tally) count(t *testing.T, c cell, o outcome) {
	t.Helper()
	y.mu.Lock()
	defer y.mu.Unlock()
	y.cells++
	if o.observed.Struck > 0 {
		y.struck++
	}
	if o.excused {
		y.excused++
	}
	for p, texts := range o.found {
		if len(texts) == 0 {
			continue
		}
		y.found[p]++
		key := fmt.Sprint(c.of, c.fault.Name, p)
		if y.listed[key]++; y.listed[key] <= 2 {
			t.Errorf("%s: %s: %s", c, problemNames[p], strings.Join(texts, "\n\t"))
		} else {
			t.Fail()
		}
	}
}

// seed selects the cells of a sample.
const seed = "1"

// sampled reports whether a run includes the cell: an eighth of the cells, selected by name,
// or all under make deep or if FAULT names the fault.
func (c cell) sampled() bool {
	if deeptest.Enabled() || os.Getenv("FAULT") != "" {
		return true
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(seed + c.String()))
	return h.Sum32()%8 == 0
}

// TestMatrix runs every fault with every operation of every provider at every place, and
// judges the emulator's final state.
func TestMatrix(t *testing.T) {
	catalogue := load(t)
	start := time.Now()
	y := &tally{listed: map[string]int{}}
	t.Run("cells", func(t *testing.T) {
		for _, a := range adapters {
			t.Run(a.String(), func(t *testing.T) {
				t.Parallel()
				pages := countPages(t, catalogue, a)
				for i, f := range catalogue.Faults {
					if only := os.Getenv("FAULT"); only != "" && only != f.Name || only == "" && i%step != 0 {
						continue
					}
					for _, op := range Ops {
						if !a.has(op) || !f.Applies(a.name, op) {
							continue
						}
						for _, place := range Places(op) {
							c := cell{f, catalogue.Providers[a.name], a, op, place, pages}
							if c.sampled() {
								y.count(t, c, run(t, c))
							}
						}
					}
				}
			})
		}
	})
	var zeros []string
	for p, n := range y.found {
		zeros = append(zeros, fmt.Sprintf("%d %s", n, problemNames[p]))
	}
	t.Logf("%d faults, %d cells (%d of them met their fault, %d excused): %s; %v",
		len(catalogue.Faults), y.cells, y.struck, y.excused, strings.Join(zeros, ", "), time.Since(start).Round(time.Second))
	if y.cells < minCells && os.Getenv("FAULT") == "" {
		t.Errorf("%d cells, want %d", y.cells, minCells)
	}
}

// countPages counts the pages of a list, after checking that every operation works
// without a fault.
func countPages(t *testing.T, catalogue *Catalogue, a *adapter) int {
	t.Helper()
	none := &Fault{Name: "none"}
	pages := 0
	for _, op := range Ops {
		if !a.has(op) {
			continue
		}
		c := cell{none, catalogue.Providers[a.name], a, op, EveryPage, 0}
		o := run(t, c)
		for p, texts := range o.found {
			for _, text := range texts {
				t.Fatalf("%s: %s: %s", c, problemNames[p], text)
			}
		}
		if o.err != nil {
			t.Fatalf("%s: %v", c, o.err)
		}
		if op == List {
			pages = o.observed.Requests
		} else if want := map[bool]int{true: 1}[Writes(op)]; o.observed.Effects != want {
			t.Fatalf("%s: %d effects, want %d", c, o.observed.Effects, want)
		}
	}
	if pages < 3 {
		t.Fatalf("%s: a listing takes %d requests, too few for first, second and last", a, pages)
	}
	return pages
}

// TestCatalogue checks that the catalogue is valid and covers every fault that a
// transport can see.
func TestCatalogue(t *testing.T) {
	numbers := map[int]bool{}
	for _, f := range load(t).Faults {
		numbers[f.Catalogue] = true
	}
	t.Logf("numbers of the catalogue: %v", slices.Sorted(maps.Keys(numbers)))
	for _, n := range visible {
		if !numbers[n] {
			t.Errorf("number %d of the catalogue has no fault", n)
		}
	}
}

// visible are the catalogue's kinds of fault between client and provider. The others are
// inside the client or the command: ids, options, webhooks, plans, cassettes, iterators.
var visible = []int{
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
	31, 32, 33, 34, 35, 37, 38, 39, 40, 41, 42, 45, 54, 65, 66,
}
