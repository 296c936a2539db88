package yaml

import "fmt"

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

// number reports whether a plain text is a number of the core schema.
func number(s string) bool {
	if s == "" || s[0] > '9' || s[0] < '+' {
		return false
	}
	if s[0] == '+' || s[0] == '-' {
		s = s[1:]
	}
	switch s {
	case ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN":
		return true
	}
	if len(s) > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'o') {
		for i := 2; i < len(s); i++ {
			if !hex(s[i]) || s[1] == 'o' && s[i] > '7' {
				return false
			}
		}
		return true
	}
	i := digits(s, 0)
	whole := i
	if i < len(s) && s[i] == '.' {
		j := digits(s, i+1)
		if whole == 0 && j == i+1 {
			return false
		}
		i = j
	}
	if i == 0 {
		return false
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		j := digits(s, i)
		if j == i {
			return false
		}
		i = j
	}
	return i == len(s)
}

// digits gives the offset after the digits from i on.
func digits(s string, i int) int {
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return i
}

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
