/**
 * What a host is: TLS sends host names as SNI (RFC 6066, section 3) and never IP addresses.
 *
 * @module
 */

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const LABELS = /^(?=.{1,253}\.?$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.|$))+$/;

/** Whether it is an IPv4 or an IPv6 address; an IPv6 address stands without brackets. */
export function isIpAddress(host: string): boolean {
  if (!host.includes(":")) return IPV4.test(host);
  // A zone (`fe80::1%eth0`) names an interface of this machine and no part of the address.
  return URL.canParse(`http://[${host.replace(/%[\w.-]+$/, "")}]`);
}

/** Whether it is a name of the DNS. */
export function isHostName(host: string): boolean {
  return LABELS.test(host) && !isIpAddress(host);
}

/** The host as it stands before a port: an IPv6 address in brackets. */
export function authority(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
