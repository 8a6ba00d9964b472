package record

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"tawkproxy/session/record/recordtest"
)

type (
	gobUser struct {
		ID       int64
		Login    string
		Admin    bool
		Score    float64
		Token    []byte
		Tags     []string
		Address  *gobAddress
		Prefs    map[string]string
		Limits   [3]int
		Any      any
		Born     time.Time
		Friends  []gobUser
		ByNumber map[int]gobAddress
		Ratio    complex128
	}
	gobAddress struct {
		Street string
		Zip    uint16
	}
	gobBase   struct{ ID uint }
	gobMember struct {
		gobBase // an unexported type, whose fields gob does not send
		GobEmbedded
		Name string
	}
	GobEmbedded struct{ Number int }
	gobKey      int
	gobOtherKey int
	gobTextKey  string
	UUID        [16]byte // as the uuid packages name it
)

func (u UUID) MarshalBinary() ([]byte, error)  { return u[:], nil }
func (u *UUID) UnmarshalBinary(b []byte) error { copy(u[:], b); return nil }

// registerGob registers the types once a process, as gob demands.
func registerGob() {
	for _, v := range []any{gobUser{}, &gobAddress{}, []gobAddress{}, map[string]any{}, map[any]any{}, []any{}, gobKey(0),
		gobOtherKey(0), gobTextKey(""), time.Time{}, UUID{}, big.NewInt(0), gobMember{}, [2]bool{}, map[gobKey]string{}} {
		gob.Register(v)
	}
}

// encodeTyped is encodeGob for the types above.
func encodeTyped(t testing.TB, v any) []byte {
	t.Helper()
	registerGob()
	return recordtest.EncodeGob(t, v)
}

func TestGob(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 500, time.FixedZone("", 3600))
	tests := []struct {
		name  string
		value any
		want  any
	}{
		{"bool", true, true},
		{"int", -129, int64(-129)},
		{"smallest int", int64(math.MinInt64), int64(math.MinInt64)},
		{"uint", uint64(math.MaxUint64), uint64(math.MaxUint64)},
		{"float", 17.0, 17.0},
		{"complex", complex(1, -2), []any{1.0, -2.0}},
		{"string", "José", "José"},
		{"bytes", []byte{0, 255}, []byte{0, 255}},
		{"list", []string{"a", ""}, []any{"a", ""}},
		{"empty list", []string{}, []any{}},
		{"array", [2]bool{true}, []any{true, false}},
		{"int keys", map[int]string{-3: "x"}, map[string]any{"-3": "x"}},
		{"session", map[any]any{"user_id": 42, gobTextKey("role"): "admin", gobKey(7): nil},
			map[string]any{"user_id": int64(42), "role": "admin", "7": nil}},
		{"keys alike", map[any]any{gobKey(1): "a", gobOtherKey(1): "b", "other": 1},
			map[string]any{"1": nil, "other": int64(1)}},
		{"keys without a text", map[any]any{gobMember{Name: "x"}: 1, "": 2}, map[string]any{"": int64(2)}},
		{"zero fields", gobUser{Login: "ada"}, map[string]any{"Login": "ada", "Limits": []any{int64(0), int64(0), int64(0)}}},
		{"embedded", gobMember{gobBase{1}, GobEmbedded{2}, "ada"},
			map[string]any{"GobEmbedded": map[string]any{"Number": int64(2)}, "Name": "ada"}},
		{"pointer", map[string]any{"a": &gobAddress{"St James's", 7}},
			map[string]any{"a": map[string]any{"Street": "St James's", "Zip": uint64(7)}}},
		{"time", map[string]any{"at": noon}, map[string]any{"at": "2026-01-02T11:00:00.0000005Z"}},
		{"uuid", map[string]any{"id": UUID{0: 0x12, 15: 0xff}}, map[string]any{"id": "12000000-0000-0000-0000-0000000000ff"}},
		{"bytes of its own", map[string]any{"n": big.NewInt(5)}, map[string]any{"n": []byte{2, 5}}},
		{"new types in the depth", map[string]any{"a": []any{map[any]any{"b": []gobAddress{{Zip: 1}}}, gobKey(2)}, "z": &gobAddress{}},
			map[string]any{"a": []any{map[string]any{"b": []any{map[string]any{"Zip": uint64(1)}}}, int64(2)}, "z": map[string]any(nil)}},
		{"recursive type", gobUser{ID: 1, Friends: []gobUser{{ID: 2}}}, map[string]any{"ID": int64(1),
			"Limits": []any{int64(0), int64(0), int64(0)}, "Friends": []any{map[string]any{"ID": int64(2),
				"Limits": []any{int64(0), int64(0), int64(0)}}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseGob(encodeTyped(t, test.value))
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v, %v\nwant %#v", got, err, test.want)
			}
		})
	}
}

func TestGobRefused(t *testing.T) {
	whole := encodeTyped(t, map[any]any{"user_id": 42, "user": gobUser{ID: 1}})
	deep := any("x")
	for range maxGobDepth {
		deep = []any{deep}
	}
	many := make([]bool, MaxValues)
	tests := []struct {
		name   string
		record []byte
	}{
		{"nothing", nil},
		{"not gob", []byte("user_id|i:42;")},
		{"cut short", whole[:len(whole)-1]},
		{"something after it", append(bytes.Clone(whole), 0)},
		{"too deep", encodeTyped(t, deep)},
		{"too many values", encodeTyped(t, many)},
		{"a list of more elements than bytes", []byte{0x0e, 0xff, 0x81, 0x02, 0x02, 0x02, 0xff, 0x82, 0x00, 0x01, 0x04, 0x00, 0x00,
			0x08, 0xff, 0x82, 0x00, 0xfc, 0x7f, 0xff, 0xff, 0xff, 0x00}},
		{"an integer of nine bytes", []byte{0x0b, 0x04, 0x00, 0xf7, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{"an unknown type", []byte{0x04, 0xff, 0x90, 0x00, 0x01}},
		{"a built-in type defined", []byte{0x03, 0x03, 0x00, 0x00}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, err := ParseGob(test.record); err == nil {
				t.Errorf("got %#v", got)
			}
		})
	}
}

// The error of a record must not tell what is in it.
func TestGobErrorsHoldNothing(t *testing.T) {
	record := encodeTyped(t, map[any]any{"secret": "hunter2", "user": gobUser{Login: "hunter2"}})
	for end := range record {
		if _, err := ParseGob(record[:end]); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Fatalf("cut at %d: %v", end, err)
		}
	}
}

// TestGobAgainstTheEncoder encodes random values with encoding/gob and compares what is read with what was written.
func TestGobAgainstTheEncoder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		value := randomGob(random, 0)
		session := map[any]any{"v": value, gobKey(3): randomGob(random, 1)}
		got, err := ParseGob(encodeTyped(t, session))
		if err != nil {
			t.Fatalf("%v of %#v", err, session)
		}
		if want := plainGob(session); !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %#v\nwant %#v", got, want)
		}
	}
}

func randomGob(r *rand.Rand, depth int) any {
	n := 14
	if depth > 4 {
		n = 7
	}
	some := func() int { return r.IntN(4) }
	text := func() string { return strings.Repeat("é", some()) }
	address := func() gobAddress { return gobAddress{text(), uint16(r.Uint32())} }
	switch r.IntN(n) {
	case 0:
		return r.Int64() >> r.IntN(64)
	case 1:
		return r.Uint64() >> r.IntN(64)
	case 2:
		return r.NormFloat64()
	case 3:
		return text()
	case 4:
		return []byte(text())
	case 5:
		return r.IntN(2) == 0
	case 6:
		return gobKey(some())
	case 7:
		return gobUser{ID: int64(some()), Login: text(), Admin: some() == 0, Tags: make([]string, some()),
			Any: randomGob(r, depth+1), Limits: [3]int{some()}, Ratio: complex(float64(some()), 0),
			Prefs: map[string]string{text(): "x"}, ByNumber: map[int]gobAddress{-some(): address()}}
	case 8:
		return []gobAddress{address(), address()}
	case 9:
		return map[gobKey]string{gobKey(some()): text()}
	case 10:
		return [2]bool{true, some() == 0}
	case 11:
		return map[any]any{text(): randomGob(r, depth+1), uint(some()): randomGob(r, depth+1)}
	case 12:
		return []any{randomGob(r, depth+1), nil, randomGob(r, depth+1)}
	}
	return map[string]any{text(): randomGob(r, depth+1)}
}

// plainGob says, by reflection on the value itself, what the reader must make of it.
func plainGob(value any) any { return plain(reflect.ValueOf(value)) }

func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Invalid:
		return nil
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return v.Uint()
	case reflect.Float32, reflect.Float64:
		return v.Float()
	case reflect.Complex128:
		return []any{real(v.Complex()), imag(v.Complex())}
	case reflect.String:
		return v.String()
	case reflect.Pointer, reflect.Interface:
		return plain(v.Elem())
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			return append([]byte{}, v.Bytes()...)
		}
		list := []any{}
		for i := range v.Len() {
			list = append(list, plain(v.Index(i)))
		}
		return list
	case reflect.Map:
		values := map[string]any{}
		for _, key := range v.MapKeys() {
			values[fmt.Sprint(key.Interface())] = plain(v.MapIndex(key))
		}
		return values
	}
	var values map[string]any
	for i := range v.NumField() {
		if f := v.Field(i); v.Type().Field(i).IsExported() && isSent(f) {
			if values == nil {
				values = map[string]any{}
			}
			values[v.Type().Field(i).Name] = plain(f)
		}
	}
	return values
}

// isSent tells whether gob sends a field: not its zero value, unless it is an array.
func isSent(f reflect.Value) bool {
	switch f.Kind() {
	case reflect.Array:
		return true
	case reflect.Slice:
		return f.Len() > 0
	}
	return !f.IsZero()
}

// A record must not take up memory out of proportion: what it announces is checked before it is provided for.
func TestGobMemory(t *testing.T) {
	record := encodeTyped(t, make([]gobAddress, MaxValues-1000))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := ParseGob(record); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	took := after.TotalAlloc - before.TotalAlloc
	t.Logf("%d bytes took %d", len(record), took)
	if took > uint64(128*len(record)) {
		t.Errorf("%d bytes took %d bytes of memory", len(record), took)
	}
}

func FuzzGob(f *testing.F) {
	for _, v := range []any{42, "u-7f3", map[any]any{"user_id": 42, "user": gobUser{ID: 1, Born: time.Unix(1, 0)}},
		map[string]any{"a": []any{&gobAddress{"x", 1}, UUID{}}}, [2]bool{}} {
		f.Add(encodeTyped(f, v))
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		if len(record) > 1<<16 {
			return
		}
		tree, err := ParseGob(record)
		if err != nil && tree != nil {
			t.Fatal("values beside an error")
		}
		for _, path := range []string{"user.ID", "a.0.Street"} {
			value, _ := At(tree, path)
			Text(value)
		}
	})
}
