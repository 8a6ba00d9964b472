// Package config is the settings of the program: environment variables, each written down once, in [Config].
package config
