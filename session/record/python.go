package record

import "errors"

// ParsePython is the [Parser] of what Python's frameworks write and put into caches: JSON, MessagePack or a pickle. MessagePack
// begins with the number of its entries; a pickle with 0x80 and the version, or, in the oldest protocols, with a bracket; neither
// with a brace.
func ParsePython(record []byte) (any, error) {
	if len(record) == 0 {
		return nil, errors.New("an empty record")
	}
	switch first := record[0]; {
	case first == '{':
		return ParseJSON(record)
	case len(record) == 1, 0x81 <= first && first <= 0x8f, first == 0xde, first == 0xdf:
		return parseMsgpack(record)
	}
	return ParsePickle(record)
}
