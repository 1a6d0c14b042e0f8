package ingest

import (
	"math/big"
	"strings"

	"debadge/graph"
)

// Bound is the side of a band of shares that a number stands for.
type Bound uint8

// The bounds. Registers print more decimals than a share holds, so each bound
// says where to round: away from the middle of the band, which so never gets
// narrower than what is printed. A bound that the share itself does not reach
// is the next share beside it.
const (
	AtLeast  Bound = iota // rounded down
	MoreThan              // the least share above
	AtMost                // rounded up
	LessThan              // the greatest share below
)

// maxNumberLength bounds the digits that are looked at: no register prints a
// percentage with more.
const maxNumberLength = 40

var (
	microPerPercent = big.NewInt(1_000_000)
	wholeShare      = big.NewInt(graph.WholeShare)
	one             = big.NewInt(1)
)

// ShareBound reads a decimal percentage such as 33.3333333 as an end of a band.
func ShareBound(text string, b Bound) (graph.Share, error) {
	if len(text) > maxNumberLength || text == "" || strings.Trim(text, "0123456789.") != "" || strings.Count(text, ".") > 1 {
		return graph.Share{}, graph.Errorf(graph.KindInvalid, "%.60q is not a percentage; write a decimal number from 0 to 100", text)
	}
	exact, ok := new(big.Rat).SetString(text)
	if !ok {
		return graph.Share{}, graph.Errorf(graph.KindInvalid, "%.60q is not a percentage; write a decimal number from 0 to 100", text)
	}
	scaled := exact.Mul(exact, new(big.Rat).SetInt(microPerPercent))
	micro, rest := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	whole := rest.Sign() == 0
	switch b {
	case AtLeast:
	case MoreThan:
		micro.Add(micro, one)
	case AtMost:
		if !whole {
			micro.Add(micro, one)
		}
	case LessThan:
		if whole {
			micro.Sub(micro, one)
		}
	}
	if micro.Sign() < 0 || micro.Cmp(wholeShare) > 0 {
		return graph.Share{}, graph.Errorf(graph.KindInvalid, "%s is outside 0 to 100 percent", text)
	}
	return graph.ShareOf(int32(micro.Int64())), nil //nolint:gosec // at most WholeShare
}
