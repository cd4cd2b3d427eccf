import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import process from "node:process";
import { test } from "../harness.ts";
import type { TlsOptions } from "../../src/socket.ts";
import { TestCa } from "../../src/testing/tls/test_ca.ts";
import { DialError, type DialErrorKind } from "../../src/transport/net/dial_error.ts";
import { closing, DIALERS, NEVER, pattern, readFull, rejection } from "./dialers.ts";
import { discard, type LoopbackServer, tcpServer, tlsServer } from "./servers.ts";

const ca = await TestCa.create();
const caCerts = [ca.cert];
const loopback = await ca.issue();
const client = await ca.issue({ client: "root" });
const DAY = 24 * 60 * 60 * 1000;

/** The certificate that a server asks for. */
const requireClient = { requestCert: true, rejectUnauthorized: true, ca: ca.cert };

for (const [name, dialer] of DIALERS) {
  const works = async (server: LoopbackServer, host: string, tls: TlsOptions): Promise<void> => {
    using socket = closing(await dialer({ host, port: server.port, tls }, NEVER));
    for (const length of [1, 100_000]) {
      await Promise.all([
        socket.write(pattern(length)),
        readFull(socket, length).then((read) => assertEquals(read, pattern(length))),
      ]);
    }
  };
  const fails = async (server: LoopbackServer, host: string, tls: TlsOptions): Promise<DialErrorKind> => {
    const error = await rejection(dialer({ host, port: server.port, tls }, NEVER));
    assertInstanceOf(error, DialError);
    await server.idle();
    return error.kind;
  };

  test(`${name}: a server of a trusted authority is talked to, by name and by address`, async () => {
    await using server = await tlsServer(loopback);
    await works(server, "localhost", { caCerts });
    await works(server, "127.0.0.1", { caCerts });
    await using six = await tlsServer(loopback, undefined, "::1");
    await works(six, "::1", { caCerts });
  });

  test(`${name}: one text may hold several authorities`, async () => {
    await using server = await tlsServer(loopback);
    const other = await TestCa.create();
    await works(server, "localhost", { caCerts: [`${other.cert}\n${ca.cert}`] });
    await works(server, "localhost", { caCerts: [other.cert, ca.cert] });
  });

  test(`${name}: a server of an unknown authority is refused`, async () => {
    await using server = await tlsServer(loopback);
    const other = await TestCa.create();
    assertEquals(await fails(server, "localhost", { caCerts: [other.cert] }), "certificate");
    assertEquals(await fails(server, "localhost", {}), "certificate");
  });

  test(`${name}: no environment variable turns verification off`, async () => {
    await using server = await tlsServer(loopback);
    const other = await TestCa.create();
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      assertEquals(await fails(server, "localhost", { caCerts: [other.cert] }), "certificate");
      assertEquals(await fails(server, "localhost", { caCerts, serverName: "other.example" }), "host-name");
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  test(`${name}: a certificate that is no longer, or not yet, valid is refused`, async () => {
    const now = Date.now();
    const old = await ca.issue({ notBefore: new Date(now - 3 * DAY), notAfter: new Date(now - DAY) });
    await using expired = await tlsServer(old);
    assertEquals(await fails(expired, "localhost", { caCerts }), "certificate");
    await using early = await tlsServer(await ca.issue({ notBefore: new Date(now + DAY) }));
    assertEquals(await fails(early, "localhost", { caCerts }), "certificate");
  });

  test(`${name}: a certificate for other names is refused`, async () => {
    await using server = await tlsServer(await ca.issue({ names: ["etcd.example"] }));
    assertEquals(await fails(server, "localhost", { caCerts }), "host-name");
    assertEquals(await fails(server, "127.0.0.1", { caCerts }), "host-name");
  });

  test(`${name}: an address has to be among the certificate's addresses`, async () => {
    await using server = await tlsServer(await ca.issue({ names: ["localhost", "10.0.0.1"] }));
    assertEquals(await fails(server, "127.0.0.1", { caCerts }), "host-name");
    await using named = await tlsServer(await ca.issue({ names: ["127.0.0.1"] }));
    assertEquals(await fails(named, "localhost", { caCerts }), "host-name");
  });

  test(`${name}: a common name is no host name`, async () => {
    await using server = await tlsServer(await ca.issue({ client: "localhost" }));
    const error = await rejection(dialer({ host: "localhost", port: server.port, tls: { caCerts } }, NEVER));
    assertInstanceOf(error, DialError);
  });

  test(`${name}: the name to verify can be another than the host`, async () => {
    await using server = await tlsServer(await ca.issue({ names: ["etcd.example", "10.0.0.1"] }));
    await works(server, "127.0.0.1", { caCerts, serverName: "etcd.example" });
    await works(server, "localhost", { caCerts, serverName: "10.0.0.1" });
    assertEquals(await fails(server, "127.0.0.1", { caCerts, serverName: "other.example" }), "host-name");
    assertEquals(await fails(server, "127.0.0.1", { caCerts, serverName: "10.0.0.2" }), "host-name");
  });

  test(`${name}: the other name replaces the host, even one the certificate is for`, async () => {
    await using server = await tlsServer(loopback);
    assertEquals(await fails(server, "localhost", { caCerts, serverName: "etcd.example" }), "host-name");
    assertEquals(await fails(server, "127.0.0.1", { caCerts, serverName: "10.0.0.1" }), "host-name");
  });

  test(`${name}: the server is told the name, and never an address`, async () => {
    const names: unknown[] = [];
    await using server = await tlsServer(loopback, (peer) => {
      names.push((peer as unknown as { servername?: unknown }).servername || "");
      peer.end();
    });
    for (const [host, serverName] of [["localhost"], ["127.0.0.1"], ["127.0.0.1", "localhost"]]) {
      using socket = closing(await dialer({ host, port: server.port, tls: { caCerts, serverName } }, NEVER));
      assertEquals(await socket.read(new Uint8Array(1)), null);
    }
    assertEquals(names, ["localhost", "", "localhost"]);
  });

  test(`${name}: a server that negotiates no protocol, or another, is refused`, async () => {
    await using none = await tlsServer({ ...loopback, ALPNProtocols: undefined });
    assertEquals(await fails(none, "localhost", { caCerts }), "alpn");
    await using other = await tlsServer({ ...loopback, ALPNProtocols: ["http/1.1"] });
    assertEquals(await fails(other, "localhost", { caCerts }), "alpn");
  });

  test(`${name}: a client shows its certificate, also to a server of another name`, async () => {
    await using server = await tlsServer({ ...loopback, ...requireClient });
    await works(server, "localhost", { caCerts, ...client });
    await using named = await tlsServer({ ...await ca.issue({ names: ["etcd.example"] }), ...requireClient });
    await works(named, "127.0.0.1", { caCerts, ...client, serverName: "etcd.example" });
  });

  test(`${name}: a client's key may be PKCS#8 or SEC1, after its parameters too`, async () => {
    await using server = await tlsServer({ ...loopback, ...requireClient });
    const sec1 = createPrivateKey(client.key).export({ type: "sec1", format: "pem" }).toString();
    const prime256v1 = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    for (const key of [client.key, sec1, prime256v1 + sec1]) {
      await works(server, "localhost", { caCerts, cert: client.cert, key });
    }
  });

  test(`${name}: a server that misses the client's certificate says so at the first read`, async () => {
    await using server = await tlsServer({ ...loopback, ...requireClient });
    using socket = closing(await dialer({ host: "localhost", port: server.port, tls: { caCerts } }, NEVER));
    await socket.write(pattern(10));
    const error = await rejection(socket.read(new Uint8Array(10)));
    assertInstanceOf(error, DialError);
    assertEquals(error.kind, "identity");
  });

  test(`${name}: before TLS 1.3 it says so in the handshake`, async () => {
    await using server = await tlsServer({ ...loopback, ...requireClient, maxVersion: "TLSv1.2" });
    // rustls and Go name the certificate in their alert; OpenSSL says no more than handshake_failure.
    const kind = await fails(server, "localhost", { caCerts });
    assert(kind === "identity" || kind === "tls", kind);
  });

  test(`${name}: TLS with a server that does not speak it fails`, async () => {
    await using plain = await tcpServer((peer) => void peer.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    assertEquals(await fails(plain, "localhost", { caCerts }), "tls");
    await using silent = await tcpServer((peer) => peer.destroy());
    assertEquals(await fails(silent, "localhost", { caCerts }), "lost");
  });

  test(`${name}: an abort during the handshake throws its reason and leaves no connection`, async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    await using server = await tcpServer((peer) => {
      peer.once("data", () => controller.abort(reason)).on("end", () => peer.end());
    });
    const target = { host: "127.0.0.1", port: server.port, tls: { caCerts } };
    assertEquals(await rejection(dialer(target, controller.signal)), reason);
    await server.idle();
  });

  test(`${name}: a key that is not the certificate's is a TypeError`, async () => {
    await using server = await tlsServer({ ...loopback, ...requireClient });
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const otherType = rsa.export({ type: "pkcs1", format: "pem" }).toString();
    for (const key of [loopback.key, otherType]) {
      const tls = { caCerts, cert: client.cert, key };
      const error = await assertRejects(
        () => dialer({ host: "localhost", port: server.port, tls }, NEVER),
        TypeError,
      );
      assertEquals(error.message, "Cannot use tls.key: it does not belong to tls.cert");
    }
  });

  test(`${name}: certificate and key may stand in one text`, async () => {
    await using server = await tlsServer({ ...loopback, ...requireClient });
    for (const both of [client.key + client.cert, `${client.cert}\n${client.key}`]) {
      await works(server, "localhost", { caCerts, cert: both, key: both });
    }
  });

  test(`${name}: certificates that cannot be read are a TypeError before anything is dialed`, async () => {
    await using server = await tlsServer(loopback);
    for (const tls of [{ caCerts: ["junk"] }, { cert: client.cert }, { ...client, key: "junk" }]) {
      await assertRejects(() => dialer({ host: "localhost", port: server.port, tls }, NEVER), TypeError);
    }
    assertEquals(server.accepted.length, 0);
  });

  test(`${name}: closing during a read and during a write over TLS settles both`, async () => {
    await using server = await tlsServer(loopback, discard);
    const target = { host: "127.0.0.1", port: server.port, tls: { caCerts } };
    const socket = await dialer(target, NEVER);
    const read = socket.read(new Uint8Array(1));
    const write = socket.write(new Uint8Array(32 * 1024 * 1024)).catch((error) => error);
    socket.close();
    assertEquals(await read, null);
    assertInstanceOf(await write, Error);
    await server.idle();
  });

  test(`${name}: large amounts cross TLS both ways, whole and in order`, async () => {
    await using server = await tlsServer(loopback);
    const target = { host: "127.0.0.1", port: server.port, tls: { caCerts } };
    using socket = closing(await dialer(target, NEVER));
    const length = 8 * 1024 * 1024;
    const sent = pattern(length);
    const [received] = await Promise.all([readFull(socket, length), socket.write(sent)]);
    assertEquals(Buffer.compare(received, sent), 0);
  });
}
