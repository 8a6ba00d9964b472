package tawk

import _ "embed" // of script.min.js

// script.min.js is script.js, minified by "go test ./inject/tawk -run TestScriptIsMinified -update".
//
//go:embed script.min.js
var script []byte

// Script returns the text of the login script: what [File] serves, and what pages hold that cannot load it. It is the same for
// every widget, so one hash allows it under any Content-Security-Policy.
func Script() []byte { return script }
