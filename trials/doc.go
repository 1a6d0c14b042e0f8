// Package trials tries what no package can by itself: histories of many writers
// on several stores at once, clocks that are wrong, and files that are damaged.
// It holds tests alone. docs/trials.md lists all trials of debadge, each with
// its command; DEBADGE_TRIAL_FULL=1 runs the long form.
package trials
