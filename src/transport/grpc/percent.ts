/**
 * Percent-encoding of `grpc-message`.
 *
 * @module
 */

/**
 * Decodes a status message: UTF-8 whose bytes may be written as `%` and two hex digits. What is malformed stays
 * as it is, since a message must never get lost (gRPC over HTTP2, Status-Message).
 *
 * @param text Octets, one character each.
 * @returns The message.
 */
export function percentDecode(text: string): string {
  // deno-lint-ignore no-control-regex
  if (/^[\x00-\x24\x26-\x7f]*$/.test(text)) return text;
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const hex = text.slice(i + 1, i + 3);
    if (text[i] === "%" && /^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes[length++] = parseInt(hex, 16);
      i += 2;
    } else {
      bytes[length++] = text.charCodeAt(i);
    }
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}
