// Command traceability holds each sentence of the IT strategy that is built against the tests that are named after it, runs them, and
// prints the table: sentence, test, result. It fails if a sentence has no test, or if one of its tests fails.
//
//	go run ./test/traceability          # make traceability
//	go run ./test/traceability -list    # which tests there are, without running them
//	go run ./test/traceability S4-KF-1  # of some sentences only
//
// The sentences are those in sentences.txt, one a line. A test is of a sentence when its name begins with it: TestS4_KF_1_… is of S4-KF-1.
package main
