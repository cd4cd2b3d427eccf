/**
 * The methods of etcd's Auth service.
 *
 * @module
 */

import type * as auth from "../../proto/gen/auth.ts";
import { generatedMethod, type Method } from "./method.ts";

/** Authenticate turns a name and a password into a token. */
export const Authenticate: Method<auth.AuthenticateRequest, auth.AuthenticateResponse> = generatedMethod(
  "Auth/Authenticate",
  "unary",
  async () => (await import("../../proto/gen/auth.ts")).AuthDefinition.methods.authenticate,
);
