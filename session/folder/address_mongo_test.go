package folder_test

import (
	"testing"

	"tawkproxy/session/folder"
)

// The database goes behind the host, and the account stays what it is.
func TestMongoAddress(t *testing.T) {
	for address, want := range map[string]string{
		"mongodb://localhost:27017":                         "mongodb://localhost:27017/shop",
		"mongodb://localhost:27017/":                        "mongodb://localhost:27017/shop",
		"mongodb://u:p@a,b:27018/?replicaSet=rs":            "mongodb://u:p@a,b:27018/shop?replicaSet=rs&authSource=admin",
		"mongodb://u:p@a/shop?tls=true":                     "mongodb://u:p@a/shop?tls=true",
		"mongodb://u:p@a/accounts":                          "mongodb://u:p@a/shop?authSource=accounts",
		"mongodb://u:p@a/accounts?authsource=admin":         "mongodb://u:p@a/shop?authsource=admin",
		"mongodb+srv://u:p@cluster.example.net/?w=majority": "mongodb+srv://u:p@cluster.example.net/shop?w=majority&authSource=admin",
		"mysql://u:p@a/shop":                                "",
		"":                                                  "",
	} {
		if got := folder.Mongo(address, "shop"); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
	if got := folder.Mongo("mongodb://a/x", ""); got != "mongodb://a/x" {
		t.Errorf("got %s", got)
	}
}
