package pack

import "embed"

// Schemas are the JSON Schemas (2020-12) of the YAML files of a pack: schema/case-type.json, schema/municipality.json and so on.
// They are made from the Go types by the package's tests (go test ./internal/casework/pack -run Schema -update) and say what the
// loader says of a file by itself; what needs other files or the sense of a case type only the loader knows.
//
//go:embed schema/*.json
var Schemas embed.FS
