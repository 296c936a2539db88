package casetype

import (
	"dygnet/internal/kernel/i18n"
)

// pathMark stands between the labels of a path through a tree.
const pathMark = " › "

// Leaves are the options of a tree that can be chosen, in the order of the file; the label is the whole path to it, "Bygga › Eldstad".
// Of other questions they are the options.
func (q *Question) Leaves() []Option {
	var out []Option
	var walk func(options []Option, path i18n.Text)
	walk = func(options []Option, path i18n.Text) {
		for _, o := range options {
			if path != nil {
				label := i18n.Text{}
				for _, l := range i18n.Languages() {
					label[l] = path.In(l) + pathMark + o.Label.In(l)
				}
				o.Label = label
			}
			if len(o.Options) > 0 {
				walk(o.Options, o.Label)
			} else {
				out = append(out, o)
			}
		}
	}
	walk(q.Options, nil)
	return out
}

// leaf wants an option that has none below it.
func (a *answer) leaf(s string) bool {
	for _, o := range a.q.leaves {
		if o.Value == s {
			return true
		}
	}
	code := ErrOption
	if a.q.option(s) != nil {
		code = ErrLeaf
	}
	return a.check(a.field, code, false)
}

// option finds an option by value, in a tree at any depth; nil if there is none.
func (q *Question) option(value string) *Option { return find(q.Options, value) }

func find(options []Option, value string) *Option {
	for i := range options {
		if options[i].Value == value {
			return &options[i]
		}
		if o := find(options[i].Options, value); o != nil {
			return o
		}
	}
	return nil
}
