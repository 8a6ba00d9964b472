package record

// value reads one value with what belongs to it.
func (r *marshalReader) value() any {
	r.depth++
	r.counted(1)
	defer func() { r.depth-- }()
	if r.depth > maxMarshalDepth {
		r.fail("nested deeper than %d", maxMarshalDepth)
	}
	if len(r.Rest) == 0 {
		r.fail("ends too soon")
		return nil
	}
	switch kind := r.Rest[0]; kind {
	case ':', ';':
		return RubyText([]byte(r.symbol()))
	default:
		r.take(1)
		return r.typed(kind)
	}
}

// typed reads a value of the kind that its first byte told. The numbers of objects follow the order in which Ruby enters them:
// containers before what they hold, all others behind it.
func (r *marshalReader) typed(kind byte) any {
	switch kind {
	case '0':
		return nil
	case 'T', 'F':
		return kind == 'T'
	case 'i':
		return int64(r.int())
	case '@': // an object that came before
		return r.again(r.int())
	case 'l':
		return r.open()(r.bignum())
	case 'f':
		return r.open()(r.float())
	case '"':
		return r.open()(RubyText(r.bytes()))
	case 'c', 'm', 'M': // a class or module, by name
		return r.open()(RubyText(r.bytes()))
	case '/':
		done := r.open()
		source := RubyText(r.bytes())
		r.take(1) // its options
		return done(source)
	case '[':
		done := r.open()
		return done(r.array())
	case '{', '}':
		done := r.open()
		pairs := r.hash()
		if kind == '}' {
			r.value() // for keys that are not there
		}
		return done(pairs)
	case 'o', 'S':
		done := r.open()
		r.symbol() // the class
		return done(r.attributes())
	case 'u': // the bytes of _dump
		r.symbol()
		r.bytes()
		return r.open()(nil)
	case 'U': // the value of marshal_dump
		done := r.open()
		r.symbol()
		return done(r.value())
	case 'C', 'e': // a class derived from String, Array, Hash; or a module mixed in
		r.symbol()
		return r.value()
	case 'I':
		return r.withAttributes()
	}
	r.fail("a type that does not exist")
	return nil
}

// again is the object of that number.
func (r *marshalReader) again(n int) any {
	if n < 0 || n >= len(r.objects) {
		r.fail("an object that did not come before")
		return nil
	}
	if r.objects[n] == (marshalOpen{}) {
		r.fail("an object in itself")
		return nil
	}
	return r.objects[n]
}

// withAttributes reads a value and, behind it, attributes of which none is of interest: a text's encoding, a time's zone. Of
// what _dump wrote they come before the object has its number.
func (r *marshalReader) withAttributes() any {
	if len(r.Rest) > 0 && r.Rest[0] == 'u' {
		r.take(1)
		r.symbol()
		r.bytes()
		r.attributes()
		return r.open()(nil)
	}
	value := r.value()
	r.attributes()
	return value
}
