package config

import (
	"time"

	"tawkproxy/config/setting"
)

// ageless checks that no age is set where sessions do not tell theirs.
func ageless(kind string, maxAge time.Duration) error {
	if (kind == "iron" || kind == "cookie-session") && maxAge > 0 {
		return setting.Wrong("remove it", "cannot be kept with TAWK_SESSION=%s, whose sessions do not say when they were made", kind)
	}
	return nil
}

// ironPasswords checks passwords by the length that the library demands.
func ironPasswords(passwords setting.Keys) error {
	for i, password := range passwords {
		if n := len(password.Reveal()); n < 32 {
			return setting.Wrong("iron-session demands 32 characters or more; if a comma belongs to a password, "+setting.AsCode,
				"password %d has %d bytes", i+1, n)
		}
	}
	return nil
}

// fastifyKeys checks that there is either a key or what one is made of.
func fastifyKeys(kind string, keys setting.Keys, secret setting.Secret) error {
	switch {
	case kind == "fastify" && len(keys) == 0 && !secret.IsSet():
		return setting.Wrong("write the site's key here, or set TAWK_FASTIFY_SECRET", "is required with TAWK_SESSION=fastify but not set")
	case len(keys) > 0 && secret.IsSet():
		return setting.Wrong("remove TAWK_FASTIFY_SECRET: the library does not use it beside a key", "TAWK_FASTIFY_SECRET is set too")
	}
	for i, key := range keys {
		if n := len(key.Reveal()); n != 32 {
			return setting.Wrong("put base64: or hex: before a key that is written so", "key %d has %d bytes, not 32", i+1, n)
		}
	}
	return nil
}

func fastifySecret(secret setting.Secret) error {
	if n := len(secret.Reveal()); secret.IsSet() && n < 32 {
		return setting.Wrong("check that nothing was cut off; the library demands 32", "has %d bytes", n)
	}
	return nil
}

func fastifySalt(salt setting.Keys) error {
	if len(salt) > 0 && (len(salt) > 1 || len(salt[0].Reveal()) != 16) {
		return setting.Wrong("write its 16 characters, or its bytes behind base64: or hex:", "is not 16 bytes")
	}
	return nil
}
