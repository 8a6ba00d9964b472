package record

import (
	"bytes"
	"fmt"
)

// phpHandlers are the forms of PHP's session records, as session.serialize_handler names them (php-src, ext/session/session.c).
var phpHandlers = []struct {
	name  string
	parse Parser
}{
	{"php", ParsePHPVariables},
	{"php_serialize", ParsePHP},
	{"php_binary", parsePHPBinary},
	{"igbinary", parseIgbinary},
}

// PhpHandler is the parser of the records that one handler writes. A record that another handler wrote is
// not read: two handlers may make different things of one record, and visitors have a say in what it contains. But the error, a
// [HandlerError], tells which one it is.
func PhpHandler(name string) (Parser, error) {
	for _, handler := range phpHandlers {
		if handler.name != name {
			continue
		}
		return func(record []byte) (any, error) {
			if len(record) == 0 {
				return map[string]any{}, nil // as in every form: a session with nothing in it
			}
			values, err := handler.parse(record)
			if err == nil {
				return values, nil
			}
			for _, other := range phpHandlers {
				if _, failed := other.parse(record); failed == nil {
					return nil, HandlerError{name, other.name}
				}
			}
			return nil, err
		}, nil
	}
	return nil, fmt.Errorf("the serialize handler %q is not known", name)
}

// A HandlerError tells that a site does not write its sessions by the handler that it is said to use. So nothing is known of a
// visitor, who has no say in it.
type HandlerError struct{ said, uses string }

func (e HandlerError) Error() string {
	return fmt.Sprintf("not of serialize handler %s, but of %s", e.said, e.uses)
}

// ParsePHPVariables is the [Parser] of the handler php: for each variable its name, a bar and its value. References count on from
// one to the next.
func ParsePHPVariables(record []byte) (any, error) {
	r := &PHPReader{Rest: record}
	values := map[string]any{}
	for len(r.Rest) > 0 {
		end := bytes.IndexByte(r.Rest, '|')
		if end < 0 {
			r.fail("a variable without a value")
			break
		}
		name := string(r.take(end + 1)[:end])
		values[name] = r.Value()
	}
	if r.Err != nil {
		return nil, r.Err
	}
	return values, nil
}

// parsePHPBinary is the [Parser] of the handler php_binary: for each variable the length of its name in one byte, the name and
// its value. The highest bit of the length marks a variable without a value.
func parsePHPBinary(record []byte) (any, error) {
	r := &PHPReader{Rest: record}
	values := map[string]any{}
	for len(r.Rest) > 0 {
		length := r.take(1)[0]
		name := string(r.take(int(length & 0x7f)))
		if length < 0x80 {
			values[name] = r.Value()
		}
	}
	if r.Err != nil {
		return nil, r.Err
	}
	return values, nil
}
