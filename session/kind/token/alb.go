package token

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/seal"
)

// AWSALB is the kind of sites behind an Application Load Balancer of AWS that logs visitors in.
func AWSALB() kind.Kind {
	return kind.Kind{
		Name: "aws-alb", Title: "An Application Load Balancer of AWS in front",
		Guide: "a site behind an Application Load Balancer of AWS that logs visitors in",
		Needs: []string{"TAWK_ALB_SIGNER"},
		Keys:  []string{"TAWK_ALB_SIGNER"},
		Signs: kind.Signs{Cookies: []string{"AWSELBAuthSessionCookie-*", "AWSALBAuthNonce"}},
		New:   func() kind.Settings { return new(AWSALBOptions) },
	}
}

// AWSALBOptions describe a site behind an Application Load Balancer of AWS that logs visitors in. It puts a token into the
// header X-Amzn-Oidc-Data (docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html). The
// header X-Amzn-Oidc-Identity beside it is not signed and is not read.
//
// All balancers of a region share one place for keys, so a token counts only if it says that it was signed by the own one.
type AWSALBOptions struct {
	recipe.Setup // Header has a default; the mapping has the standard claims, as far as the identity provider gives them

	// ARN of the balancer, `arn:aws:elasticloadbalancing:…`: only its word counts. Required.
	Signer string `env:"TAWK_ALB_SIGNER"`

	// The `Issuer` set in the balancer's authenticate-oidc action. Not checked if not set.
	Issuer string `env:"TAWK_ALB_ISSUER"`

	Keys string // folder of the keys, as https://…/ or file:///…/; "": that of the balancer's region
}

func (a *AWSALBOptions) Rules(*setting.Common) []setting.Rule {
	return []setting.Rule{{Settings: []string{"TAWK_ALB_SIGNER"}, Check: func() error {
		if a.Signer != "" && (!strings.HasPrefix(a.Signer, "arn:aws") || !strings.Contains(a.Signer, ":loadbalancer/app/")) {
			return setting.Wrong("write arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID, as the console shows it",
				"is not the ARN of an application load balancer")
		}
		return nil
	}}}
}

func (a *AWSALBOptions) Open(site kind.Site) (session.Source, error) {
	a.Setup = site.Setup()
	return NewAWSALB(*a)
}

// NewAWSALB makes the recipe. Errors name the option that is wrong.
func NewAWSALB(o AWSALBOptions) (*recipe.Recipe, error) {
	folder, err := albFolder(o.Signer)
	if err != nil {
		return nil, err
	}
	at, err := url.Parse(cmp.Or(o.Keys, folder))
	if err != nil {
		return nil, errors.New("the folder of the keys is not a URL")
	}
	o.Header = cmp.Or(o.Header, "X-Amzn-Oidc-Data")
	token := JWTOptions{Setup: o.Setup, Algorithm: "ES256", Issuer: o.Issuer}
	rings, err := lru.New[string, *seal.KeyRing](mostALBKeys)
	if err != nil {
		return nil, err // only for a number that is not positive
	}
	keys := &albKeys{folder: seal.NewKeyFile(*at), rings: rings, limit: rate.NewLimiter(rate.Every(albKeyPause), albKeyBurst)}
	recipe, err := token.recipe("aws-alb", seal.TokenVerifier{Keys: keys.ring, Padded: true, Header: map[string]string{"signer": o.Signer}})
	if err != nil {
		return nil, err
	}
	recipe.Family = []string{"X-Amzn-Oidc-"}
	return recipe, nil
}

// albARN is the form of a balancer's name: partition and region, from which follows where its keys are.
var albARN = regexp.MustCompile(
	`\Aarn:(aws|aws-us-gov):elasticloadbalancing:([a-z]{2}(?:-[a-z]+)+-\d+):\d{12}:loadbalancer/app/[^/]+/\w+\z`)

func albFolder(arn string) (string, error) {
	parts := albARN.FindStringSubmatch(arn)
	switch {
	case parts == nil:
		return "", errors.New("the signer is not the ARN of an application load balancer, " +
			"such as arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/name/50dc6c495c0c9188")
	case parts[1] == "aws-us-gov":
		return fmt.Sprintf("https://s3-%s.amazonaws.com/aws-elb-public-keys-prod-%[1]s/", parts[2]), nil
	}
	return fmt.Sprintf("https://public-keys.auth.elb.%s.amazonaws.com/", parts[2]), nil
}

// albKeys fetches the keys of balancers, each from a file of its own, and keeps them.
type albKeys struct {
	folder  seal.KeyFile
	limit   *rate.Limiter
	flights singleflight.Group
	rings   *lru.Cache[string, *seal.KeyRing]
}

const (
	mostALBKeys = 64 // kept; a balancer seldom takes a new one
	albKeyBurst = 8  // fetched at once, by as many tokens that name unknown keys
	albKeyPause = 2 * time.Second
)

// albKeyID is the form of the names of keys, which become part of a URL: UUIDs (RFC 9562 section 4).
var albKeyID = regexp.MustCompile(`\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\z`)

// ring is the [seal.KeySource].
func (k *albKeys) ring(ctx context.Context, now time.Time, kid string) (*seal.KeyRing, error) {
	if !albKeyID.MatchString(kid) {
		return nil, session.Nobodyf(session.Malformed, "the name of the token's key is not a UUID")
	}
	ring, known := k.rings.Get(kid)
	if known {
		return ring, nil
	}
	done := k.flights.DoChan(kid, func() (any, error) { return k.fetch(now, kid) })
	var err error
	select {
	case result := <-done:
		ring, _ = result.Val.(*seal.KeyRing)
		err = result.Err
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("key of the balancer: %w", err)
	}
	return ring, nil
}

func (k *albKeys) fetch(now time.Time, kid string) (*seal.KeyRing, error) {
	if !k.limit.AllowN(now, 1) {
		return nil, errors.New("too many unknown ones were asked for")
	}
	text, err := k.folder.Read(kid)
	if status := seal.ErrNoKeyFile(0); errors.As(err, &status) && (status == http.StatusForbidden || status == http.StatusNotFound) {
		return nil, session.Nobodyf(session.Forged, "the token names a key that there is not")
	}
	if err != nil {
		return nil, err
	}
	ring, err := seal.PemRing(text, jose.ES256)
	if err != nil {
		return nil, err
	}
	k.rings.Add(kid, ring)
	return ring, nil
}
