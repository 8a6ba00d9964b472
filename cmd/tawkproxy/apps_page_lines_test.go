package main

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

var (
	appBlock      = regexp.MustCompile(`(?m)(?:^ {4}export .*\n)+`)
	appAssignment = regexp.MustCompile(`(TAWK_\w+)=('[^']*'|"[^"]*"|\S*)`)
	appTime       = regexp.MustCompile(`\{(now|utc)([+-]\d+)?\}`)
)

// appLines reads a block of settings under a heading of docs/apps.md, as a shell does.
func appLines(t *testing.T, heading string, block int) (settings []string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/apps.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n### "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n### ")
	blocks := appBlock.FindAllString(section, -1)
	if !found || block >= len(blocks) {
		t.Fatalf("there is no block %d under %q in docs/apps.md", block, heading)
	}
	for line := range strings.Lines(blocks[block]) {
		line, _, _ = strings.Cut(line, " #")
		for _, found := range appAssignment.FindAllStringSubmatch(line, -1) {
			value := found[2]
			if value != "" && strings.ContainsAny(value[:1], `'"`) {
				value = value[1 : len(value)-1]
			}
			settings = append(settings, found[1]+"="+value)
		}
	}
	return settings
}

func atTimes(statement string) string {
	return appTime.ReplaceAllStringFunc(statement, func(found string) string {
		parts := appTime.FindStringSubmatch(found)
		seconds, _ := strconv.Atoi(parts[2])
		at := time.Now().Add(time.Duration(seconds) * time.Second)
		if parts[1] == "utc" {
			return at.UTC().Format("2006-01-02 15:04:05")
		}
		return strconv.FormatInt(at.Unix(), 10)
	})
}

// What applications make of ids, as they write it.
func phpText(s string) string    { return fmt.Sprintf(`s:%d:"%s";`, len(s), s) }
func base64Text(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
func sha256Base64URL(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
func sha1Hex(s string) string {
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}
func sha512Hex(s string) string {
	sum := sha512.Sum512([]byte(s))
	return hex.EncodeToString(sum[:])
}
func hmacHex(key, s string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(s))
	return hex.EncodeToString(mac.Sum(nil))
}

// alnum is an id of letters and digits alone, of 50 characters.
func alnum(s string) string {
	sum := sha512.Sum512([]byte(s))
	return strings.NewReplacer("+", "x", "/", "y").Replace(base64.StdEncoding.EncodeToString(sum[:]))[:50]
}
