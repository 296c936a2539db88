// Package i18n holds the two languages of Dygnet: texts in data (Text) and texts of the interface (Catalogue, Localizer).
//
// Swedish is the source language and lies at the root of the site; English is its mirror under /en. The language of a page is
// its address and nothing else: no cookie and no redirect by Accept-Language, so that a link means the same to everyone.
//
// Interface texts lie in texts/sv.toml and texts/en.toml of the package that shows them and are merged by Load. Keys are flat,
// quoted and begin with the package ("ui.skip"). A message is a string, or a table with the plural forms one and other:
//
//	"desk.waiting" = {one = "{{.Count}} ärende väntar", other = "{{.Count}} ärenden väntar"}
//
// Only the placeholder form {{.Name}} is allowed. Texts are plain text; the page escapes them.
//
// Plain language (språklagen 2009:600 11 §: vårdat, enkelt, begripligt) is held by Lint, which the tests run over every text.
package i18n
