package storetest

import (
	"testing"
	"time"

	"debadge/graph"
)

// Opener opens a fresh, empty store that takes the time from clock, and closes
// it when t ends. reopen opens what that store holds once more, as after a
// restart; a store that lives in memory alone returns itself.
type Opener func(t *testing.T, clock func() time.Time) (store graph.Store, reopen func() graph.Store)

// RunStore runs the whole contract on the stores that open returns. There is no
// way to leave a part of it out.
func RunStore(t *testing.T, open Opener) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(*probe)
	}{
		{"refuses/kinds of ends", refusesKinds},
		{"refuses/claims", refusesClaims},
		{"refuses/entities and sources", refusesEntities},
		{"refuses/ids", refusesIDs},
		{"refuses/references", refusesReferences},
		{"refuses/many at once", refusesMany},
		{"append/all relations", acceptsRelations},
		{"append/all or nothing", allOrNothing},
		{"append/receipts", receipts},
		{"append/again", appendAgain},
		{"append/conflict", appendConflict},
		{"append/same content elsewhere", sameContent},
		{"append/nothing", appendNothing},
		{"append/leaves its input alone", inputUntouched},
		{"versions/entities", entityVersions},
		{"versions/sources", sourceVersions},
		{"versions/letter case and Unicode", letterCase},
		{"retract/withdraw", withdraw},
		{"retract/correct", correct},
		{"retract/twice", retractTwice},
		{"retract/never overwrite", neverOverwrite},
		{"retract/claims by id", claimsByID},
		{"seen/changed since", changedSince},
		{"seen/as it was", asItWas},
		{"changes/exact content", exactContent},
		{"changes/order and since", changesOrder},
		{"changes/error ends it", changesError},
		{"view/nodes", viewNodes},
		{"view/find", viewFind},
		{"view/find sources", viewFindSources},
		{"view/order and not found", viewOrder},
		{"view/error of read", viewError},
		{"view/snapshot", viewSnapshot},
		{"adjacent/directions", adjacentDirections},
		{"adjacent/fields", adjacentFields},
		{"adjacent/frontier", adjacentFrontier},
		{"adjacent/moments", adjacentMoments},
		{"adjacent/hub", adjacentHub},
		{"moment/time", momentTime},
		{"moment/out of reach", momentOutOfReach},
		{"moment/clock goes back", clockGoesBack},
		{"moment/precision", timePrecision},
		{"together/writers", writersTogether},
		{"together/same change set", writersCollide},
		{"together/reader sees whole changes", readerSeesWhole},
		{"together/readers of versions", readersOfVersions},
		{"life/empty store", emptyStore},
		{"life/canceled context", canceledContext},
		{"life/use after close", useAfterClose},
		{"life/reopen", reopened},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(newProbe(t, open)) })
	}
}
