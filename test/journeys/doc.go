// Package journeys walks through the whole of Dygnet from outside, as people do: the program is built and started as `dygnet demo`, and
// everything is done over HTTP, most of it in Chromium. It knows pages by what they say and by the names of their fields, nothing else.
//
// Citizens report a fault (without JavaScript, by keyboard alone, with the map), officers answer it, registrars screen it, auditors prove
// it; every kind of page is looked at for accessibility, weight and headers; and what nobody should send is sent.
//
// Chromium's part is skipped where there is none, and fails instead under DYGNET_TEST_STRICT=1.
package journeys
