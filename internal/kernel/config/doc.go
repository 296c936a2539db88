// Package config is how an operator tells Dygnet where it is and what it leans on: one struct for the whole program, read from
// defaults, a YAML file, the environment (DYGNET_…) and flags, the later over the earlier.
//
// The environment's name of a key is the key in capitals with dots as underscores: email.host is DYGNET_EMAIL_HOST. Lists are
// separated by commas there. A key nobody knows is an error that says which one was perhaps meant, so that a misspelt key never
// leaves a default in force unseen. Secrets may lie in files of their own (…_file) and are never printed.
//
// Check says in plain words what is wrong and what to do about it, without reaching for anything outside the machine; `dygnet check`
// asks the database, mail server and the like besides. deploy/dygnet.example.yaml documents every key.
//
// It answers P-T (tillgänglighet): a wrong setting is told at start and not met in service.
package config
