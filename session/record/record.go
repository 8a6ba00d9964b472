// Package record reads what sites write of a session: bytes in, a tree of plain values out, which is maps, lists, texts and numbers. A
// name of a type in a record is data. Every reader is bounded in depth, in memory and in the number of values.
//
//	JSON         json.go, tagged_json.go (Flask)
//	PHP          php_session.go (four handlers), php_serialize.go, php_object.go, igbinary.go
//	Python       python.go, pickle*.go, msgpack.go
//	Ruby         marshal*.go
//	MongoDB      bson.go
//	Go           gob*.go
//	compressed   inflate.go
//	the tree     path.go, text.go, key.go; numbers as loosely typed languages take them: decimal.go, javascript.go
package record

// A Parser turns a record into a tree of map[string]any, []any, string, []byte, bool, nil and numbers (any integer type,
// float64 or json.Number). It builds nothing else: a type's name in a record is data. It is bounded in depth and in
// the number of values, and so in memory by a small multiple of the size of the largest record, [MaxRecord].
type Parser func(record []byte) (any, error)

// MaxRecord bounds a record, in bytes.
const MaxRecord = 1 << 20
