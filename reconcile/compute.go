package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/memberships-go/memberships"
)

// PlanOptions sets the limits of a plan.
type PlanOptions struct {
	// ValidFor is the time from the observation to the expiry, DefaultValidFor if it is 0.
	ValidFor time.Duration
	// AllowRemovals lifts all limits but the one against empty groups if it is the exact
	// number of removals of the plan. 0 allows none.
	AllowRemovals int
}

// DefaultValidFor is the time after which a plan expires.
const DefaultValidFor = 24 * time.Hour

// RemovalsError reports that PlanOptions.AllowRemovals is not the number of removals.
type RemovalsError struct{ Allowed, Planned int }

// Error returns both numbers.
func (e *RemovalsError) Error() string {
	is := "are"
	if e.Allowed == 1 {
		is = "is"
	}
	return fmt.Sprintf("%s %s allowed, and the plan has %d: the number has to be the same", removals(e.Allowed), is, e.Planned)
}

// NewPlan compares an observation with the desired state. It sends nothing, and the same
// arguments give the same plan. All limits of all groups are evaluated before it returns. The
// error is a *[RemovalsError], or one for an observation of other groups.
func NewPlan(d *Desired, seen *Observed, o PlanOptions) (*Plan, error) {
	if o.ValidFor == 0 {
		o.ValidFor = DefaultValidFor
	}
	p := &Plan{
		Format: PlanFormat, Created: seen.Time.UTC(), Expires: seen.Time.Add(o.ValidFor).UTC(), Configuration: d.Hash,
		Providers: planProviders(seen),
	}
	if seen.Err != nil {
		p.Failed = seen.Err.Error()
	}
	groups := map[string]*Group{}
	for i := range d.Groups {
		groups[d.Groups[i].Name] = &d.Groups[i]
	}
	lifted := o.AllowRemovals > 0
	listed := 0
	for i := range seen.Groups {
		obs := &seen.Groups[i]
		g := groups[obs.Name]
		if g == nil {
			return nil, fmt.Errorf("the observation has the group %q, which is not in the desired state", obs.Name)
		}
		listed += len(obs.Rows)
		c := comparison{d: d, g: g, obs: obs, caps: seen.Capabilities[obs.Provider], caller: seen.Callers[obs.Provider], lifted: lifted}
		p.Groups = append(p.Groups, c.plan())
	}
	n := p.Summary().Removals
	if lifted && n != o.AllowRemovals {
		return nil, &RemovalsError{o.AllowRemovals, n}
	}
	if !lifted {
		p.Blocked = runLimits(d.MaxRunRemovals, n, listed)
	}
	p.AllowedRemovals = o.AllowRemovals
	return p, p.seal()
}

// runLimits returns the reasons that block a whole plan with n removals of listed
// memberships.
func runLimits(set *Limit, n, listed int) []Note {
	limit := set.Or(DefaultMaxRunRemovals())
	var notes []Note
	if limit.exceeded(n, listed) {
		notes = append(notes, Note{Reason: ReasonRunLimit, Removals: n, Of: listed, Count: limit.Count, Percent: limit.Percent})
	}
	if n > RunCeiling {
		notes = append(notes, Note{Reason: ReasonRunCeiling, Removals: n, Count: RunCeiling})
	}
	return notes
}

func planProviders(seen *Observed) []PlanProvider {
	var out []PlanProvider
	for _, name := range slices.Sorted(maps.Keys(seen.Capabilities)) {
		p := PlanProvider{Name: name}
		if caller, ok := seen.Callers[name]; ok {
			member := planMember(caller)
			p.Caller = &member
		}
		out = append(out, p)
	}
	return out
}

// hashRows returns the hash of the members of a group: who they are, their roles and states.
func hashRows(rows []Row) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, r := range rows {
		_ = enc.Encode([]string{string(r.Kind), r.ID, addressWithoutID(r.PlanMember), string(r.Role), r.RoleName, string(r.State)})
	}
	return hex.EncodeToString(h.Sum(nil))
}

func addressWithoutID(m PlanMember) string {
	if m.ID != "" {
		return ""
	}
	return m.Email
}

// isIncomplete reports whether an error of a listing means that a part of the group was not
// read, rather than nothing.
func isIncomplete(err error) bool {
	return errors.Is(err, memberships.ErrListLimit) || errors.Is(err, memberships.ErrUnstable)
}

// LiftedRemovals returns the number of removals that PlanOptions.AllowRemovals has to be, so
// that a plan of the same observation is not blocked by limits. Groups that are blocked for
// another reason do not count.
func (p *Plan) LiftedRemovals() int {
	n := 0
	for _, g := range p.Groups {
		if !slices.ContainsFunc(g.Blocked, func(b Note) bool { return !b.Reason.IsLimit() }) {
			n += g.Removals
		}
	}
	return n
}

// IsLimit reports whether PlanOptions.AllowRemovals lifts a reason.
func (r Reason) IsLimit() bool {
	switch r {
	case ReasonLimit, ReasonHalf, ReasonCeiling, ReasonRunLimit, ReasonRunCeiling:
		return true
	}
	return false
}
