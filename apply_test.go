package memberships_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
)

// bulk is a provider that records its calls. Every method is safe for concurrent use.
type bulk struct {
	memberships.Unsupported
	caps memberships.Capabilities
	// members are those of every group.
	members []membership
	gaps    []memberships.Gap
	listErr error
	// apply makes the changes of one call; nil succeeds.
	apply func(context.Context, []memberships.Change) []memberships.Result
	// resolve resolves one address; nil returns the local part as the id.
	resolve func(string) (string, error)
	// get returns the error of a Get; nil succeeds.
	get func() error

	mu    sync.Mutex
	calls []string
}

func (b *bulk) called(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls = append(b.calls, fmt.Sprintf(format, args...))
}

func (*bulk) Name() string                             { return "bulk" }
func (b *bulk) Capabilities() memberships.Capabilities { return b.caps }

func (b *bulk) List(_ context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
	return func(yield func(membership, error) bool) {
		b.called("list %s", q.Group.ID)
		for _, m := range b.members {
			if !yield(m, nil) {
				return
			}
		}
		if b.listErr != nil {
			yield(membership{}, b.listErr)
			return
		}
		summary.Add(b.gaps...)
	}
}

func (b *bulk) Get(_ context.Context, ref memberships.Ref, _ ...memberships.Option) (membership, error) {
	b.called("get %s", ref.Member)
	if b.get != nil {
		if err := b.get(); err != nil {
			return membership{}, err
		}
	}
	return membership{Provider: "bulk", ID: "got", Group: ref.Group, Member: ref.Member}, nil
}

func (b *bulk) Resolve(_ context.Context, members []memberships.Member, _ ...memberships.Option) ([]memberships.Resolution, error) {
	var asked []string
	out := make([]memberships.Resolution, len(members))
	for i, m := range members {
		asked = append(asked, m.Email)
		id, err := strings.Split(m.Email, "@")[0], error(nil)
		if b.resolve != nil {
			id, err = b.resolve(m.Email)
		}
		out[i] = memberships.Resolution{Member: memberships.Member{Kind: memberships.MemberUser, ID: id, Email: m.Email}, Err: err}
	}
	b.called("resolve %s", strings.Join(asked, " "))
	return out, nil
}

func (b *bulk) Apply(ctx context.Context, changes []memberships.Change, _ ...memberships.Option) iter.Seq2[memberships.Result, error] {
	return func(yield func(memberships.Result, error) bool) {
		text := string(changes[0].Op)
		for _, ch := range changes {
			text += " " + ch.Ref.Member.String()
			if ch.Ref.ID != "" {
				text += "#" + ch.Ref.ID
			}
		}
		b.called("%s", text)
		results := make([]memberships.Result, len(changes))
		if b.apply != nil {
			results = b.apply(ctx, changes)
		}
		for _, r := range results {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func row(id string) membership {
	return membership{
		Provider: "bulk", ID: "m-" + id, Group: memberships.Group{Kind: memberships.KindRoom, ID: "g"},
		Member: memberships.Member{Kind: memberships.MemberUser, ID: id, Email: id + "@example.com"},
	}
}

// changesOf parses changes such as "add ada, remove bob@example.com".
func changesOf(text string) []memberships.Change {
	var out []memberships.Change
	for part := range strings.SplitSeq(text, ",") {
		op, member, _ := strings.Cut(strings.TrimSpace(part), " ")
		ch := memberships.Change{Op: memberships.Operation(op), Ref: memberships.Ref{Group: group("g"), Member: memberships.ParseMember(member)}}
		if op == "update" {
			ch.Role = memberships.RoleManager
		}
		out = append(out, ch)
	}
	return out
}

// results collects the results of Apply as "add ada: ok", and the error of the sequence.
func results(seq iter.Seq2[memberships.Result, error]) (out []string, last error) {
	for r, err := range seq {
		if err != nil {
			last = err
			continue
		}
		text := "ok"
		var e *memberships.Error
		switch {
		case errors.As(r.Err, &e):
			text = e.Kind.Error()
		case r.Err != nil:
			text = r.Err.Error()
		}
		if r.Skipped {
			text += ", skipped"
		}
		out = append(out, fmt.Sprintf("%s %s: %s", r.Change.Op, r.Change.Ref.Member, text))
	}
	return out, last
}

// Apply sends the fewest calls that the capabilities allow, and yields the results in the
// order of the changes.
func TestApplyCalls(t *testing.T) {
	tests := []struct {
		name    string
		caps    func(*memberships.Capabilities)
		set     func(*bulk)
		changes string
		calls   []string
		want    []string
	}{
		{
			name:    "one call per change",
			changes: "add ada, update bob, remove eve@example.com",
			calls:   []string{"add ada", "update bob", "remove eve@example.com"},
			want:    []string{"add ada: ok", "update bob: ok", "remove eve@example.com: ok"},
		},
		{
			name:    "addresses are resolved together",
			caps:    func(c *memberships.Capabilities) { c.ResolveBatch = 2 },
			changes: "add ada@example.com, remove bob@example.com, add eve@example.com, add fay",
			calls:   []string{"resolve ada@example.com bob@example.com", "resolve eve@example.com", "add ada", "remove bob", "add eve", "add fay"},
			want:    []string{"add ada@example.com: ok", "remove bob@example.com: ok", "add eve@example.com: ok", "add fay: ok"},
		},
		{
			name:    "one address is left to the provider",
			caps:    func(c *memberships.Capabilities) { c.ResolveBatch = 2 },
			changes: "add ada@example.com, add bob",
			calls:   []string{"add ada@example.com", "add bob"},
			want:    []string{"add ada@example.com: ok", "add bob: ok"},
		},
		{
			name: "an address without an account fails alone",
			caps: func(c *memberships.Capabilities) { c.ResolveBatch = 9 },
			set: func(b *bulk) {
				b.resolve = func(email string) (string, error) {
					if email == "bob@example.com" {
						return "", &memberships.Error{Kind: memberships.ErrNoSuchMember}
					}
					return strings.Split(email, "@")[0], nil
				}
			},
			changes: "add ada@example.com, add bob@example.com, add eve@example.com",
			calls:   []string{"resolve ada@example.com bob@example.com eve@example.com", "add ada", "add eve"},
			want:    []string{"add ada@example.com: ok", "add bob@example.com: no such member", "add eve@example.com: ok"},
		},
		{
			name:    "one reading finds the ids of several memberships",
			caps:    func(c *memberships.Capabilities) { c.ChangesByID = true },
			set:     func(b *bulk) { b.members = []membership{row("ada"), row("bob"), row("eve"), row("fay")} },
			changes: "update ada, remove bob@example.com, add dan, remove gil",
			calls:   []string{"list g", "update ada#m-ada", "remove bob@example.com#m-bob", "add dan", "remove gil"},
			want:    []string{"update ada: ok", "remove bob@example.com: ok", "add dan: ok", "remove gil: ok"},
		},
		{
			name:    "one membership is left to the provider",
			caps:    func(c *memberships.Capabilities) { c.ChangesByID = true },
			set:     func(b *bulk) { b.members = []membership{row("ada")} },
			changes: "update ada, add bob",
			calls:   []string{"update ada", "add bob"},
			want:    []string{"update ada: ok", "add bob: ok"},
		},
		{
			name:    "the provider looks up what a failed reading leaves open",
			caps:    func(c *memberships.Capabilities) { c.ChangesByID = true },
			set:     func(b *bulk) { b.members, b.listErr = []membership{row("ada")}, errors.New("no route") },
			changes: "update ada, update bob",
			calls:   []string{"list g", "update ada#m-ada", "update bob"},
			want:    []string{"update ada: ok", "update bob: ok"},
		},
		{
			name:    "batches are of one operation and group",
			caps:    func(c *memberships.Capabilities) { c.ChangeBatch = 2 },
			changes: "add a, remove b, add c, remove d, add e",
			calls:   []string{"add a c", "remove b d", "add e"},
			want:    []string{"add a: ok", "remove b: ok", "add c: ok", "remove d: ok", "add e: ok"},
		},
		{
			name:    "a batch has every member once",
			caps:    func(c *memberships.Capabilities) { c.ChangeBatch = 9 },
			changes: "add a, add b, remove a, add a, add c",
			calls:   []string{"add a b", "remove a", "add a c"},
			want:    []string{"add a: ok", "add b: ok", "remove a: ok", "add a: ok", "add c: ok"},
		},
		{
			name:    "later changes of a member are not planned from the state before",
			caps:    func(c *memberships.Capabilities) { c.ChangesByID = true },
			set:     func(b *bulk) { b.members = []membership{row("ada"), row("bob"), row("eve")} },
			changes: "remove ada, remove bob, add ada, update ada",
			calls:   []string{"list g", "remove ada#m-ada", "remove bob#m-bob", "add ada", "update ada"},
			want:    []string{"remove ada: ok", "remove bob: ok", "add ada: ok", "update ada: ok"},
		},
		{
			name:    "invalid changes send nothing",
			changes: "add ada, promote bob, add x\x00y, update eve",
			calls:   []string{"add ada", "update eve"},
			want:    []string{"add ada: ok", "promote bob: unsupported", "add x\x00y: invalid argument", "update eve: ok"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := &bulk{caps: able()}
			if tt.caps != nil {
				tt.caps(&b.caps)
			}
			if tt.set != nil {
				tt.set(b)
			}
			got, err := results(memberships.New(b).Apply(t.Context(), slices.Values(changesOf(tt.changes)), memberships.BulkOptions{Concurrency: 1}))
			if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.calls, b.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// A removal by an id that a reading found returns the membership of the reading.
func TestApplyReturnsTheFormerMembership(t *testing.T) {
	b := &bulk{caps: able(), members: []membership{row("ada"), row("bob")}}
	b.caps.ChangesByID = true
	changes := changesOf("remove ada, remove bob@example.com")
	for r, err := range memberships.New(b).Apply(t.Context(), slices.Values(changes), memberships.BulkOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r.Change.Ref.Member.String() == "ada", r.Membership.Equal(row("ada"))); diff != "" || !r.Membership.Equal(row(strings.Split(r.Change.Ref.Member.String(), "@")[0])) {
			t.Errorf("%v: got %+v", r.Change.Ref.Member, r.Membership)
		}
		if r.Change.Ref.ID != "" {
			t.Errorf("the change of the result has the looked-up id %q", r.Change.Ref.ID)
		}
	}
}

// A membership that ended after the reading of its group is looked up anew: the id of the
// reading proves nothing.
func TestApplyLooksUpAgain(t *testing.T) {
	b := &bulk{caps: able(), members: []membership{row("ada"), row("bob"), row("eve")}}
	b.caps.ChangesByID = true
	b.apply = func(_ context.Context, changes []memberships.Change) []memberships.Result {
		switch ref := changes[0].Ref; {
		case ref.ID == "m-ada":
			return []memberships.Result{{Err: &memberships.Error{Kind: memberships.ErrNotFound}}}
		case ref.ID == "m-eve":
			return []memberships.Result{{Err: &memberships.Error{Kind: memberships.ErrOutcomeUnknown, Err: memberships.ErrNotFound}}}
		case ref.Member.ID == "ada" && changes[0].Op == memberships.OpRemove:
			return []memberships.Result{{Err: &memberships.Error{Kind: memberships.ErrNotMember}}}
		}
		return make([]memberships.Result, 1)
	}
	for op, want := range map[string]string{"remove": "not a member", "update": "ok"} {
		b.calls = nil
		got, err := results(memberships.New(b).Apply(t.Context(), slices.Values(changesOf(op+" ada, "+op+" bob, "+op+" eve")), memberships.BulkOptions{Concurrency: 1}))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{op + " ada: " + want, op + " bob: ok", op + " eve: outcome unknown"}, got); diff != "" {
			t.Errorf("results (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"list g", op + " ada#m-ada", op + " ada", op + " bob#m-bob", op + " eve#m-eve"}, b.calls); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	}
}

// OncePerBulk loads a value once per key in an Apply, and every time elsewhere.
func TestOncePerBulk(t *testing.T) {
	type key string
	var loads atomic.Int64
	load := func(ctx context.Context, k key) int64 {
		return memberships.OncePerBulk(ctx, k, func() int64 { return loads.Add(1) })
	}
	b := &bulk{caps: able()}
	b.apply = func(ctx context.Context, changes []memberships.Change) []memberships.Result {
		load(ctx, "a")
		load(ctx, "b")
		return make([]memberships.Result, len(changes))
	}
	for range 2 {
		if _, err := results(memberships.New(b).Apply(t.Context(), many(20), memberships.BulkOptions{})); err != nil {
			t.Fatal(err)
		}
	}
	if loads.Load() != 4 {
		t.Errorf("two Applies loaded two values %d times, want 4", loads.Load())
	}
	if first, second := load(t.Context(), "a"), load(t.Context(), "a"); first == second {
		t.Error("a value was kept outside of Apply")
	}
}

// Apply keeps Concurrency calls in flight, and no more.
func TestApplyConcurrency(t *testing.T) {
	for _, n := range []int{1, 3, 0} {
		synctest.Test(t, func(t *testing.T) {
			var inFlight, most atomic.Int64
			b := &bulk{caps: able()}
			b.caps.Concurrency = 5
			b.apply = func(_ context.Context, changes []memberships.Change) []memberships.Result {
				most.Store(max(most.Load(), inFlight.Add(1)))
				time.Sleep(time.Second)
				inFlight.Add(-1)
				return make([]memberships.Result, len(changes))
			}
			want := n
			if n == 0 {
				want = b.caps.Concurrency
			}
			began := time.Now()
			got, err := results(memberships.New(b).Apply(t.Context(), many(30), memberships.BulkOptions{Concurrency: n}))
			if err != nil || len(got) != 30 || int(most.Load()) != want {
				t.Errorf("concurrency %d: %d results, %d in flight, want %d; %v", n, len(got), most.Load(), want, err)
			}
			if took := time.Since(began); took != time.Duration(30/want)*time.Second {
				t.Errorf("concurrency %d: took %v", n, took)
			}
		})
	}
}

// many yields n additions.
func many(n int) iter.Seq[memberships.Change] {
	return func(yield func(memberships.Change) bool) {
		for i := range n {
			ch := memberships.Change{Op: memberships.OpAdd, Ref: memberships.Ref{Group: group("g"), Member: memberships.Member{ID: fmt.Sprint("u", i)}}}
			if !yield(ch) {
				return
			}
		}
	}
}

// Changes of one member happen in their order, whatever happens to the others.
func TestApplyOrderPerMember(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bulk{caps: able()}
		b.apply = func(_ context.Context, changes []memberships.Change) []memberships.Result {
			if changes[0].Op == memberships.OpAdd {
				time.Sleep(time.Hour)
			}
			b.called("%s done", changes[0].Op)
			return make([]memberships.Result, len(changes))
		}
		if _, err := results(memberships.New(b).Apply(t.Context(), slices.Values(changesOf("add ada, update ada, remove ada")), memberships.BulkOptions{})); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"add ada", "add done", "update ada", "update done", "remove ada", "remove done"}, b.calls); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
}

// A change that is not begun has a result with Skipped.
func TestApplySkips(t *testing.T) {
	refused := &memberships.Error{Kind: memberships.ErrUnauthenticated}
	tests := []struct {
		name string
		// on acts when the third change is made.
		on   func(cancel, stop func()) memberships.Result
		want []string
		last error
	}{
		{"cancelled", func(cancel, _ func()) memberships.Result { cancel(); return memberships.Result{} },
			[]string{"add u0: ok", "add u1: ok", "add u2: ok", "add u3: context canceled, skipped"}, context.Canceled},
		{"stopped", func(_, stop func()) memberships.Result { stop(); return memberships.Result{} },
			[]string{"add u0: ok", "add u1: ok", "add u2: ok", "add u3: context canceled, skipped"}, nil},
		{"refused", func(_, _ func()) memberships.Result { return memberships.Result{Err: refused} },
			[]string{"add u0: ok", "add u1: ok", "add u2: unauthenticated", "add u3: unauthenticated, skipped"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			stop := make(chan struct{})
			b := &bulk{caps: able()}
			b.apply = func(_ context.Context, changes []memberships.Change) []memberships.Result {
				if changes[0].Ref.Member.ID == "u2" {
					return []memberships.Result{tt.on(cancel, func() { close(stop) })}
				}
				return make([]memberships.Result, len(changes))
			}
			got, err := results(memberships.New(b).Apply(ctx, many(4), memberships.BulkOptions{Concurrency: 1, Stop: stop}))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
			if !errors.Is(err, tt.last) || (err == nil) != (tt.last == nil) {
				t.Errorf("the sequence ended with %v, want %v", err, tt.last)
			}
		})
	}
}

// A change whose address could not be looked up before the end is not begun either, and Apply
// sends nothing more.
func TestApplySkipsLookUps(t *testing.T) {
	refused := &memberships.Error{Kind: memberships.ErrUnauthenticated}
	all := func(first, rest string) (out []string) {
		for i := range 6 {
			out = append(out, fmt.Sprintf("remove u%d@example.com: %s", i, rest))
		}
		out[0] = "remove u0@example.com: " + first
		return out
	}
	tests := []struct {
		name string
		on   func(cancel, stop func()) error // the first look-up
		want []string
		last error
	}{
		{"cancelled", func(cancel, _ func()) error { cancel(); return context.Canceled },
			all("context canceled, skipped", "context canceled, skipped"), context.Canceled},
		{"stopped", func(_, stop func()) error { stop(); return nil },
			all("context canceled, skipped", "context canceled, skipped"), nil},
		{"refused", func(_, _ func()) error { return refused },
			all("unauthenticated", "unauthenticated, skipped"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			stop := make(chan struct{})
			b := &bulk{caps: able()}
			b.caps.ResolveBatch = 2
			b.resolve = func(email string) (string, error) {
				if email == "u0@example.com" {
					return "u0", tt.on(cancel, func() { close(stop) })
				}
				return "u", ctx.Err()
			}
			var changes []memberships.Change
			for i := range 6 {
				changes = append(changes, changesOf(fmt.Sprintf("remove u%d@example.com", i))...)
			}
			got, err := results(memberships.New(b).Apply(ctx, slices.Values(changes), memberships.BulkOptions{Concurrency: 1, Stop: stop}))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
			if !errors.Is(err, tt.last) || (err == nil) != (tt.last == nil) {
				t.Errorf("the sequence ended with %v, want %v", err, tt.last)
			}
			if len(b.calls) != 1 {
				t.Errorf("calls %q, want one", b.calls)
			}
		})
	}
}

// After a break no change is begun, and those in flight have ended.
func TestApplyBreak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var begun, ended atomic.Int64
		b := &bulk{caps: able()}
		b.apply = func(_ context.Context, changes []memberships.Change) []memberships.Result {
			begun.Add(1)
			time.Sleep(time.Second)
			ended.Add(1)
			return make([]memberships.Result, len(changes))
		}
		for _, err := range memberships.New(b).Apply(t.Context(), many(1000), memberships.BulkOptions{Concurrency: 2}) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		if begun.Load() != ended.Load() || begun.Load() > 4*2+2 {
			t.Errorf("%d changes were begun and %d ended", begun.Load(), ended.Load())
		}
		time.Sleep(time.Minute)
		if begun.Load() != ended.Load() {
			t.Error("a change was begun after the break")
		}
	})
}

// A list of any length takes bounded memory: Apply reads no more changes than a chunk
// ahead of its results.
func TestApplyReadsAhead(t *testing.T) {
	b := &bulk{caps: able()}
	read, yielded, ahead := 0, 0, 0
	changes := func(yield func(memberships.Change) bool) {
		for ch := range many(25_000) {
			if read++; !yield(ch) {
				return
			}
			ahead = max(ahead, read-yielded)
		}
	}
	for _, err := range memberships.New(b).Apply(t.Context(), changes, memberships.BulkOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		yielded++
	}
	if yielded != 25_000 || ahead > 10_000 {
		t.Errorf("%d results, %d changes read ahead", yielded, ahead)
	}
}

// A removal by an address without an account reads the group once for all of them.
func TestApplyRemovesUnknownAddresses(t *testing.T) {
	b := &bulk{caps: able(), members: []membership{row("ada"), row("bob")}}
	b.apply = func(_ context.Context, _ []memberships.Change) []memberships.Result {
		return []memberships.Result{{Err: &memberships.Error{Kind: memberships.ErrNoSuchMember}}}
	}
	got, err := results(memberships.New(b).Apply(t.Context(), slices.Values(changesOf("remove x@example.com, remove ADA@example.com, remove y@example.com")), memberships.BulkOptions{Concurrency: 1}))
	if err != nil {
		t.Error(err)
	}
	want := []string{"remove x@example.com: not a member", "remove ADA@example.com: no such member", "remove y@example.com: not a member"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if lists := len(slices.DeleteFunc(slices.Clone(b.calls), func(c string) bool { return c != "list g" })); lists != 1 {
		t.Errorf("the group was listed %d times", lists)
	}
}

// A goroutine that ends, as in a test's FailNow, ends the caller's too: no change is left
// without a result in silence.
func TestApplyGoexit(t *testing.T) {
	for _, what := range []string{"apply", "resolve"} {
		b := &bulk{caps: able()}
		b.caps.ResolveBatch = 1
		text := "add a, add b"
		if what == "apply" {
			b.apply = func(context.Context, []memberships.Change) []memberships.Result { runtime.Goexit(); return nil }
		} else {
			b.caps.ResolveBatch, text = 2, "add a@example.com, add b@example.com, add c@example.com"
			b.resolve = func(string) (string, error) { runtime.Goexit(); return "", nil }
		}
		returned := make(chan bool, 1)
		go func() {
			ok := false
			defer func() { returned <- ok }()
			_, _ = results(memberships.New(b).Apply(context.Background(), slices.Values(changesOf(text)), memberships.BulkOptions{}))
			ok = true
		}()
		if <-returned {
			t.Errorf("%s: Apply returned", what)
		}
	}
}

// A panic of the provider reaches the caller, who may recover.
func TestApplyPanic(t *testing.T) {
	b := &bulk{caps: able(), apply: func(context.Context, []memberships.Change) []memberships.Result { panic("no") }}
	defer func() {
		if got := recover(); got != "no" {
			t.Errorf("recovered %v", got)
		}
	}()
	_, _ = results(memberships.New(b).Apply(t.Context(), many(3), memberships.BulkOptions{}))
}

// A provider that yields too few results leaves the outcome of the others open.
func TestApplyMissingResults(t *testing.T) {
	b := &bulk{caps: able(), apply: func(context.Context, []memberships.Change) []memberships.Result { return make([]memberships.Result, 1) }}
	b.caps.ChangeBatch = 3
	got, err := results(memberships.New(b).Apply(t.Context(), many(3), memberships.BulkOptions{}))
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"add u0: ok", "add u1: outcome unknown", "add u2: outcome unknown"}, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}
