package sqltext

import (
	"slices"
	"strings"
)

// A node is a token that is no blank, or what is in round brackets, or between CASE and END.
type node struct {
	token
	at, last int // the token's number; of a group, those of its brackets
	group    []node
	isGroup  bool
}

func (n node) is(words ...string) bool {
	return !n.isGroup && (slices.Contains(words, n.word()) || n.kind == signToken && slices.Contains(words, n.text))
}

// tree groups the tokens. Ok is false if brackets, or CASE and END, are not in order: MySQL takes END for a name, too.
func (q *Question) tree() (nodes []node, ok bool) {
	nodes, next, ok := q.grouped(0, "")
	if !ok || next != len(q.tokens) {
		return nil, false
	}
	return nodes, true
}

// grouped groups the tokens from one on, up to what ends the group, and returns the number of that.
func (q *Question) grouped(from int, end string) (nodes []node, next int, ok bool) {
	dot := false
	for i := from; i < len(q.tokens); i++ {
		t := q.tokens[i]
		mark := t.text
		switch {
		case t.kind == blankToken:
			continue
		case t.kind == wordToken && !dot:
			mark = t.word()
		case t.kind != signToken: // behind a dot, any word is a name
			mark = ""
		}
		dot = mark == "."
		switch {
		case mark != "" && mark == end:
			return nodes, i, true
		case mark == ")", mark == "END":
			return nil, i, false
		case mark == "(", mark == "CASE":
			closing := map[string]string{"(": ")", "CASE": "END"}[mark]
			inner, last, ok := q.grouped(i+1, closing)
			if !ok {
				return nil, i, false
			}
			nodes = append(nodes, node{token: token{signToken, t.text}, at: i, last: last, group: inner, isGroup: true})
			i = last
		default:
			nodes = append(nodes, node{token: t, at: i, last: i})
		}
	}
	return nodes, len(q.tokens), end == ""
}

// lists returns what the outermost SELECT asks for; several, if it is one of a UNION.
func (q *Question) lists() (all [][]node) {
	nodes, _ := q.tree()
	first := -1
	for i, n := range nodes {
		switch {
		case n.is("SELECT"):
			first = i + 1
		case n.is("FROM") && first >= 0:
			all = append(all, nodes[first:i])
			first = -1
		}
	}
	return all
}

// Answers tells whether the question asks for a column of that name, or for all of a table's.
func (q *Question) Answers(column string) bool {
	for _, list := range q.lists() {
		for i, n := range list {
			if (i+1 == len(list) || list[i+1].is(",")) && (n.is("*") || n.called(column)) {
				return true
			}
		}
	}
	return false
}

// Lists tells whether the question makes a column of its answer of that parameter, or part of one.
func (q *Question) Lists(parameter string) bool {
	return slices.ContainsFunc(q.lists(), func(list []node) bool {
		return slices.ContainsFunc(list, func(n node) bool { return n.holds(parameter) })
	})
}

// holds tells whether a parameter is in a node.
func (n node) holds(parameter string) bool {
	return n.kind == paramToken && n.text == parameter || slices.ContainsFunc(n.group, func(n node) bool { return n.holds(parameter) })
}

// called tells whether a node is that name.
func (n node) called(name string) bool {
	text := n.text
	if n.kind == nameToken || n.kind == textToken {
		text = strings.Trim(text, "\"`[]'")
	}
	return !n.isGroup && n.kind <= textToken && strings.EqualFold(text, name)
}
