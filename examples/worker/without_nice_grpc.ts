/**
 * In the place of nice-grpc, which only middleware needs.
 *
 * @module
 */

function missing(): never {
  throw new Error("Cannot use middleware: wrangler.jsonc leaves nice-grpc out");
}

export { missing as ClientError, missing as createClientFactory, missing as Metadata };
