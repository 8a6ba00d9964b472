# syntax=docker/dockerfile:1

# tawkproxy and the certificates by which it knows the sites it fronts: nothing else, no shell, nobody's root.
#
#   docker build -t tawkproxy .
#   docker run --rm tawkproxy help

FROM --platform=$BUILDPLATFORM golang:1.26.8-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH
# What "tawkproxy version" says: --build-arg VERSION=v1.2.3
ARG VERSION
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags="-s -w -X main.release=$VERSION" -o /tawkproxy ./cmd/tawkproxy

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /tawkproxy /
# By number, so that Kubernetes can tell that it is not root.
USER 65532:65532
# 8080 is the site. 9180, the health of the program, listens on loopback until TAWK_ADMIN_LISTEN says otherwise; the program asks there
# itself. Kubernetes does without: it has probes.
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/tawkproxy", "health"]
ENTRYPOINT ["/tawkproxy"]
CMD ["serve"]
