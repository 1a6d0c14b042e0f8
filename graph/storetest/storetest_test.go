package storetest_test

import (
	"testing"

	"debadge/graph/storetest"
)

func TestEngine(t *testing.T) {
	t.Parallel()
	storetest.RunEngine(t)
}
