package php

import (
	"testing"

	"tawkproxy/session/kind/kindtest"
)

// TestFinders looks into the folders of many sites, and says what is to be set for each.
func TestFinders(t *testing.T) {
	kindtest.Finds(t, "testdata/find/wordpress", findWordPress)
	kindtest.Finds(t, "testdata/find/laravel", findLaravel)
	kindtest.Finds(t, "testdata/find/symfony", findSymfony)
	kindtest.Finds(t, "testdata/find/php", findPHP)
}
