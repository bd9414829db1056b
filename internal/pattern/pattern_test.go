package pattern

import (
	"slices"
	"testing"
)

func TestPattern(t *testing.T) {
	p := New(`^a(b+)$`)
	if !p.MatchString("abb") || p.MatchString("a") || !p.Match([]byte("ab")) {
		t.Error("the wrong texts match")
	}
	if got := p.FindStringSubmatch("abb"); !slices.Equal(got, []string{"abb", "bb"}) {
		t.Errorf("got %q", got)
	}
	each := New(`(a)(b)?`)
	if got := each.FindAllStringSubmatch("aab"); !slices.EqualFunc(got, [][]string{{"a", "a", ""}, {"ab", "a", "b"}}, slices.Equal) {
		t.Errorf("got %q", got)
	}
	if got := each.ReplaceAllString("aab", "<$1>"); got != "<a><a>" {
		t.Errorf("got %q", got)
	}
}

// An invalid expression fails where it is used.
func TestPatternInvalid(t *testing.T) {
	p := New(`(`)
	defer func() {
		if recover() == nil {
			t.Error("an invalid expression matches")
		}
	}()
	p.MatchString("a")
}
