package setting

import (
	"reflect"

	"github.com/caarlos0/env/v11"
)

// Parsers turn text into the types of this package. Their errors are a [Mistake].
func Parsers() map[reflect.Type]env.ParserFunc {
	return map[reflect.Type]env.ParserFunc{
		reflect.TypeFor[Secret]():  func(text string) (any, error) { return NewSecret(text), nil },
		reflect.TypeFor[Keys]():    ParseKeys,
		reflect.TypeFor[Prefix]():  ParsePrefix,
		reflect.TypeFor[Bytes]():   ParseBytes,
		reflect.TypeFor[Pairs]():   ParsePairs,
		reflect.TypeFor[Headers](): ParseHeaders,
	}
}
