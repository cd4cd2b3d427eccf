/**
 * A certificate authority for tests.
 *
 * @module
 */

import { certificate, type Issuer, KEY_ALGORITHM, privateKeyPem } from "./certificate.ts";

/** A certificate and its private key, as PEM texts. */
export interface IssuedCertificate {
  /** The certificate. */
  readonly cert: string;
  /** Its unencrypted private key. */
  readonly key: string;
}

/** What {@linkcode TestCa.issue} is asked for. */
export interface IssueOptions {
  /**
   * Host names and IP addresses, for a server's certificate.
   *
   * @default {["localhost", "127.0.0.1", "::1"]}
   */
  readonly names?: readonly string[];
  /**
   * Makes it a client's certificate with this common name, which etcd takes for the user's name where there are
   * users and no token; the empty string is none.
   *
   * @default {a server's certificate}
   */
  readonly client?: string;
  /**
   * From when on it is valid.
   *
   * @default {a day ago}
   */
  readonly notBefore?: Date;
  /**
   * Until when it is valid.
   *
   * @default {in 30 days}
   */
  readonly notAfter?: Date;
}

/** What a server on the loopback interface is called. */
const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "::1"];

const DAY = 24 * 60 * 60 * 1000;

/**
 * A certificate authority that lives in memory and signs what a test needs: for servers and clients, for any
 * name and time. Keys are ECDSA P-256.
 *
 * @example A certificate for another name
 * ```ts
 * import { TestCa } from "./test_ca.ts";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const ca = await TestCa.create();
 * const { cert, key } = await ca.issue({ names: ["etcd.example"] });
 * assertStringIncludes(cert, "BEGIN CERTIFICATE");
 * assertStringIncludes(key, "BEGIN PRIVATE KEY");
 * ```
 */
export class TestCa {
  /** PEM text of its own certificate: what the other side has to trust. */
  readonly cert: string;
  readonly #issuer: Issuer;

  private constructor(cert: string, issuer: Issuer) {
    this.cert = cert;
    this.#issuer = issuer;
  }

  /** Makes an authority with a key of its own; two of them never trust each other's certificates. */
  static async create(): Promise<TestCa> {
    const keys = await generateKeys();
    const organization = `etcetra test ${crypto.randomUUID()}`;
    const issuer = { subject: { commonName: "Test CA", organization }, keys };
    const cert = await certificate({
      ...validity({}),
      subject: issuer.subject,
      publicKey: keys.publicKey,
      use: "authority",
    }, issuer);
    return new TestCa(cert, issuer);
  }

  /**
   * Signs a certificate for a fresh key.
   *
   * @param options Whom it is for; by default a server on the loopback interface.
   */
  async issue(options: IssueOptions = {}): Promise<IssuedCertificate> {
    const { client, names = client === undefined ? LOOPBACK_NAMES : [] } = options;
    const { organization } = this.#issuer.subject;
    const keys = await generateKeys();
    const cert = await certificate({
      ...validity(options),
      subject: { organization, commonName: client || undefined },
      publicKey: keys.publicKey,
      use: client === undefined ? "server" : "client",
      names,
    }, this.#issuer);
    return { cert, key: await privateKeyPem(keys.privateKey) };
  }
}

function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
}

/** Begins yesterday, as clocks differ. */
function validity({ notBefore, notAfter }: IssueOptions): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: notBefore ?? new Date(now - DAY), notAfter: notAfter ?? new Date(now + 30 * DAY) };
}
