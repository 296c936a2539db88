// Package search finds documents by Swedish text, and shows of them only what the asker may see.
//
// One analyser in Go, for indexing and for asking and for both engines, folds case and accents (å, ä and ö stay), stems with Snowball
// and what it lacks (stem.go), and splits compounds by a word list of our own (compound.go, words.txt): a document is found by the
// whole word and by its parts, so that belysning finds gatubelysningen and förskola does not answer to skola. Numbers with marks, such
// as KS 2026/00123, are found whole and in parts, with or without leading zeros.
//
// The index is part of the transaction that changes it: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL, fed with the same
// terms, so that both find the same documents in the same order. What may be seen is an SQL condition on every answer, from
// kernel/access. Texts are kept as they were written, for showing; Remove forgets them (gallring).
//
// Rank: documents whose title answers come first, then newest first. bm25 and ts_rank are not used: they look at every answer before
// they give the first, and FTS5's bm25 at every document that has any of the words, which for a common word among a million documents
// takes far longer than anybody waits. Newest first lets a search stop as soon as a page is full; see window.go for PostgreSQL.
//
// Processor time of a page of 20 with an access condition that lets a fifth through, marks and snippets included, on SQLite with
// 1 000 000 documents of 64 words (1.7 GB): a common word 4 to 6 ms, two common words 8 to 10 ms, words in a row, both common, 38 ms;
// a case number 1 ms and a beginning 5 ms (with 200 000 documents). They were taken on two cores that other work loaded five times over;
// BenchmarkLoad measures times at 50 searches a second on a quiet machine, on both engines. PostgreSQL answers in the same order of
// time with 100 000 documents and indexes about 300 a second there, SQLite 2 600.
//
// A search looks up about 3 000 answers that the asker may not see and then stops with Result.Next set, so that its time is bounded.
// Where few of many may be seen, Request.Units and Request.Party narrow the question inside the index.
//
// Answers P-K (sekretess) and P-T (tillgänglighet) of the IT security policy: a search shows nothing that its asker may not open.
package search
