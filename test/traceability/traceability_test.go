package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestATestIsOfTheSentenceItIsNamedAfter(t *testing.T) {
	ids := []string{"S4-KF-1", "S4-NF-1", "S4-NF-10", "S0-1"}
	for name, want := range map[string]string{
		"TestS4_KF_1_OnlyTheCouncil": "S4-KF-1", "TestS4_NF_10_Ten": "S4-NF-10", "TestS4_NF_1_One": "S4-NF-1", "TestS0_1": "S0-1", "TestS4_NF_11_Eleven": "", "TestOther": "",
	} {
		if got := of(name, ids); got != want {
			t.Errorf("%s is of %q", name, got)
		}
	}
}

func TestOnlyTestsThatGoTestRunsAreFound(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	got, err := find(fstest.MapFS{
		"a/a_test.go":            file("package a\nfunc TestS0_1_Holds(t *testing.T) {}\nfunc (x) TestS0_1_Method(t *testing.T) {}\n// func TestS0_1_InAComment(t *testing.T) {}\n"),
		"a/b_test.go":            file("//go:build browser\n\npackage a\nfunc TestS0_1_WithATag(t *testing.T) {}\n"),
		"a/c.go":                 file("package a\nfunc TestS0_1_NoTest() {}\n"),
		"node_modules/x_test.go": file("package x\nfunc TestS0_1_Foreign(t *testing.T) {}\n"),
	}, []string{"S0-1"})
	if err != nil || len(got["S0-1"]) != 1 || got["S0-1"][0] != (test{"a", "TestS0_1_Holds"}) {
		t.Errorf("%v %v", got, err)
	}
}

func TestTheTableFailsOnASentenceThatDoesNotHold(t *testing.T) {
	one, two := test{"a", "TestS0_1_One"}, test{"a", "TestS0_1_Two"}
	for name, c := range map[string]struct {
		tests   []test
		results map[test]string
		says    string
		holds   bool
	}{
		"holds":   {[]test{one, two}, map[test]string{one: "pass", two: "skip"}, "1 hold", true},
		"listed":  {[]test{one}, nil, "not run", true},
		"no test": {nil, map[test]string{}, "NO TEST", false},
		"fails":   {[]test{one, two}, map[test]string{one: "pass", two: "fail"}, "fail", false},
		"skipped": {[]test{one}, map[test]string{one: "skip"}, "skip", false},
		"not run": {[]test{one}, map[test]string{}, "did not run", false},
	} {
		var out strings.Builder
		err := table(&out, []string{"S0-1"}, map[string][]test{"S0-1": c.tests}, c.results)
		if (err == nil) != c.holds || err != nil && !errors.Is(err, errMissing) || !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: %v\n%s", name, err, out.String())
		}
	}
}

func TestResultsAreReadFromGoTest(t *testing.T) {
	got := map[test]string{}
	results("a", strings.NewReader(`# a [build failed]
{"Action":"run","Test":"TestA"}
{"Action":"fail","Test":"TestA/sqlite"}
{"Action":"pass","Test":"TestA"}
{"Action":"pass"}
`), got)
	if len(got) != 1 || got[test{"a", "TestA"}] != "pass" {
		t.Errorf("%v", got)
	}
}

func TestTheListOfSentencesHasEachOnce(t *testing.T) {
	ids := read(sentences)
	if len(ids) < 50 || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		t.Errorf("%d sentences: %v", len(ids), ids)
	}
}
