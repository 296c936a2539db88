// Package browser looks at Dygnet's pages as a person's browser shows them, in headless Chromium.
//
// [New] starts the browser. [Browser.Check] judges one page: valid HTML, axe-core's accessibility
// rules (WCAG 2.2 A and AA) in light, in dark and at 320 px, keyboard alone, no JavaScript, nothing
// from a third party. [Browser.Crawl] finds the pages of a site. [Browser.Open] gives a page to a
// test that walks a journey.
//
// A test that has no Chromium skips itself; where DYGNET_TEST_STRICT=1 (scripts/test sets it when
// set-up succeeded) it fails instead. DYGNET_TEST_CHROMIUM names the program.
package browser
