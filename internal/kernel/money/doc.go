// Package money counts in öre and never loses one.
//
// An Amount is a whole number of öre (int64, ±92 million billion kronor); arithmetic that does not fit fails instead of
// wrapping. Shared costs are split by largest remainder, so that the parts always add up to the whole.
package money
