// Package app puts Dygnet together: it reads the configuration, opens the kernel, applies the pack, hands each room what it needs of
// the others, and serves. It is the only package that knows every room; it holds wiring and no rules.
package app
