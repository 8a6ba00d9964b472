package token

import (
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// AWSALB is the kind of sites behind an Application Load Balancer of AWS that logs visitors in.
func AWSALB() kind.Kind {
	return kind.Kind{
		Name: "aws-alb", Title: "An Application Load Balancer of AWS in front",
		Guide: "a site behind an Application Load Balancer of AWS that logs visitors in",
		Needs: []string{"TAWK_ALB_SIGNER"},
		Keys:  []string{"TAWK_ALB_SIGNER"},
		New:   func() kind.Settings { return new(awsALBSettings) },
	}
}

type awsALBSettings struct {
	// ARN of the balancer, `arn:aws:elasticloadbalancing:…`: only its word counts. Required.
	Signer string `env:"TAWK_ALB_SIGNER"`

	// The `Issuer` set in the balancer's authenticate-oidc action. Not checked if not set.
	Issuer string `env:"TAWK_ALB_ISSUER"`
}

func (a *awsALBSettings) Rules(*setting.Common) []setting.Rule {
	return []setting.Rule{{Settings: []string{"TAWK_ALB_SIGNER"}, Check: func() error {
		if a.Signer != "" && (!strings.HasPrefix(a.Signer, "arn:aws") || !strings.Contains(a.Signer, ":loadbalancer/app/")) {
			return setting.Wrong("write arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID, as the console shows it",
				"is not the ARN of an application load balancer")
		}
		return nil
	}}}
}

func (a *awsALBSettings) Open(site kind.Site) (session.Source, error) {
	return NewAWSALB(AWSALBOptions{Setup: site.Setup(), Signer: a.Signer, Issuer: a.Issuer})
}
