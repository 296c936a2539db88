// Package load runs the real program and makes traffic for it: what the fault tests (test/fault) and the benchmarks (test/bench) share.
//
// The client writes requests that were built beforehand on connections it keeps, so that what it costs is small beside the server's
// work and can be told apart from it.
package load
