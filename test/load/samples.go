package load

import (
	"slices"
	"time"
)

// Samples are how long things took.
type Samples []time.Duration

// Quantile gives the time within which the share q (0 to 1) was done; 0 of none. It sorts the samples.
func (s Samples) Quantile(q float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	slices.Sort(s)
	return s[min(int(q*float64(len(s))), len(s)-1)]
}
