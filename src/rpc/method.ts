/**
 * One method of an etcd service, as everything here names it.
 *
 * @module
 */

/** What ts-proto generates for a message. */
interface MessageType<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(input: Uint8Array): T;
}

/** What ts-proto generates for a method. */
interface GeneratedMethod<Q, S> {
  readonly name: string;
  readonly requestType: MessageType<Q>;
  readonly requestStream: boolean;
  readonly responseType: MessageType<S>;
  readonly responseStream: boolean;
}

/** One method: its path, its shape, and how its messages become bytes. */
export interface Method<Q, S> {
  /** `"KV/Range"`, for events and messages. */
  readonly name: string;
  /** `"/etcdserverpb.KV/Range"`. */
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly encode: (request: Q) => Uint8Array;
  /** The response's byte strings are views of the bytes. */
  readonly decode: (bytes: Uint8Array) => S;
}

/**
 * Names a generated method.
 *
 * @param service The generated service definition.
 * @param method One of its methods.
 * @param own An encoder or decoder of our own in place of the generated one.
 */
export function defineMethod<Q, S>(
  service: { readonly name: string; readonly fullName: string },
  method: GeneratedMethod<Q, S>,
  own: Partial<Pick<Method<Q, S>, "encode" | "decode">> = {},
): Method<Q, S> {
  return {
    name: `${service.name}/${method.name}`,
    path: `/${service.fullName}/${method.name}`,
    requestStream: method.requestStream,
    responseStream: method.responseStream,
    encode: own.encode ?? ((request) => method.requestType.encode(request).finish()),
    decode: own.decode ?? ((bytes) => method.responseType.decode(bytes)),
  };
}
