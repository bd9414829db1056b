package trips

import (
	"slices"
	"strconv"
	"time"
)

// entry is one job with one provider.
type entry struct {
	job      *Job
	provider string
	// budget is the limit for the requests and for their longest chain.
	budget limit
	// least is the smallest number of requests that the provider's API allows, and why is
	// the reason.
	least count
	why   string
	// over is the reason that the entry is above its budget, "" if it is not.
	over string
	now  []measured
}

// measured is the size of a job and its requests today.
type measured struct {
	Size
	Trips
}

// members returns a measurement of n members.
func members(n, requests, chain int) measured {
	return measured{Size{N: n}, Trips{requests, chain}}
}

// inGroups returns a measurement of g groups.
func inGroups(g, requests, chain int) measured {
	return measured{Size{G: g}, Trips{requests, chain}}
}

// Reasons for the smallest number of requests, which several entries share.
const (
	page100   = "a page has at most 100 rows"
	page500   = "a page has at most 500 rows"
	page1000  = "a page has at most 1,000 rows"
	ownList   = "; invitations have a list of their own"
	firstPage = "the first page has more than ten rows"
	bothKinds = "rooms and teams have a list each"
	perSpace  = "no request lists the spaces of another person, so each space is asked"
	perGroup  = "every group has a list of its own"
	oneRead   = "the membership is one resource"
	onePost   = "a request adds one member"
	onePatch  = "a request changes one member"
	oneDelete = "a request removes one member"
	lookUp100 = "; a search takes 100 addresses"
	lookUp1   = "; a search takes one address"
	idsInPage = "; a page of the group has the ids of the memberships"
	patch100  = "a request changes 100 members; a search takes 100 addresses"
	patchIDs  = "a request changes 100 members"
	asCaller  = "; the caller is asked for once"
	reread    = "; the group is read again first"
)

// Reasons for more requests than the budget.
const (
	// An apply looks at each few changes by themselves, so that an interrupted one has few open.
	eightAtOnce = "every eight additions first list the members once"
	planEach    = "every row reads its own membership"
	// Without it, a member who leaves between two pages would hide another one.
	overlap = "later pages begin with the last row of the page before"
)

// table has an entry for every job and provider. A number of requests is exact: fewer
// requests need a new number, and more are a mistake.
var table = []entry{
	{list, "box", inTurn(batches(1, 1000)), batches(1, 1000), page1000, overlap,
		[]measured{members(1, 1, 1), members(1000, 1, 1), members(2000, 3, 3), members(1001, 2, 2)}},
	{list, "clerk", inTurn(plus(times(1), batches(1, 500))), plus(times(1), batches(1, 500)), page500 + ownList, overlap,
		[]measured{members(1, 2, 2), members(999, 3, 3), members(1000, 4, 4), members(1001, 4, 4)}},
	{list, "googlechat", inTurn(batches(1, 1000)), batches(1, 1000), page1000, "",
		[]measured{members(1, 1, 1), members(1000, 1, 1), members(1001, 2, 2)}},
	{list, "pubnub", inTurn(batches(1, 100)), batches(1, 100), page100, overlap,
		[]measured{members(1, 1, 1), members(100, 1, 1), members(200, 3, 3), members(250, 3, 3), members(1001, 11, 11)}},
	{list, "webex", inTurn(roomPages), batches(1, 1000), page1000, "",
		[]measured{members(1, 2, 2), members(1000, 1, 1), members(1001, 2, 2)}},

	{first, "box", inTurn(times(1)), times(1), firstPage, "", []measured{members(2500, 1, 1)}},
	{first, "clerk", inTurn(times(1)), times(1), firstPage, "", []measured{members(2500, 1, 1)}},
	{first, "googlechat", inTurn(times(1)), times(1), firstPage, "", []measured{members(2500, 1, 1)}},
	{first, "pubnub", inTurn(times(1)), times(1), firstPage, "", []measured{members(2500, 1, 1)}},
	{first, "webex", inTurn(times(1)), times(1), firstPage, "", []measured{members(2500, 1, 1)}},

	{groups, "box", inTurn(groupPages(1000)), groupPages(1000), page1000, "",
		[]measured{inGroups(1, 1, 1), inGroups(1000, 1, 1), inGroups(250, 1, 1)}},
	{groups, "clerk", inTurn(groupPages(500)), groupPages(500), page500, "",
		[]measured{inGroups(1, 1, 1), inGroups(999, 2, 2), inGroups(250, 1, 1)}},
	{groups, "googlechat", inTurn(groupPages(1000)), groupPages(1000), page1000, "",
		[]measured{inGroups(1, 1, 1), inGroups(1000, 1, 1), inGroups(250, 1, 1)}},
	{groups, "pubnub", inTurn(groupPages(100)), groupPages(100), page100, "",
		[]measured{inGroups(1, 1, 1), inGroups(199, 2, 2), inGroups(250, 3, 3)}},
	{groups, "webex", sideBySide(groupPages(1000), times(1)), plus(groupPages(1000), times(1)), bothKinds, "",
		[]measured{inGroups(1, 2, 1), inGroups(1000, 2, 1), inGroups(250, 2, 1)}},

	{of, "box", inTurn(groupPages(1000)), groupPages(1000), page1000, "",
		[]measured{inGroups(1, 1, 1), inGroups(250, 1, 1)}},
	{of, "clerk", inTurn(plus(times(1), groupPages(500))), plus(times(1), groupPages(500)), page500 + ownList, "",
		[]measured{inGroups(1, 2, 2), inGroups(250, 2, 2)}},
	{of, "googlechat", together(lanes, groupPages(1000), everyGroup), plus(groupPages(1000), everyGroup), perSpace, "",
		[]measured{inGroups(1, 2, 2), inGroups(250, 251, 33)}},
	{of, "pubnub", inTurn(plus(times(1), groupPages(100))), groupPages(100), "the user's name and address are optional; " + page100, "",
		[]measured{inGroups(1, 2, 2), inGroups(250, 4, 4)}},
	{of, "webex", inTurn(plus(groupPages(1000), times(2))), plus(groupPages(1000), times(1)), bothKinds, "",
		[]measured{inGroups(1, 3, 3), inGroups(250, 3, 3)}},

	{ofAddress, "box", inTurn(plus(times(1), groupPages(1000))), plus(times(1), groupPages(1000)), "a search finds the id; " + page1000, "",
		[]measured{inGroups(250, 2, 2)}},
	{ofAddress, "clerk", inTurn(plus(times(2), groupPages(500))), plus(times(2), groupPages(500)), "a search finds the id; " + page500 + ownList, "",
		[]measured{inGroups(250, 3, 3)}},
	{ofAddress, "googlechat", together(lanes, groupPages(1000), everyGroup), plus(groupPages(1000), everyGroup), perSpace, "",
		[]measured{inGroups(250, 251, 33)}},
	{ofAddress, "pubnub", inTurn(plus(times(1), groupPages(100))), plus(times(1), groupPages(100)), "a search finds the id; " + page100, "",
		[]measured{inGroups(250, 4, 4)}},
	{ofAddress, "webex", inTurn(plus(groupPages(1000), times(2))), plus(groupPages(1000), times(1)), bothKinds, "",
		[]measured{inGroups(250, 3, 3)}},

	{export, "box", together(boxLanes, groupPages(1000), everyGroup), plus(groupPages(1000), everyGroup), perGroup, "",
		[]measured{inGroups(250, 251, 51)}},
	{export, "clerk", inTurn(plus(groupPages(500), rowPages(500))), rowPages(500), "one list has the memberships of all organizations, 500 on a page" + ownList, "",
		[]measured{inGroups(250, 3, 3)}},
	{export, "googlechat", together(lanes, groupPages(1000), everyGroup), plus(groupPages(1000), everyGroup), perGroup, "",
		[]measured{inGroups(250, 251, 33)}},
	{export, "pubnub", together(lanes, groupPages(100), everyGroup), plus(groupPages(100), everyGroup), perGroup, "",
		[]measured{inGroups(250, 253, 33)}},
	{export, "webex", together(lanes, groupPages(1000), plus(times(1), everyGroup)), plus(groupPages(1000), times(1), everyGroup), perGroup, "",
		[]measured{inGroups(250, 252, 33)}},

	{check, "box", inTurn(times(2)), times(1), "a page of the group has the addresses", "",
		[]measured{members(1, 2, 2)}},
	{check, "clerk", inTurn(times(1)), times(1), "the list takes an address", "",
		[]measured{members(1, 1, 1)}},
	{check, "googlechat", inTurn(times(1)), times(1), oneRead, "",
		[]measured{members(1, 1, 1)}},
	{check, "pubnub", inTurn(times(2)), times(1), "a filter takes an address", "",
		[]measured{members(1, 2, 2)}},
	{check, "webex", inTurn(times(1)), times(1), "the list takes an address", "",
		[]measured{members(1, 1, 1)}},

	{addAddress, "box", together(boxLanes, none, each, each), two, onePost + lookUp1, "",
		[]measured{members(1, 2, 2), members(25, 50, 10), members(101, 202, 42)}},
	{addAddress, "clerk", together(lanes, plus(times(1), batches(1, 100)), each), plus(batches(1, 100), each), onePost + lookUp100, "",
		[]measured{members(1, 3, 3), members(25, 27, 6), members(101, 104, 15)}},
	{addAddress, "googlechat", together(lanes, times(1), each, each), each, onePost, "",
		[]measured{members(1, 3, 3), members(25, 51, 9), members(101, 203, 27)}},
	{addAddress, "pubnub", inTurn(batches(3, 100)), batches(2, 100), patch100, "",
		[]measured{members(1, 3, 3), members(25, 3, 3), members(100, 3, 3), members(101, 6, 3)}},
	{addAddress, "webex", together(lanes, none, each), each, onePost, "",
		[]measured{members(1, 1, 1), members(25, 25, 4), members(101, 101, 13)}},

	{addID, "box", together(boxLanes, none, each), each, onePost, "", []measured{members(25, 25, 5)}},
	{addID, "clerk", together(lanes, none, each), each, onePost, "", []measured{members(25, 25, 4)}},
	{addID, "googlechat", together(lanes, times(1), each, each), each, onePost, "",
		[]measured{members(25, 51, 9)}},
	{addID, "pubnub", inTurn(batches(3, 100)), batches(1, 100), patchIDs, "", []measured{members(25, 2, 2)}},
	{addID, "webex", together(lanes, none, each), each, onePost, "", []measured{members(25, 25, 4)}},

	{updAddress, "box", together(boxLanes, batches(1, 1000), each), plus(batches(1, 1000), each), onePatch + idsInPage, "",
		[]measured{members(1, 2, 2), members(25, 26, 6), members(101, 102, 22)}},
	{updAddress, "clerk", together(lanes, batches(1, 100), each), plus(batches(1, 100), each), onePatch + lookUp100, "",
		[]measured{members(1, 2, 2), members(25, 26, 5), members(101, 103, 14)}},
	{updAddress, "googlechat", together(lanes, none, each, each), two, "a change takes the id, and a reading of one member finds it", "",
		[]measured{members(1, 2, 2), members(25, 50, 8), members(101, 202, 26)}},
	{updAddress, "pubnub", inTurn(batches(3, 100)), batches(2, 100), patch100, "",
		[]measured{members(1, 3, 3), members(25, 3, 3), members(100, 3, 3), members(101, 6, 3)}},
	{updAddress, "webex", together(lanes, batches(1, 1000), each), plus(batches(1, 1000), each), onePatch + idsInPage, "",
		[]measured{members(1, 2, 2), members(25, 26, 5), members(101, 102, 14)}},

	{updID, "box", together(boxLanes, batches(1, 1000), each), plus(batches(1, 1000), each), onePatch + idsInPage, "", []measured{members(25, 26, 6)}},
	{updID, "clerk", together(lanes, none, each), each, onePatch, "", []measured{members(25, 25, 4)}},
	{updID, "googlechat", together(lanes, none, each), each, onePatch, "", []measured{members(25, 25, 4)}},
	{updID, "pubnub", inTurn(batches(3, 100)), batches(1, 100), patchIDs, "", []measured{members(25, 2, 2)}},
	{updID, "webex", together(lanes, batches(1, 1000), each), plus(batches(1, 1000), each), onePatch + idsInPage, "", []measured{members(25, 26, 5)}},

	{remAddress, "box", together(boxLanes, batches(1, 1000), each), plus(batches(1, 1000), each), oneDelete + idsInPage, "",
		[]measured{members(1, 2, 2), members(25, 26, 6), members(101, 102, 22)}},
	{remAddress, "clerk", together(lanes, batches(1, 100), each), plus(batches(1, 100), each), oneDelete + lookUp100, "",
		[]measured{members(1, 2, 2), members(25, 26, 5), members(101, 103, 14)}},
	{remAddress, "googlechat", together(lanes, none, each, each), two, "a removal takes the id, and a reading of one member finds it", "",
		[]measured{members(1, 2, 2), members(25, 50, 8), members(101, 202, 26)}},
	{remAddress, "pubnub", inTurn(batches(3, 100)), batches(2, 100), patch100, "",
		[]measured{members(1, 3, 3), members(25, 3, 3), members(100, 3, 3), members(101, 6, 3)}},
	{remAddress, "webex", together(lanes, batches(1, 1000), each), plus(batches(1, 1000), each), oneDelete + idsInPage, "",
		[]measured{members(1, 2, 2), members(25, 26, 5), members(101, 102, 14)}},

	{remID, "box", together(boxLanes, batches(1, 1000), each), plus(batches(1, 1000), each), oneDelete + idsInPage, "", []measured{members(25, 26, 6)}},
	{remID, "clerk", together(lanes, none, each), each, oneDelete, "", []measured{members(25, 25, 4)}},
	{remID, "googlechat", together(lanes, none, each, each), each, oneDelete, "", []measured{members(25, 50, 8)}},
	{remID, "pubnub", inTurn(batches(3, 100)), batches(1, 100), patchIDs, "", []measured{members(25, 2, 2)}},
	{remID, "webex", together(lanes, batches(1, 1000), each), plus(batches(1, 1000), each), oneDelete + idsInPage, "", []measured{members(25, 26, 5)}},

	{remStranger, "box", inTurn(times(3)), times(1), "a page of the group has the addresses", "", []measured{members(1, 2, 2)}},
	{remStranger, "clerk", inTurn(times(3)), times(3), "an empty answer does not prove that the organization exists" + ownList, "", []measured{members(1, 3, 3)}},
	{remStranger, "googlechat", inTurn(times(2)), times(2), "a 404 does not tell the space from the member, so the space is read", "", []measured{members(1, 2, 2)}},
	{remStranger, "pubnub", inTurn(times(3)), times(2), "an empty answer does not prove that the channel exists", "", []measured{members(1, 3, 3)}},
	{remStranger, "webex", inTurn(times(3)), times(3), "the person may have another address, and the room may hide members", "", []measured{members(1, 3, 3)}},

	{resolve, "box", together(boxLanes, none, each), each, "a search takes one address", "",
		[]measured{members(1, 1, 1), members(101, 101, 21)}},
	{resolve, "clerk", inTurn(batches(1, 100)), batches(1, 100), "a search takes 100 addresses", "",
		[]measured{members(1, 1, 1), members(101, 2, 1)}},
	{resolve, "googlechat", together(lanes, none, each, each, each, each), plus(times(1), each), "a space tells who an address is, and the spaces are listed once", "",
		[]measured{members(1, 4, 4), members(25, 100, 16)}},
	{resolve, "pubnub", inTurn(batches(1, 100)), batches(1, 100), "a filter takes many addresses", "",
		[]measured{members(1, 1, 1), members(101, 2, 1)}},
	{resolve, "webex", together(lanes, none, each), each, "a search takes one address", "",
		[]measured{members(1, 1, 1), members(101, 101, 13)}},

	{dryRun, "box", together(boxLanes, times(1), each), plus(times(1), each), "the group is one page" + lookUp1, "", []measured{members(25, 26, 6)}},
	{dryRun, "clerk", inTurn(plus(times(2), batches(1, 100))), plus(times(2), batches(1, 100)), "the group is one page" + ownList + lookUp100, "", []measured{members(25, 3, 3)}},
	{dryRun, "googlechat", together(lanes, times(1), each), plus(times(1), each), "the list has no addresses, so each member is read", "", []measured{members(25, 26, 5)}},
	{dryRun, "pubnub", inTurn(plus(times(2), batches(1, 100))), plus(times(1), batches(1, 100)), "the group is one page" + lookUp100, "", []measured{members(25, 3, 3)}},
	{dryRun, "webex", together(lanes, times(2), each), plus(times(1), each), "the group is one page" + lookUp1, "", []measured{members(25, 27, 6)}},

	{planMembers, "box", inTurn(plus(times(1), batches(1, 1000))), plus(times(1), batches(1, 1000)), page1000 + asCaller, "",
		[]measured{members(25, 2, 2), members(1001, 3, 3)}},
	{planMembers, "clerk", together(lanes, plus(times(1), batches(1, 500)), othersIn(100)), plus(times(1), batches(1, 500), othersIn(100)), page500 + ownList + lookUp100, "",
		[]measured{members(25, 3, 3), members(1001, 14, 6)}},
	{planMembers, "googlechat", together(lanes, batches(1, 1000), others), plus(batches(1, 1000), others), "the list has no addresses, so each member is read", "",
		[]measured{members(25, 25, 4), members(1001, 1002, 127)}},
	{planMembers, "pubnub", together(lanes, batches(1, 100), othersIn(100)), plus(batches(1, 100), othersIn(100)), page100 + lookUp100, "",
		[]measured{members(25, 2, 2), members(1001, 21, 13)}},
	{planMembers, "webex", inTurn(plus(times(1), batches(1, 1000))), plus(times(1), batches(1, 1000)), page1000 + asCaller, "",
		[]measured{members(25, 2, 2), members(1001, 3, 3)}},

	{planMany, "box", together(boxLanes, times(1), everyGroup), plus(times(1), everyGroup), perGroup + asCaller, "",
		[]measured{inGroups(25, 26, 6), inGroups(250, 251, 51)}},
	{planMany, "clerk", together(lanes, times(1), everyGroup, everyGroup), plus(times(1), everyGroup, everyGroup), perGroup + ownList + lookUp100, "",
		[]measured{inGroups(25, 51, 9), inGroups(250, 501, 65)}},
	{planMany, "googlechat", together(lanes, none, everyGroup, everyGroup), plus(everyGroup, everyGroup), perGroup + " without addresses, so each member is read", "",
		[]measured{inGroups(25, 50, 8), inGroups(250, 500, 64)}},
	{planMany, "pubnub", together(lanes, times(1), everyGroup), plus(times(1), everyGroup), perGroup + lookUp100, "",
		[]measured{inGroups(25, 26, 5), inGroups(250, 251, 33)}},
	{planMany, "webex", together(lanes, times(1), everyGroup), plus(times(1), everyGroup), perGroup + asCaller, "",
		[]measured{inGroups(25, 26, 5), inGroups(250, 251, 33)}},

	{applyAdd, "box", together(boxLanes, times(2), each), plus(times(2), each), onePost + reread, "",
		[]measured{members(1, 3, 3), members(25, 27, 7), members(101, 103, 23)}},
	{applyAdd, "clerk", together(lanes, times(3), each), plus(times(2), each), onePost + reread, eightAtOnce,
		[]measured{members(1, 4, 4), members(25, 31, 10), members(101, 116, 28)}},
	{applyAdd, "googlechat", together(lanes, times(2), each, each), plus(times(1), each), onePost + reread, eightAtOnce,
		[]measured{members(1, 4, 4), members(25, 55, 13), members(101, 216, 40)}},
	{applyAdd, "pubnub", inTurn(plus(times(1), batches(2, 100))), plus(times(1), batches(1, 100)), patchIDs + reread, "",
		[]measured{members(1, 3, 3), members(25, 3, 3), members(101, 5, 5)}},
	{applyAdd, "webex", together(lanes, times(3), each), plus(times(2), each), onePost + reread, "",
		[]measured{members(1, 4, 4), members(25, 28, 7), members(101, 104, 16)}},

	{cmdRemove, "box", inTurn(times(2)), times(2), oneDelete + idsInPage, "", []measured{members(1, 2, 2)}},
	{cmdRemove, "clerk", inTurn(times(2)), times(2), oneDelete + lookUp100, "", []measured{members(1, 2, 2)}},
	{cmdRemove, "googlechat", inTurn(times(2)), times(2), "a removal takes the id, and a reading of one member finds it", "", []measured{members(1, 2, 2)}},
	{cmdRemove, "pubnub", inTurn(times(3)), times(2), patch100, "", []measured{members(1, 3, 3)}},
	{cmdRemove, "webex", inTurn(times(2)), times(2), oneDelete + idsInPage, "", []measured{members(1, 2, 2)}},

	{cmdRemoveID, "box", inTurn(times(2)), times(2), "a reading is the evidence of a removal", "", []measured{members(1, 2, 2)}},
	{cmdRemoveID, "googlechat", inTurn(times(2)), times(2), "a reading is the evidence of a removal", "", []measured{members(1, 2, 2)}},
	{cmdRemoveID, "webex", inTurn(times(2)), times(2), "a reading is the evidence of a removal", "", []measured{members(1, 2, 2)}},
}

// Row is one job of one size with one provider.
type Row struct {
	Job      *Job
	Provider string
	Size     Size
	// Now are the requests today, and Budget is the goal.
	Now, Budget Trips
	// Least is the smallest number of requests that the provider's API allows, and Why is
	// the reason.
	Least int
	Why   string
	// Over is the reason that Now is above Budget, "" if it is not.
	Over string
}

// Name identifies the row.
func (r Row) Name() string { return r.Job.Name + " " + r.Provider + " " + r.Size.String() }

// AboveBudget reports whether the row has more requests or a longer chain than its budget.
func (r Row) AboveBudget() bool {
	return r.Now.Requests > r.Budget.Requests || r.Now.Chain > r.Budget.Chain
}

// Rows returns the table, job by job.
func Rows() []Row {
	var rows []Row
	for _, e := range table {
		for _, m := range e.now {
			r := Row{
				Job: e.job, Provider: e.provider, Size: m.Size, Now: m.Trips,
				Budget: e.budget(m.Size), Least: e.least(m.Size), Why: e.why,
			}
			if r.AboveBudget() {
				r.Over = e.over
			}
			rows = append(rows, r)
		}
	}
	return rows
}

// Columns are the columns of the table in docs/roundtrips.md.
func Columns() []string {
	return []string{"job", "provider", "size", "requests", "goal", "least", "chain", "ms", "no fewer, because"}
}

// Cells returns the cells of a row under Columns, with the requests and the time of a
// measurement.
func (r Row) Cells(got Trips, wall time.Duration) []string {
	return []string{
		r.Job.Name, r.Provider, r.Size.String(), strconv.Itoa(got.Requests), strconv.Itoa(r.Budget.Requests), strconv.Itoa(r.Least),
		strconv.Itoa(got.Chain), strconv.FormatInt(wall.Milliseconds(), 10), r.Why,
	}
}

// Documented returns the rows of docs/roundtrips.md: the largest size of every job and
// provider.
func Documented() []Row {
	var rows []Row
	for _, r := range Rows() {
		if n := len(rows); n > 0 && rows[n-1].Job == r.Job && rows[n-1].Provider == r.Provider {
			rows = rows[:n-1]
		}
		rows = append(rows, r)
	}
	return rows
}

// Jobs returns the jobs of the table in order.
func Jobs() []*Job {
	var jobs []*Job
	for _, e := range table {
		if !slices.Contains(jobs, e.job) {
			jobs = append(jobs, e.job)
		}
	}
	return jobs
}
