package yaml

import (
	"fmt"
	"regexp"
)

// Kind is what a node is.
type Kind byte

// The kinds of node.
const (
	Null Kind = iota
	Text
	Number
	Boolean
	Sequence
	Mapping
)

// Node is a value and where it stands.
type Node struct {
	Kind         Kind
	Line, Column int     // from 1; columns count characters; of Null those of its key or dash
	Text         string  // of Text; of Number and Boolean as it is written
	Entries      []Entry // of Mapping, in the order of the file, each key once
	Items        []*Node // of Sequence
}

// Entry is a key of a mapping and its value.
type Entry struct {
	Key          string
	Line, Column int
	Value        *Node
}

// Value gives the value of a key, nil if there is none or n is no mapping.
func (n *Node) Value(key string) *Node {
	for i := range n.Entries {
		if n.Entries[i].Key == key {
			return n.Entries[i].Value
		}
	}
	return nil
}

// Error is why a file cannot be read.
type Error struct {
	Line, Column int
	Message      string
}

// Error is line:column: message.
func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message) }

// MaxDepth is how deep a file may nest.
const MaxDepth = 50

// numbers are those of the core schema.
var numbers = regexp.MustCompile(`^(?:[-+]?(?:(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))|0x[0-9a-fA-F]+|0o[0-7]+|\.(?:nan|NaN|NAN))$`)

// number reports whether a plain text is a number of the core schema.
func number(s string) bool { return s != "" && s[0] >= '+' && s[0] <= '9' && numbers.MatchString(s) }

func hex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }

// kindOf is the kind of a plain text.
func kindOf(s string) Kind {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return Boolean
	}
	if number(s) {
		return Number
	}
	return Text
}
