package reconcile

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/memberships-go/memberships"
)

// Observed is the state of the groups of a [Desired] state at one time.
type Observed struct {
	// Time is the time of the end of the reading.
	Time time.Time
	// Callers are the members that the credentials authenticate, by provider. A provider
	// that cannot tell has no entry.
	Callers map[string]memberships.Member
	// Capabilities are those of the providers with a client.
	Capabilities map[string]memberships.Capabilities
	// Groups has an observation for each group and provider, in the order of the groups and
	// of the provider names.
	Groups []Observation
	// Err is the error that ended the reading early, nil if there was none. The plan of
	// such an observation cannot be applied.
	Err error
}

// Observation is the members of one group at one provider.
type Observation struct {
	Name     string // of the group in the file
	Provider string
	Group    memberships.Group
	// Rows are the members in the order of their kinds, ids and addresses.
	Rows     []memberships.Membership
	Coverage memberships.Coverage
	// Matches are the accounts of the people that the plan needs, by the keys of the people.
	Matches map[string]Match
	// Err is the reason why Rows is not the whole group, nil if there is none.
	Err error
}

// Match is the account of a person at one provider.
type Match struct {
	// Member has an ID, or the address alone if the provider adds people by address.
	Member memberships.Member
	How    MatchedBy
	// Err is the reason why there is no account. It matches memberships.ErrNoSuchMember if
	// the provider certainly has none, and memberships.ErrAmbiguous if it has several.
	Err error
}

// MatchedBy is the way in which a person was matched with an account.
type MatchedBy string

// The ways of matching.
const (
	MatchedByFileID  MatchedBy = "file_id" // the file has the id
	MatchedByAddress MatchedBy = "address" // the account has the person's address
	MatchedByAlias   MatchedBy = "alias"   // the account has one of the person's aliases
	MatchedByName    MatchedBy = "named"   // the provider takes the address as it is
)

// LookOptions sets how Look reads.
type LookOptions struct {
	// Concurrency is the number of groups of one provider that are read at once, the
	// provider's own number if it is below one.
	Concurrency int
	// Callers are the accounts of the credentials, by provider, where the provider itself
	// cannot tell.
	Callers map[string]memberships.Member
	// Progress is called after each group with the number of groups read, and with all; it
	// may be nil. Several goroutines call it.
	Progress func(done, all int)
}

// Look reads the groups of a desired state and finds the accounts of its people. All
// providers are read at once, several groups of each at a time. An error of one group is in
// its Observation; only the end of ctx sets Observed.Err. Look changes nothing.
func Look(ctx context.Context, clients []*memberships.Client, d *Desired, o LookOptions) *Observed {
	l := looker{d: d, o: o, byName: map[string]*memberships.Client{}}
	seen := &Observed{Callers: map[string]memberships.Member{}, Capabilities: map[string]memberships.Capabilities{}}
	for _, c := range clients {
		l.byName[c.Name()] = c
		seen.Capabilities[c.Name()] = c.Capabilities()
	}
	for i := range d.Groups {
		g := &d.Groups[i]
		if g.Mode == ModeUnmanaged {
			continue
		}
		for _, provider := range slices.Sorted(maps.Keys(g.In)) {
			seen.Groups = append(seen.Groups, Observation{Name: g.Name, Provider: provider, Group: g.In[provider]})
			l.groups = append(l.groups, g)
		}
	}
	var wg sync.WaitGroup
	for _, c := range clients {
		wg.Go(func() { l.provider(ctx, c, seen) })
	}
	wg.Wait()
	for i := range seen.Groups {
		if l.byName[seen.Groups[i].Provider] == nil {
			seen.Groups[i].Err = errNoClient
		}
	}
	seen.Time = time.Now()
	if err := ctx.Err(); err != nil {
		seen.Err = context.Cause(ctx)
	}
	return seen
}

var errNoClient = errors.New("there are no credentials for the provider")

// looker reads the groups of one Look.
type looker struct {
	d      *Desired
	o      LookOptions
	byName map[string]*memberships.Client
	groups []*Group // of the observations

	mu   sync.Mutex
	done int
}

// provider reads the groups of one provider.
func (l *looker) provider(ctx context.Context, c *memberships.Client, seen *Observed) {
	var at []int
	for i := range seen.Groups {
		if seen.Groups[i].Provider == c.Name() {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return
	}
	caller, unknown := callerOf(ctx, c, l.o.Callers)
	if unknown == nil && caller != (memberships.Member{}) {
		l.mu.Lock()
		seen.Callers[c.Name()] = caller
		l.mu.Unlock()
	}
	inParallel(l.concurrency(c), at, func(i int) {
		seen.Groups[i].read(ctx, c)
		if seen.Groups[i].Err == nil {
			seen.Groups[i].Err = unknown
		}
		l.progress(len(seen.Groups))
	})
	m := matcher{c: c, l: l}
	for _, i := range at {
		m.add(&seen.Groups[i], l.groups[i])
	}
	m.match(ctx)
}

// callerOf returns the member that the credential of a client authenticates, or the known
// one if the provider cannot tell. A token may lack the permission to read its own account.
func callerOf(ctx context.Context, c *memberships.Client, known map[string]memberships.Member) (memberships.Member, error) {
	if !c.Capabilities().Caller {
		return known[c.Name()], nil
	}
	m, err := c.Caller(ctx)
	if errors.Is(err, memberships.ErrPermissionDenied) {
		return known[c.Name()], nil
	}
	return m, err
}

func (l *looker) concurrency(c *memberships.Client) int {
	if l.o.Concurrency > 0 {
		return l.o.Concurrency
	}
	return concurrencyOf(c)
}

// concurrencyOf returns the number of calls in flight that a provider's limits allow.
func concurrencyOf(c *memberships.Client) int { return cmp.Or(c.Capabilities().Concurrency, 8) }

func (l *looker) progress(all int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done++
	if l.o.Progress != nil {
		l.o.Progress(l.done, all)
	}
}

// read reads the members of a group.
func (o *Observation) read(ctx context.Context, c *memberships.Client) {
	var summary memberships.Summary
	for m, err := range c.List(ctx, memberships.Filter{Group: o.Group}, memberships.WithSummary(&summary)) {
		if err != nil {
			o.Err = err
			break
		}
		o.Rows = append(o.Rows, m.WithNative(nil))
	}
	o.Coverage = summary.Coverage
	for _, m := range o.Rows {
		o.Group.Name = cmp.Or(o.Group.Name, m.Group.Name)
		o.Group.Kind = cmp.Or(o.Group.Kind, m.Group.Kind)
	}
	if kinds := c.Capabilities().GroupKinds; o.Group.Kind == "" && len(kinds) > 0 {
		o.Group.Kind = kinds[0]
	}
	sortRows(o.Rows)
}

// sortRows sorts memberships of one group by member.
func sortRows(rows []memberships.Membership) {
	slices.SortFunc(rows, func(a, b memberships.Membership) int {
		return cmp.Or(strings.Compare(string(a.Member.Kind), string(b.Member.Kind)), strings.Compare(a.Member.ID, b.Member.ID),
			strings.Compare(strings.ToLower(a.Member.Email), strings.ToLower(b.Member.Email)), strings.Compare(a.ID, b.ID))
	})
}

// inParallel calls do for every item, at most n at once, and returns when all calls have
// ended.
func inParallel[T any](n int, items []T, do func(T)) {
	slots := make(chan struct{}, max(n, 1))
	var wg sync.WaitGroup
	for _, item := range items {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			do(item)
		})
	}
	wg.Wait()
}
