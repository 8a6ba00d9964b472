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
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags="-s -w" -o /tawkproxy ./cmd/tawkproxy

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /tawkproxy /
# By number, so that Kubernetes can tell that it is not root.
USER 65532:65532
# 8080 is the site. 9180, the health of the program, listens on loopback until TAWK_ADMIN_LISTEN says otherwise; no HEALTHCHECK
# asks it, as there is no other program in here that could.
EXPOSE 8080
ENTRYPOINT ["/tawkproxy"]
CMD ["serve"]
