/**
 * One method of an etcd service, as everything here names it.
 *
 * @module
 */

import { EtcdInternalError } from "../errors.ts";

/** What ts-proto generates for a message. */
interface MessageType<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(input: Uint8Array): T;
}

/** What ts-proto generates for a method. */
interface GeneratedMethod<Q, S> {
  readonly requestType: MessageType<Q>;
  readonly responseType: MessageType<S>;
}

/** One method: its path, its shape, and how its messages become bytes. */
export interface Method<Q, S> {
  /** `"KV/Range"`, for events and messages. */
  readonly name: string;
  /** `"/etcdserverpb.KV/Range"`. */
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  /** Loads what `encode` and `decode` need before either is called; undefined once that is there. */
  readonly load?: () => Promise<void> | undefined;
  readonly encode: (request: Q) => Uint8Array;
  /** The response's byte strings are views of the bytes. */
  readonly decode: (bytes: Uint8Array) => S;
}

/** One request and one response, or many of both. */
type Shape = "unary" | "stream";

/** A method whose messages are written and read by code of our own. */
export function ownMethod<Q, S>(name: string, own: Pick<Method<Q, S>, "encode" | "decode">): Method<Q, S> {
  return { ...named(name, "unary"), encode: own.encode, decode: checkedDecode(name, own.decode) };
}

/**
 * A method whose messages are written and read by generated code, which its first call loads: with what that needs in
 * turn it takes as long to load as a quarter of all the rest.
 *
 * @param load Loads it.
 * @param own A decoder of our own in place of the generated one.
 */
export function generatedMethod<Q, S, G = S>(
  name: string,
  shape: Shape,
  load: () => Promise<GeneratedMethod<Q, G>>,
  own?: (bytes: Uint8Array) => S,
): Method<Q, S> {
  let generated: GeneratedMethod<Q, G> | undefined;
  let loading: Promise<void> | undefined;
  const loadOnce = async () => {
    try {
      generated = await load();
    } finally {
      loading = undefined;
    }
  };
  const decode = own ?? ((bytes: Uint8Array) => generated!.responseType.decode(bytes) as unknown as S);
  return {
    ...named(name, shape),
    load: () => generated === undefined ? loading ??= loadOnce() : undefined,
    encode: (request) => generated!.requestType.encode(request).finish(),
    decode: shape === "unary" ? checkedDecode(name, decode) : decode,
  };
}

/** Decoders throw what they like, and a call has to fail with an error of ours; streams see to that themselves. */
export function checkedDecode<S>(name: string, decode: (bytes: Uint8Array) => S): (bytes: Uint8Array) => S {
  return (bytes) => {
    try {
      return decode(bytes);
    } catch (cause) {
      throw new EtcdInternalError(`Cannot call ${name}: the response is malformed`, { cause });
    }
  };
}

/** etcd's services are all of one package. */
function named(
  name: string,
  shape: Shape,
): Pick<Method<never, never>, "name" | "path" | "requestStream" | "responseStream"> {
  const stream = shape === "stream";
  return { name, path: `/etcdserverpb.${name}`, requestStream: stream, responseStream: stream };
}
