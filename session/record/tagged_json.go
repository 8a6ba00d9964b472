package record

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// ParseTagged is the [Parser] of the JSON that flask/json/tag.py writes: a value that JSON does not have is an object whose only
// key is a tag. A tuple is read as a list, bytes as []byte, a UUID and Markup as text, a time as the text that it is. Tags that
// a site has added stay objects.
func ParseTagged(record []byte) (any, error) {
	tree, err := ParseJSON(record)
	if err != nil {
		return nil, err
	}
	return untagged(tree), nil
}

// untagged replaces the tagged values in a tree, whose depth encoding/json has bounded.
func untagged(tree any) any {
	switch node := tree.(type) {
	case []any:
		for i, child := range node {
			node[i] = untagged(child)
		}
	case map[string]any:
		for key, child := range node {
			node[key] = untagged(child)
		}
		for key, child := range node {
			if len(node) == 1 {
				return untag(key, child, node)
			}
		}
	}
	return tree
}

// untag is the value of an object whose only key may be a tag.
func untag(tag string, value any, object map[string]any) any {
	text, isText := value.(string)
	switch tag {
	case " t", " m", " d":
		return value
	case " di": // a dict whose own only key looks like a tag, with two underscores behind it
		if inner, ok := value.(map[string]any); ok && len(inner) == 1 {
			for key, child := range inner {
				return map[string]any{strings.TrimSuffix(key, "__"): child}
			}
		}
	case " b":
		if data, err := base64.StdEncoding.DecodeString(text); isText && err == nil {
			return data
		}
	case " u":
		if id, err := hex.DecodeString(text); err == nil && len(id) == 16 {
			return uuidText([16]byte(id))
		}
	}
	return object
}
