package sql

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
)

// A chain leads from a cookie's value to the id by which the site's table knows the session.
type chain struct {
	steps []link
	bytes bool // it ends in bytes, for a column of bytes
}

// A link is one step.
type link struct {
	name string
	do   func([]byte) ([]byte, error)

	digest bool // it makes a digest, of which nothing shows what it was made of
	adds   bool // it adds what is not the visitor's
	whole  bool // it leaves as much as there was, so that it may follow those
}

// Bounds of a chain and of what it takes.
const (
	mostSteps = 16
	mostValue = 4096 // bytes: no browser keeps a longer cookie
)

// parseChain reads steps with blanks between. The errors say what is wrong in words that follow the setting's name.
func parseChain(text string, secrets setting.Keys) (*chain, error) {
	words := strings.Fields(text)
	if len(words) > mostSteps {
		return nil, fmt.Errorf("has more than %d steps", mostSteps)
	}
	c := &chain{}
	mixed := ""
	for i := 0; i < len(words); i++ {
		word := words[i]
		if word == "raw" {
			if i < len(words)-1 {
				return nil, errors.New("has a step behind raw, which is the last")
			}
			c.bytes = true
			break
		}
		made, err := parseLink(word, secrets)
		if err != nil {
			return nil, err
		}
		if mixed != "" && !made.digest && !made.adds && !made.whole {
			return nil, fmt.Errorf("has the step %s behind %s, which could leave less of the cookie than nobody guesses", word, mixed)
		}
		if made.digest || made.adds {
			mixed = word
		}
		if made.digest {
			encode := hexText
			if i+1 < len(words) { // the next word says how it is written
				switch words[i+1] {
				case "hex":
					i++
				case "base64":
					encode = func(sum []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(sum)) }
					i++
				case "base64url":
					encode = func(sum []byte) []byte { return []byte(base64.RawURLEncoding.EncodeToString(sum)) }
					i++
				case "raw":
					encode = slices.Clone[[]byte]
				}
			}
			sum := made.do
			made.do = func(value []byte) ([]byte, error) {
				digest, err := sum(value)
				return encode(digest), err
			}
		}
		c.steps = append(c.steps, made)
	}
	return c, nil
}

func hexText(sum []byte) []byte { return []byte(hex.EncodeToString(sum)) }

// run takes a cookie's value to the id. An error is a [session.Nobody].
func (c *chain) run(value []byte) ([]byte, error) {
	if len(value) > mostValue {
		return nil, session.Nobodyf(session.Malformed, "a cookie of more than %d bytes", mostValue)
	}
	judged := false
	for i, step := range c.steps {
		if (step.digest || step.adds) && !judged { // what it leaves looks like chance in any case
			if err := c.judge(value); err != nil {
				return nil, err
			}
			judged = true
		}
		var err error
		value, err = step.do(value)
		if _, known := session.NobodyReason(err); known {
			return nil, err
		}
		if err != nil { // which may quote the cookie
			return nil, &session.Nobody{Reason: session.Malformed, Err: c.misfit(i)}
		}
	}
	if !judged {
		if err := c.judge(value); err != nil {
			return nil, err
		}
	}
	if !c.bytes && !printable(value) {
		return nil, session.Nobodyf(session.Malformed, "a session id with blanks, or with bytes that are no ASCII")
	}
	return value, nil
}

// judge refuses what may have been guessed. Bytes that are no text are taken for chance.
func (c *chain) judge(value []byte) error {
	if printable(value) {
		return guessable(value)
	}
	if len(value)*8 < leastBits {
		return tooShort()
	}
	return nil
}

func printable(value []byte) bool {
	return !bytes.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' })
}

// misfit says that a step does not fit the cookie.
func (c *chain) misfit(i int) *session.OddError {
	step := c.steps[i].name
	if strings.HasPrefix(step, "php_serialize:") || strings.HasPrefix(step, "json:") {
		form, path, _ := strings.Cut(step, ":")
		return &session.OddError{What: fmt.Sprintf("step %d of TAWK_SESSION_ID, %s, does not fit the cookie: it is no %s, or has no text at %s", i+1, step, form, path),
			Remedy: "look at the cookie of somebody who is logged in: which steps lead from it to what stands in the table?"}
	}
	return &session.OddError{What: fmt.Sprintf("step %d of TAWK_SESSION_ID, %s, does not fit the cookie", i+1, step),
		Remedy: "look at the cookie of somebody who is logged in: is a step missing before it, such as url for what has %2F and the like in it?"}
}
