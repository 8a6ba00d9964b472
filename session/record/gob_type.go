package record

// A gobKind says how values of a type are read. The first eight are also the ids of the built-in types.
type gobKind int

const (
	gobBool gobKind = iota + 1
	gobInt
	gobUint
	gobFloat
	gobBytes
	gobString
	gobComplex
	gobInterface
	gobList // slice or array
	gobMap
	gobStruct
	gobOpaque // bytes written by a method of the type
)

// A gobType is a type as a stream defines it.
type gobType struct {
	kind      gobKind
	name      string
	key, elem int64 // ids, of maps and lists
	fields    []gobField
}

type gobField struct {
	name string
	id   int64
}

// Types that every reader knows, for a definition is itself a gob value, of type gobWireType.
const (
	gobWireType    = 16
	gobFirstUserID = 64
	gobArrayType   = 17
	gobCommonType  = 18
	gobSliceType   = 19
	gobStructType  = 20
	gobFieldType   = 21
	gobFieldList   = 22
	gobMapType     = 23
	gobMarshalType = 24
)

var gobKnown = map[int64]gobType{
	gobWireType: {kind: gobStruct, fields: []gobField{
		{"ArrayT", gobArrayType}, {"SliceT", gobSliceType}, {"StructT", gobStructType}, {"MapT", gobMapType},
		{"GobEncoderT", gobMarshalType}, {"BinaryMarshalerT", gobMarshalType}, {"TextMarshalerT", gobMarshalType},
	}},
	gobArrayType: {kind: gobStruct, fields: []gobField{
		{"CommonType", gobCommonType}, {"Elem", int64(gobInt)}, {"Len", int64(gobInt)},
	}},
	gobCommonType: {kind: gobStruct, fields: []gobField{{"Name", int64(gobString)}, {"Id", int64(gobInt)}}},
	gobSliceType:  {kind: gobStruct, fields: []gobField{{"CommonType", gobCommonType}, {"Elem", int64(gobInt)}}},
	gobStructType: {kind: gobStruct, fields: []gobField{{"CommonType", gobCommonType}, {"Field", gobFieldList}}},
	gobFieldType:  {kind: gobStruct, fields: []gobField{{"Name", int64(gobString)}, {"Id", int64(gobInt)}}},
	gobFieldList:  {kind: gobList, elem: gobFieldType},
	gobMapType: {kind: gobStruct, fields: []gobField{
		{"CommonType", gobCommonType}, {"Key", int64(gobInt)}, {"Elem", int64(gobInt)},
	}},
	gobMarshalType: {kind: gobStruct, fields: []gobField{{"CommonType", gobCommonType}}},
}

// lookup finds the type of that id.
func (r *gobReader) lookup(id int64) gobType {
	if id >= int64(gobBool) && id <= int64(gobInterface) {
		return gobType{kind: gobKind(id)}
	}
	t, ok := r.types[id]
	if !ok {
		t, ok = gobKnown[id]
	}
	if !ok {
		r.fail("a value of type %d, which is not defined", id)
	}
	return t
}

// define reads the definition of type id. It may name types that are defined later, itself among them.
func (r *gobReader) define(id int64) {
	if _, defined := r.types[id]; defined || id < gobFirstUserID || len(r.types) == maxGobTypes {
		r.fail("type %d is defined twice, built in, or one too many", id)
		return
	}
	definition, _ := r.value(gobWireType).(map[string]any)
	if len(definition) != 1 {
		r.fail("type %d has %d shapes", id, len(definition))
		return
	}
	for shape, body := range definition {
		t := gobType{name: TextAt(body, "CommonType.Name"), key: idAt(body, "Key"), elem: idAt(body, "Elem")}
		switch shape {
		case "ArrayT", "SliceT":
			t.kind = gobList
		case "MapT":
			t.kind = gobMap
		case "StructT":
			t.kind = gobStruct
			fields, _ := At(body, "Field")
			list, _ := fields.([]any)
			for _, field := range list {
				t.fields = append(t.fields, gobField{TextAt(field, "Name"), idAt(field, "Id")})
			}
		default:
			t.kind = gobOpaque
		}
		r.types[id] = t
	}
}

func idAt(tree any, path string) int64 {
	value, _ := At(tree, path)
	id, _ := value.(int64)
	return id
}
