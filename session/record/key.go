package record

// putKey puts a value under the text of its key. Keys that no path can name are left out. Two keys of different types may have
// the same text; then it names neither of them, for nobody could say which was meant.
func putKey(values map[string]any, key, value any) {
	text := Text(key)
	if text == "" && key != "" {
		return
	}
	if _, taken := values[text]; taken {
		value = nil
	}
	values[text] = value
}
