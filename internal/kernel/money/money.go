package money

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What can go wrong; callers decide on these.
var (
	ErrFormat   = errors.New("not an amount in kronor (such as 1 234,50)")
	ErrOverflow = errors.New("the amount is too large")
	ErrWeights  = errors.New("weights must not be negative, nor all be zero")
)

// Amount is a sum of money in öre, hundredths of a Swedish krona. In JSON and SQL it is the integer.
type Amount int64

var amountPattern = regexp.MustCompile(`^(?i:SEK ?)?([-\x{2212}]?)(\d{1,3}(?: \d{3})+|\d+)(?:[.,:](\d{1,2}|-))?(?i: ?kr| ?SEK)?$`)

// Parse reads kronor and öre as people write them: 1 234,50, 1234.50, 1 234:50, 100:-, -5 kr. A thousand is set off by a
// space or not at all, so 1.234 and 1,234.50, which can mean two things, are refused. Errors wrap ErrFormat or ErrOverflow.
func Parse(s string) (Amount, error) {
	s = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ").Replace(strings.TrimSpace(s))
	m := amountPattern.FindStringSubmatch(s)
	if m == nil {
		return 0, ErrFormat
	}
	cents := (strings.Trim(m[3], "-") + "00")[:2]
	sign := ""
	if m[1] != "" {
		sign = "-"
	}
	n, err := strconv.ParseInt(sign+strings.ReplaceAll(m[2], " ", "")+cents, 10, 64)
	if err != nil {
		return 0, ErrOverflow
	}
	return Amount(n), nil
}

// Format is a as people read it: "1 234,50 kr", or "SEK 1,234.50" if lang is "en". Its spaces do not break lines and its
// minus is U+2212. Any string type does for lang, so that i18n.Lang, a floor up, fits.
func Format[L ~string](a Amount, lang L) string {
	group, point, minus := "\u00a0", ",", ""
	if lang == "en" {
		group, point = ",", "."
	}
	if a < 0 {
		minus = "\u2212"
	}
	n := a.magnitude()
	kronor := strconv.FormatUint(n/100, 10)
	for i := len(kronor) - 3; i > 0; i -= 3 {
		kronor = kronor[:i] + group + kronor[i:]
	}
	number := fmt.Sprintf("%s%s%s%02d", minus, kronor, point, n%100)
	if lang == "en" {
		return "SEK\u00a0" + number
	}
	return number + "\u00a0kr"
}

// String is a in the form of data files: -1234.50.
func (a Amount) String() string {
	sign := ""
	if a < 0 {
		sign = "-"
	}
	return fmt.Sprintf("%s%d.%02d", sign, a.magnitude()/100, a.magnitude()%100)
}

// Add is a + b, or ErrOverflow.
func (a Amount) Add(b Amount) (Amount, error) {
	if sum := a + b; (sum > a) == (b > 0) {
		return sum, nil
	}
	return 0, ErrOverflow
}

// Sub is a - b, or ErrOverflow.
func (a Amount) Sub(b Amount) (Amount, error) {
	if diff := a - b; (diff < a) == (b > 0) {
		return diff, nil
	}
	return 0, ErrOverflow
}

// Mul is a taken n times, or ErrOverflow.
func (a Amount) Mul(n int64) (Amount, error) {
	if a == 0 || n == 0 {
		return 0, nil
	}
	product := a * Amount(n)
	if product/Amount(n) != a || a == math.MinInt64 && n == -1 || n == math.MinInt64 && a == -1 {
		return 0, ErrOverflow
	}
	return product, nil
}

// Split shares a by weights: each part is the exact share or the öre next to it towards zero or away from it, the öre left
// over going to the largest remainders and among equal ones to the first. The parts add up to a. A negative a is split as
// the positive one is. It fails with ErrWeights or ErrOverflow (of the sum of the weights).
func (a Amount) Split(weights []int64) ([]Amount, error) {
	var total int64
	for _, w := range weights {
		if w < 0 {
			return nil, ErrWeights
		}
		if total > math.MaxInt64-w {
			return nil, fmt.Errorf("adding the weights: %w", ErrOverflow)
		}
		total += w
	}
	if total == 0 {
		return nil, ErrWeights
	}
	parts := make([]uint64, len(weights))
	rest := make([]uint64, len(weights))
	order := make([]int, len(weights))
	left := a.magnitude()
	for i, w := range weights {
		hi, lo := bits.Mul64(a.magnitude(), uint64(w)) // #nosec G115 -- not negative, checked above
		parts[i], rest[i] = bits.Div64(hi, lo, uint64(total))
		left -= parts[i]
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(rest[j], rest[i]) })
	for _, i := range order[:left] { // fewer öre are left than there are remainders
		parts[i]++
	}
	amounts := make([]Amount, len(weights))
	for i, p := range parts {
		amounts[i] = Amount(p) // #nosec G115 -- wraps only for the least Amount, to what is meant
		if a < 0 {
			amounts[i] = -amounts[i]
		}
	}
	return amounts, nil
}

// magnitude is |a|, also of the least Amount, which has no positive one.
func (a Amount) magnitude() uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}
