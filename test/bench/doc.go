// Command bench measures the real program beside the raw limits of the machine, in one run, and writes docs/benchmarks.md.
//
//	go run ./test/bench          # a million cases, kept in .cache/bench between runs
//	go run ./test/bench -quick   # 20 000 cases and short runs: does the bench itself work?
//
// The targets are those of issue 2, "What it must show". A figure that misses its target is written as missed.
package main
