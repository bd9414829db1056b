// Package reconcile brings groups to a desired state, in separate steps: [Look] reads the
// groups, [NewPlan] compares them with the [Desired] state, and [Apply] makes the changes of
// a [Plan] through a [Journal].
//
// A plan is data: Apply computes no change anew. No removal follows from a listing that was
// not complete.
package reconcile
