package config

import (
	"net/url"
	"path"
	"strings"
	"time"

	"tawkproxy/config/setting"
)

// tokenPlace checks that it is known where tokens are.
func tokenPlace(kind, cookie, header string) error {
	if kind == "jwt" && cookie == "" && header == "" {
		return setting.Wrong("write the name of the cookie that holds the token, or set TAWK_JWT_HEADER",
			"is required with TAWK_SESSION=jwt but not set")
	}
	return nil
}

// publicKey brings a key into its usual form: where variables cannot hold line breaks, they are written \n.
func publicKey(key *setting.Secret) error {
	*key = setting.NewSecret(strings.ReplaceAll(key.Reveal(), `\n`, "\n"))
	return nil
}

// tokenKey checks that there is one source of public keys, where the algorithm needs one.
func tokenKey(algorithm string, key setting.Secret, set url.URL) error {
	public := algorithm != "" && !strings.HasPrefix(algorithm, "HS")
	switch found := key.IsSet() || set != (url.URL{}); {
	case public && !found:
		return setting.Wrong("write the public key in PEM here, or set TAWK_JWT_JWKS",
			"is required with TAWK_JWT_ALGORITHM=%s but not set", algorithm)
	case found && !public && algorithm != "":
		return setting.Wrong("remove it, or change the algorithm",
			"neither this nor TAWK_JWT_JWKS can be used with TAWK_JWT_ALGORITHM=%s", algorithm)
	case key.IsSet() && set != (url.URL{}):
		return setting.Wrong("remove one of the two", "TAWK_JWT_JWKS is set too")
	case key.IsSet() && !strings.Contains(key.Reveal(), "-----BEGIN "):
		return setting.Wrong("write the whole PEM file, from -----BEGIN on", "is not PEM")
	}
	return nil
}

// keySet checks where the key set is.
func keySet(u url.URL) error {
	switch {
	case u == (url.URL{}), (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil:
		return nil
	case u.Scheme == "":
		return setting.Wrong("write file://"+u.EscapedPath(), "is a path without a scheme")
	case u.Scheme == "file" && u.Host == "" && path.IsAbs(u.Path):
		return nil
	}
	return setting.Wrong("write https://host/path, or file:///path of a file", "is not the place of a key set")
}

// unchecked makes the word for a claim that tokens do not have an empty one.
func unchecked(claim *string) error {
	if *claim == "none" {
		*claim = ""
	}
	return nil
}

func leeway(d time.Duration) error {
	if d < 0 || d > 5*time.Minute {
		return setting.Wrong("write a time from 0s to 5m", "is too small or too large")
	}
	return nil
}

// teamDomain brings a team's domain into its usual form.
func teamDomain(domain *string) error {
	*domain = strings.TrimSuffix(strings.TrimPrefix(*domain, "https://"), "/")
	if strings.ContainsAny(*domain, "/:@?# ") || *domain != "" && !strings.Contains(*domain, ".") {
		return setting.Wrong("write it as in example.cloudflareaccess.com", "is not a team domain")
	}
	return nil
}

func balancer(arn string) error {
	if arn != "" && (!strings.HasPrefix(arn, "arn:aws") || !strings.Contains(arn, ":loadbalancer/app/")) {
		return setting.Wrong("write arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID, as the console shows it",
			"is not the ARN of an application load balancer")
	}
	return nil
}

func iapAudience(audience string) error {
	if audience != "" && !strings.HasPrefix(audience, "/projects/") {
		return setting.Wrong("write /projects/NUMBER/global/backendServices/ID or /projects/NUMBER/apps/PROJECT, as the console shows it",
			"is not the audience of an Identity-Aware Proxy")
	}
	return nil
}
