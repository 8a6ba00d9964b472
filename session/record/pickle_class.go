package record

import (
	"fmt"
	"math/big"
	"strings"
)

// A pickleClass makes plain data of a class's arguments, or nothing, for data that no session is read for. It runs nothing.
type pickleClass func(args []any) (any, bool)

// pickleClasses finds, by module and name, what sessions hold besides the types that have opcodes of their own. The names of
// Python 2 are those that protocols 0 to 2 write.
func pickleClasses(name string) pickleClass {
	module, class, _ := strings.Cut(name, " ")
	switch module {
	case "__builtin__", "builtins":
		switch class {
		case "set", "frozenset", "list", "bytearray":
			return pickleSame
		case "object":
			return pickleNothing
		}
	case "datetime", "zoneinfo", "pytz":
		return pickleNothing
	}
	switch name {
	case "collections OrderedDict", "collections defaultdict":
		return func([]any) (any, bool) { return &pickleDict{}, true }
	case "_codecs encode":
		return pickleLatin1
	case "copy_reg _reconstructor", "copyreg _reconstructor":
		return pickleNew
	case "uuid UUID":
		return func([]any) (any, bool) { return &pickleUUID{}, true }
	case "uuid SafeUUID":
		return pickleNothing
	case "decimal Decimal", "django.utils.safestring SafeString", "django.utils.safestring SafeText", "markupsafe Markup":
		return pickleSame
	}
	return nil
}

// class pushes the class of that name.
func (r *pickleReader) class(name string) {
	class := pickleClasses(name)
	if class == nil {
		r.fail("a class that is not plain data") // its name is the site's affair
		return
	}
	r.push(class)
}

// call pushes what a class makes of its arguments.
func (r *pickleReader) call(class, args any) {
	make, isClass := class.(pickleClass)
	list, isList := args.(*pickleList)
	if !isClass || !isList {
		r.fail("calls what is no class")
		return
	}
	value, ok := make(list.items)
	if !ok {
		r.fail("a class with arguments that it does not take")
		return
	}
	if data, ok := value.([]byte); ok {
		r.counted(len(data) / 16) // the memo can have the same long text made into bytes again and again
	}
	r.push(value)
}

func pickleNothing([]any) (any, bool) { return nil, true }

// pickleSame is for classes that hold what they are given.
func pickleSame(args []any) (any, bool) {
	if len(args) == 0 {
		return &pickleList{}, true
	}
	switch value := args[0].(type) {
	case *pickleList, string, []byte:
		return value, true
	}
	return nil, false
}

// pickleLatin1 is for bytes, which protocols before 3 write as text of Latin-1.
func pickleLatin1(args []any) (any, bool) {
	if len(args) == 0 {
		return nil, false
	}
	text, ok := args[0].(string)
	var data []byte
	for _, char := range text {
		if char > 0xff {
			return nil, false
		}
		data = append(data, byte(char))
	}
	return data, ok
}

// pickleNew is for objects in protocols 0 and 1: the class is the first argument.
func pickleNew(args []any) (any, bool) {
	if len(args) == 0 {
		return nil, false
	}
	class, ok := args[0].(pickleClass)
	if !ok {
		return nil, false
	}
	return class(nil)
}

// text is the usual text of a UUID, whose state holds it as one integer; nil without it.
func (u *pickleUUID) text() any {
	state, ok := u.state.(*pickleDict)
	if !ok {
		return nil
	}
	for i, key := range state.keys {
		if key != "int" {
			continue
		}
		number, ok := new(big.Int).SetString(Text(state.values[i]), 10)
		if !ok || number.Sign() < 0 || number.BitLen() > 128 {
			return nil
		}
		return uuidText([16]byte(number.FillBytes(make([]byte, 16))))
	}
	return nil
}

// uuidText is the usual text of a UUID (RFC 9562 section 4).
func uuidText(id [16]byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
