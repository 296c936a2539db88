// Command bench measures the real program beside the raw limits of the machine and writes docs/benchmarks.md.
//
//	go run ./test/bench          # all parts in one run, with a million cases, which are kept in .cache/bench between runs
//	go run ./test/bench large    # one part alone; the report keeps what was measured before of the others, and says when
//	go run ./test/bench -quick   # 20 000 cases and short runs, to standard output: does the bench itself work?
//
// The parts are raw, empty, forms, large and memory; seed makes the large database and measures nothing else. What a part gave is kept in
// .cache/bench/results.json as soon as it is done, so that a run that is cut off loses one part only.
//
// The targets are those of issue 2, "What it must show". A figure that misses its target is written as missed.
package main
