package session

import (
	"maps"
	"strings"
)

// phpClass is the member under which an object has the name of its class, as in what PHP's own unserialize() makes of objects
// whose class it does not know.
const phpClass = "__PHP_Incomplete_Class_Name"

// object reads an object by its properties. A private property of a parent class gives way to one of the same name that the
// object's own class sees.
func (r *phpReader) object() map[string]any {
	class := r.text("O")
	object := map[string]any{}
	n := r.count(minEntry)
	r.expect("{")
	for i := 0; i < n && r.err == nil; i++ {
		name, owner := propertyName(r.key())
		value := r.value()
		if _, taken := object[name]; !taken || owner == "" || owner == class {
			object[name] = value
		}
	}
	r.expect("}")
	object[phpClass] = class
	return object
}

// propertyName takes apart the name of a property: \0*\0name if it is protected, \0Class\0name if it is private. Owner is the
// class of a private one, else "".
func propertyName(mangled string) (name, owner string) {
	if rest, ok := strings.CutPrefix(mangled, "\x00"); ok {
		if owner, name, ok := strings.Cut(rest, "\x00"); ok {
			return name, strings.TrimPrefix(owner, "*")
		}
	}
	return mangled, ""
}

// custom reads an object that writes itself, by PHP's interface Serializable. What it writes is most often serialize() text
// itself, whose values then count as slots; its members become the object's. Any other
// text is the object's member data, as []byte.
func (r *phpReader) custom() map[string]any {
	class := r.text("C")
	n := r.count(1)
	r.expect("{")
	text := r.take(n)
	r.expect("}")

	object := map[string]any{"data": text} // not copied: texts nested in texts would add up
	inner := &phpReader{rest: text, slots: r.slots, depth: r.depth}
	value := inner.value()
	inner.end()
	if inner.err == nil {
		r.slots = inner.slots
		object["data"] = value
		if members, ok := value.(map[string]any); ok {
			object = maps.Clone(members)
		}
	}
	object[phpClass] = class
	return object
}

// enum reads a case of an enum, written Class:Name.
func (r *phpReader) enum() map[string]any {
	class, name, ok := strings.Cut(r.text("E"), ":")
	if !ok {
		r.fail("not a case of an enum")
	}
	r.expect(";")
	return map[string]any{phpClass: class, "name": name}
}
