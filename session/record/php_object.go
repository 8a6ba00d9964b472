package record

import "strings"

// phpClass is the member under which an object has the name of its class, as in what PHP's own unserialize() makes of objects
// whose class it does not know.
const phpClass = "__PHP_Incomplete_Class_Name"

func IsPHPObject(value any) bool {
	members, _ := value.(map[string]any)
	return members[phpClass] != nil
}

// object reads an object by its properties.
func (r *PHPReader) object() map[string]any {
	class := r.text("O")
	r.counted(mapValues - 1)
	object := map[string]any{}
	n := r.count(minEntry)
	r.expect("{")
	for i := 0; i < n && r.Err == nil; i++ {
		name := r.key()
		setProperty(object, class, name, r.Value())
	}
	r.expect("}")
	object[phpClass] = class
	return object
}

// setProperty puts a property into an object of that class, under its plain name: a protected one is written \0*\0name, a
// private one \0Class\0name. Of two that share a name, the one counts that the object's own class sees.
func setProperty(object map[string]any, class, mangled string, value any) {
	name, owner := mangled, class
	if rest, ok := strings.CutPrefix(mangled, "\x00"); ok {
		if o, n, ok := strings.Cut(rest, "\x00"); ok {
			name = n
			if o != "*" {
				owner = o
			}
		}
	}
	if _, taken := object[name]; !taken || owner == class {
		object[name] = value
	}
}

// custom reads an object that writes itself.
func (r *PHPReader) custom() map[string]any {
	class := r.text("C")
	n := r.count(1)
	r.expect("{")
	text := r.take(n)
	r.expect("}")
	return r.selfWritten(class, text)
}

// selfWritten makes the object that wrote this text of itself, by PHP's interface Serializable. The text is the object's member
// data; but most write serialize() text, whose values take slots of the text around it, and of an array, whose members are
// then the object's. Nothing is copied: texts within texts would add up.
func (r *PHPReader) selfWritten(class string, text []byte) map[string]any {
	object := map[string]any{"data": text}
	r.counted(mapValues - 1)
	inner := &PHPReader{Rest: text, Slots: r.Slots, depth: r.depth, values: r.values}
	value := inner.Value()
	inner.End()
	r.values = inner.values // what could not be read has cost as much
	r.counted(0)
	if inner.Err == nil {
		r.Slots = inner.Slots
		object["data"] = value
		if text[0] == 'a' {
			object, _ = value.(map[string]any)
		}
	}
	object[phpClass] = class
	return object
}

// enum reads a case of an enum, written Class:Name.
func (r *PHPReader) enum() map[string]any {
	class, name, ok := strings.Cut(r.text("E"), ":")
	if !ok {
		r.fail("not a case of an enum")
	}
	r.expect(";")
	r.counted(mapValues - 1)
	return map[string]any{phpClass: class, "name": name}
}
