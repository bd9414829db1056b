# The command and the emulator, built from this repository, and nothing else.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags=-s -o /memberships ./cmd/memberships

FROM scratch
COPY --from=build /memberships /memberships
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
USER 65534:65534
EXPOSE 8787
ENTRYPOINT ["/memberships"]
CMD ["emulate", "--listen", "0.0.0.0:8787", "--control", "on"]
