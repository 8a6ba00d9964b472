package sql

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session/record"
)

// recordForms are the forms of a record, by their words.
func recordForms() map[string]record.Parser {
	forms := map[string]record.Parser{"json": record.ParseJSON, "pickle": record.ParsePickle, "marshal": record.ParseMarshal, "gob": record.ParseGob}
	for _, handler := range []string{"php", "php_serialize", "php_binary", "igbinary"} {
		forms[handler], _ = record.PhpHandler(handler) // each is known
	}
	return forms
}

// parseForm reads how a record is written: what is around it, and its form.
func parseForm(text string) (record.Parser, error) {
	const remedy = "write php, php_serialize, php_binary, igbinary, json, pickle, marshal or gob, and before it what is around it: base64, base64url, hex, " +
		"zlib or gzip"
	words := strings.Fields(text)
	parse, known := recordForms()[words[len(words)-1]]
	if !known {
		return nil, setting.Wrong(remedy, "%s is not known", setting.Quote(words[len(words)-1]))
	}
	for i := len(words) - 2; i >= 0; i-- {
		open := opened(words[i])
		if open == nil {
			return nil, setting.Wrong(remedy, "%s is not known", setting.Quote(words[i]))
		}
		inner := parse
		parse = func(data []byte) (any, error) {
			if len(data) == 0 {
				return map[string]any{}, nil
			}
			data, err := open(data)
			if err != nil {
				return nil, err
			}
			return inner(data)
		}
	}
	return parse, nil
}

// opened is how that is opened which is around a record; nil: it is not known.
func opened(word string) func([]byte) ([]byte, error) {
	switch word {
	case "base64", "base64url":
		return func(data []byte) ([]byte, error) {
			data, err := unbase64(data)
			if err != nil {
				return nil, errors.New("not base64") // the error would quote the record
			}
			return data, nil
		}
	case "hex":
		return func(data []byte) ([]byte, error) {
			data, err := hex.DecodeString(string(data))
			if err != nil {
				return nil, errors.New("not hex")
			}
			return data, nil
		}
	case "zlib", "gzip":
		return func(data []byte) ([]byte, error) {
			plain, err := record.Unpacked(data)
			if err == nil && string(plain) == string(data) {
				err = fmt.Errorf("not %s", word)
			}
			return plain, err
		}
	}
	return nil
}
