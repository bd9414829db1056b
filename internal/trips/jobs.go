package trips

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
)

// Job is something that a user does in one go.
type Job struct {
	// Name identifies the job, and Text says what it does.
	Name, Text string
	// command reports that the job runs the memberships command, which needs a network.
	command bool
	// people names the group of the people whom the job is about, "" if it has none.
	people string
	// many reports that the job needs the G groups of its size.
	many bool
	// lanes is the number of requests that a command sends at once, 0 for one.
	lanes int
	run   func(context.Context, *site) error
}

// The jobs.
var (
	list        = &Job{Name: "list", Text: "the n members of a group", run: listClub}
	first       = &Job{Name: "first", Text: "the first 10 of the n members of a group", run: listFirst}
	groups      = &Job{Name: "groups", Text: "all g groups", many: true, run: listGroups}
	of          = &Job{Name: "of", Text: "the groups of a member by id, all g of them", many: true, run: listOf(byID)}
	ofAddress   = &Job{Name: "of by address", Text: "the groups of a member by address, all g of them", many: true, run: listOf(byAddress)}
	export      = &Job{Name: "export", Text: "all members of g groups of 3", many: true, run: exportAll}
	check       = &Job{Name: "check", Text: "whether an address is in a group", people: club, run: checkOne}
	addAddress  = &Job{Name: "add by address", Text: "n addresses into a group", people: crowd, run: change(memberships.OpAdd, byAddress)}
	addID       = &Job{Name: "add by id", Text: "n members by id into a group", people: crowd, run: change(memberships.OpAdd, byID)}
	updAddress  = &Job{Name: "update by address", Text: "the role of n addresses in a group", people: club, run: change(memberships.OpUpdate, byAddress)}
	updID       = &Job{Name: "update by id", Text: "the role of n members by id in a group", people: club, run: change(memberships.OpUpdate, byID)}
	remAddress  = &Job{Name: "remove by address", Text: "n addresses out of a group", people: club, run: change(memberships.OpRemove, byAddress)}
	remID       = &Job{Name: "remove by id", Text: "n members by id out of a group", people: club, run: change(memberships.OpRemove, byID)}
	remStranger = &Job{Name: "remove a stranger", Text: "an address that is no member out of a group", people: crowd, run: removeStranger}
	resolve     = &Job{Name: "resolve", Text: "the ids of n addresses", people: crowd, run: resolveAll}
	dryRun      = &Job{Name: "dry run", Text: "'add --from FILE --dry-run' of n addresses", people: crowd, command: true, lanes: lanes, run: planAdd}
	planMembers = &Job{Name: "plan", Text: "the plan of a group with n people, by address", run: planClub}
	planMany    = &Job{Name: "plan groups", Text: "the plan of g groups with one person, by address", many: true, run: planGroups}
	applyAdd    = &Job{Name: "apply", Text: "the apply of a plan that adds n people to a group", people: crowd, run: applyClub}
	cmdRemove   = &Job{Name: "command: remove", Text: "'remove --member ADDRESS'", people: club, command: true, run: commandRemove}
	cmdRemoveID = &Job{Name: "command: remove by id", Text: "'remove --id MEMBERSHIP'", people: club, command: true, run: commandRemoveID}
)

// drain ends a listing at an error or after limit items; 0 is no limit.
func drain[T any](seq iter.Seq2[T, error], want, limit int) error {
	n := 0
	for _, err := range seq {
		if err != nil {
			return err
		}
		if n++; n == limit {
			break
		}
	}
	if n != want {
		return fmt.Errorf("%d rows, want %d", n, want)
	}
	return nil
}

func listClub(ctx context.Context, s *site) error {
	var pass memberships.Summary
	return drain(s.client.List(ctx, memberships.Filter{Group: s.club}, memberships.WithSummary(&pass)), s.N, 0)
}

// listFirst works on every row for a moment. Without that, a prefetch may or may not begin
// before the break.
func listFirst(ctx context.Context, s *site) error {
	return drain(func(yield func(memberships.Membership, error) bool) {
		for m, err := range s.client.List(ctx, memberships.Filter{Group: s.club}) {
			time.Sleep(time.Millisecond)
			if !yield(m, err) {
				return
			}
		}
	}, 10, 10)
}

func listGroups(ctx context.Context, s *site) error {
	var pass memberships.Summary
	return drain(s.client.Groups(ctx, memberships.WithSummary(&pass)), s.G, 0)
}

func listOf(who func(memberships.Member) memberships.Member) func(context.Context, *site) error {
	return func(ctx context.Context, s *site) error {
		var pass memberships.Summary
		return drain(s.client.MembershipsOf(ctx, who(s.ada), memberships.WithSummary(&pass)), s.G, 0)
	}
}

// exportAll lists as the export command does.
func exportAll(ctx context.Context, s *site) error {
	var summary memberships.Summary
	return drain(s.client.ListAll(ctx, memberships.ManyOptions{}, memberships.WithSummary(&summary)), 3*s.G, 0)
}

func checkOne(ctx context.Context, s *site) error {
	got, err := s.client.Check(ctx, s.club, byAddress(s.people[0].Member))
	if err == nil && got != memberships.PresenceMember {
		err = fmt.Errorf("Check returned %v", got)
	}
	return err
}

// byID and byAddress keep one way to name a member.
func byID(m memberships.Member) memberships.Member {
	return memberships.Member{Kind: m.Kind, ID: m.ID}
}

func byAddress(m memberships.Member) memberships.Member {
	return memberships.Member{Kind: memberships.MemberUser, Email: m.Email}
}

// change makes one change for each of the people.
func change(op memberships.Operation, who func(memberships.Member) memberships.Member) func(context.Context, *site) error {
	return func(ctx context.Context, s *site) error {
		role := memberships.Role("")
		if op == memberships.OpUpdate {
			role = memberships.RoleManager
		}
		var changes []memberships.Change
		for _, m := range s.people {
			changes = append(changes, memberships.Change{Op: op, Ref: memberships.Ref{Group: s.club, Member: who(m.Member)}, Role: role})
		}
		return apply(ctx, s.client, changes)
	}
}

// apply makes changes in a group.
func apply(ctx context.Context, c *memberships.Client, changes []memberships.Change) error {
	for r, err := range c.Apply(ctx, slices.Values(changes), memberships.BulkOptions{}) {
		if err = cmp.Or(err, r.Err); err != nil {
			return err
		}
	}
	return nil
}

func removeStranger(ctx context.Context, s *site) error {
	_, err := s.client.Remove(ctx, memberships.Ref{Group: s.club, Member: byAddress(s.people[0].Member)})
	if !errors.Is(err, memberships.ErrNotMember) {
		return errors.Join(errors.New("the removal of a stranger did not return ErrNotMember"), err)
	}
	return nil
}

// resolveAll looks up the people by address.
func resolveAll(ctx context.Context, s *site) error {
	var members []memberships.Member
	for _, m := range s.people {
		members = append(members, byAddress(m.Member))
	}
	found, err := s.client.ResolveMany(ctx, members, memberships.BulkOptions{})
	if err != nil {
		return err
	}
	for i, r := range found {
		if want := s.people[i].Member; r.Err == nil && r.Member.ID != want.ID {
			r.Err = fmt.Errorf("%s is %s, want %s", want.Email, r.Member.ID, want.ID)
		}
		if r.Err != nil {
			return r.Err
		}
	}
	return nil
}

func planAdd(ctx context.Context, s *site) error {
	var rows strings.Builder
	for _, m := range s.people {
		rows.WriteString(m.Member.Email + "\n")
	}
	return s.run(ctx, rows.String(), "add", "--group", "id:"+s.club.ID, "--from", "-", "--dry-run")
}

func commandRemove(ctx context.Context, s *site) error {
	return s.run(ctx, "", "remove", "--group", "id:"+s.club.ID, "--member", s.people[0].Member.Email)
}

func commandRemoveID(ctx context.Context, s *site) error {
	return s.run(ctx, "", "remove", "--id", s.people[0].ID)
}
