// Package pack reads a municipality from files: its contact ways and theme, its organisation, roles and people, the actions reserved
// to its bodies, its map and addresses, and its case types. A pack is how a municipality adapts Dygnet without code.
//
// [Load] gives either a [Pack] or all that is wrong with it ([LoadError]), each with file, line, column and, where one is near,
// what was perhaps meant. Nothing of a broken pack is loaded, save that a broken case type leaves the others running. [Check] gives the problems alone. The JSON Schema of each kind of file
// is in [Schemas]; editors use it while a clerk writes, and a test proves that it and the loader agree.
//
// The files of a pack:
//
//	municipality.yaml       name, contact, emergency text, theme, map, topics
//	organisation.yaml       members, bodies, units
//	roles.yaml              the roles that mandates are made of
//	people.yaml             decisions, officers and elected with their mandates
//	personas.yaml           whom one can be in the demo
//	reserved-actions.yaml   what only a body may decide (PR-3)
//	processes.yaml          what units do, how far it is an e-service, and whether it ought to be (S4-NF-5)
//	residents.csv           invented residents, children with their guardians
//	organisations.csv       invented firms and associations, with who may sign for them
//	addresses.csv           the address register
//	map.geojson             streets, water, built-up areas
//	assignment.yaml         who gets new cases without being given them (need not be there)
//	phrases.yaml            texts with variables to begin from (need not be there)
//	steering.yaml           types of steering document and who decides each (need not be there)
//	styrning/*.yaml         one version of a steering document each (need not be there)
//	casetypes/*.yaml        one version of an ärendetyp each, in files of any name
//
// It touches no database: the application applies a pack to the kernel.
//
// Answers S4-KF-1 in that who may decide what is data (PR-1 to PR-3), S0-1, S1-5, S2-M1-2, S2-M2-3, S2-M3-1, S2-M7-1, S4-NF-5, S8-24-2 and S8-G-1.
package pack
