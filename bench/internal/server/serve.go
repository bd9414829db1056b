package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"time"
)

// Wire is the way of the answers to a client.
type Wire struct {
	// Latency is the wait before every answer.
	Latency time.Duration
	// TLS encrypts, and offers HTTP/2.
	TLS bool
	// Gzip compresses for clients that accept it.
	Gzip bool
}

// Address is the location of a server, and its certificate in PEM with TLS.
type Address struct{ URL, Certificate string }

// Listen returns a server for a free port, and a function that serves until the server is
// closed.
func Listen(wire Wire) (*http.Server, Address, func() error, error) {
	h := New(wire.Latency)
	if wire.Gzip {
		h = Gzip(h)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, Address{}, nil, err
	}
	if !wire.TLS {
		return srv, Address{URL: "http://" + l.Addr().String()}, func() error { return srv.Serve(l) }, nil
	}
	own, err := certificate()
	if err != nil {
		_ = l.Close()
		return nil, Address{}, nil, err
	}
	srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[0]})
	return srv, Address{"https://" + l.Addr().String(), string(text)}, func() error { return srv.ServeTLS(l, "", "") }, nil
}

// certificate returns a new certificate for this machine, which is its own authority.
func certificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	form := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
