package measure

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/bench/internal/clients"
	"github.com/memberships-go/memberships/bench/internal/corpus"
)

func TestMedians(t *testing.T) {
	walls := func(ms ...int) (s Samples) {
		for _, d := range ms {
			s = append(s, Sample{Wall: time.Duration(d) * time.Millisecond})
		}
		return s
	}
	if got := walls(9, 1, 3).Of(Wall); got != 0.003 {
		t.Errorf("the median of 9, 1 and 3 is %v", got)
	}
	if got := walls(8, 2, 4, 6).Of(Wall); got != 0.005 {
		t.Errorf("the median of 8, 2, 4 and 6 is %v", got)
	}
	// Run by run 2, 1 and 3 times as long, though the medians are 4 and 4.
	if got := walls(4, 2, 30).Ratio(walls(2, 2, 10), Wall); got != 2 {
		t.Errorf("the ratio is %v", got)
	}
}

func TestClientsThatReadOtherThingsAreFoundOut(t *testing.T) {
	jobs := []Job{
		{Client: clients.Unmarshal, Provider: "box", Groups: []corpus.Group{{Size: 5}}},
		{Client: clients.Typed, Provider: "box", Groups: []corpus.Group{{Size: 5}}},
		{Client: clients.Typed, Provider: "box", Groups: []corpus.Group{{Size: 50}}},
		{Client: clients.Drain, Provider: "box", Groups: []corpus.Group{{Size: 5}}},
	}
	if err := sameText(jobs, []Samples{{{Text: 7}}, {{Text: 7}}, {{Text: 70}}, {{Text: 1}}}); err != nil {
		t.Errorf("all read the same: %v", err)
	}
	if err := sameText(jobs, []Samples{{{Text: 7}}, {{Text: 8}}, {{Text: 70}}, {{Text: 1}}}); err == nil {
		t.Error("7 and 8 are the same")
	}
}

// The caller works once a page, in its middle.
func TestWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		each := Job{Page: 4, Work: time.Second}.work()
		var took []time.Duration
		for range 8 {
			each()
			took = append(took, time.Since(start)/time.Second)
		}
		if diff := cmp.Diff([]time.Duration{0, 1, 1, 1, 1, 2, 2, 2}, took); diff != "" {
			t.Errorf("seconds after each member: (-want +got)\n%s", diff)
		}
	})
	if (Job{Page: 4}).work() != nil {
		t.Error("no work is some")
	}
}

func TestServeEndsWithItsParent(t *testing.T) {
	var out bytes.Buffer
	if err := Serve("{}", strings.NewReader(""), &out); err != nil {
		t.Errorf("Serve: %v", err)
	}
	if !strings.HasPrefix(out.String(), `{"URL":"http://127.0.0.1:`) {
		t.Errorf("the first line is %q", out.String())
	}
	if err := Serve("long", strings.NewReader(""), &out); err == nil {
		t.Error("a wire that is none is accepted")
	}
}
