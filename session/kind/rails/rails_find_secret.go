package rails

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session/folder"
	"tawkproxy/session/record"
)

// secret finds secret_key_base where Rails looks for it (Rails::Application#secret_key_base).
func (c *railsConfig) secret() {
	const name = "TAWK_RAILS_SECRET_KEY_BASE"
	if c.environment == "development" || c.environment == "test" {
		for _, file := range []string{"tmp/local_secret.txt", "tmp/development_secret.txt"} {
			if secret := strings.TrimSpace(c.folder.Text(file)); secret != "" {
				c.found.Set(name, setting.WriteKey(secret), file)
				return
			}
		}
	}
	if secret, _ := c.folder.Env("SECRET_KEY_BASE"); secret != "" {
		c.found.Set(name, setting.WriteKey(secret), "SECRET_KEY_BASE")
		return
	}
	variables := c.folder.Dotenv(folder.Symfony, ".env", ".env."+c.environment, ".env.local", ".env."+c.environment+".local")
	if secret, ok := variables.Get("SECRET_KEY_BASE"); ok && secret != "" && !variables.Computed["SECRET_KEY_BASE"] {
		c.found.Set(name, setting.WriteKey(secret), ".env")
		return
	}
	secrets, _ := c.yaml("config/secrets.yml", c.folder.Text("config/secrets.yml"))[c.environment].(map[string]any)
	if secret, ok := secrets["secret_key_base"].(string); ok && secret != "" && !strings.Contains(secret, computed) {
		c.found.Set(name, setting.WriteKey(secret), "config/secrets.yml")
		return
	}
	why := "bin/rails runner 'puts Rails.application.secret_key_base' prints it on the server"
	for _, at := range []struct{ sealed, key string }{
		{"config/credentials/" + c.environment + ".yml.enc", "config/credentials/" + c.environment + ".key"},
		{"config/credentials.yml.enc", "config/master.key"},
	} {
		sealed := c.folder.Text(at.sealed)
		if sealed == "" {
			continue
		}
		key := strings.TrimSpace(c.folder.Text(at.key))
		if said, _ := c.folder.Env("RAILS_MASTER_KEY"); said != "" {
			key = strings.TrimSpace(said)
		}
		if key == "" {
			why = "it is in " + at.sealed + ", but the key is neither in " + at.key + " nor in RAILS_MASTER_KEY; " + why
			continue
		}
		text, err := decrypted(sealed, key)
		if err != nil {
			why = at.sealed + " cannot be opened with its key; " + why
			continue
		}
		if secret, ok := c.yaml(at.sealed, text)["secret_key_base"].(string); ok && secret != "" {
			c.found.Set(name, setting.WriteKey(secret), at.sealed)
			return
		}
	}
	c.found.Ask(name, "", "secret_key_base of the site: "+why)
}

var errSealed = errors.New("not sealed with this key")

// decrypted opens a file of credentials: AES in GCM, in base 64 and with dashes between text, nonce and tag (ActiveSupport::EncryptedFile,
// MessageEncryptor). What is in it was written by Marshal.
func decrypted(sealed, key string) (string, error) {
	secret, err := hex.DecodeString(key)
	if err != nil {
		return "", errSealed
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return "", errSealed
	}
	parts := strings.Split(strings.TrimSpace(sealed), "--")
	if len(parts) != 3 {
		return "", errSealed
	}
	var bytes [3][]byte
	for i, part := range parts {
		if bytes[i], err = base64.StdEncoding.DecodeString(part); err != nil {
			return "", errSealed
		}
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil || len(bytes[1]) != gcm.NonceSize() || len(bytes[2]) != gcm.Overhead() {
		return "", errSealed
	}
	opened, err := gcm.Open(nil, bytes[1], append(bytes[0], bytes[2]...), nil)
	if err != nil {
		return "", errSealed
	}
	value, err := record.ParseMarshal(opened)
	text, ok := value.(string)
	if err != nil || !ok {
		return "", errSealed
	}
	return text, nil
}
