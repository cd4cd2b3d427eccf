/**
 * The methods of etcd's Auth service.
 *
 * @module
 */

import { AuthDefinition } from "../../proto/gen/auth.ts";
import type * as auth from "../../proto/gen/auth.ts";
import { defineMethod, type Method } from "./method.ts";

/** Authenticate turns a name and a password into a token. */
export const Authenticate: Method<auth.AuthenticateRequest, auth.AuthenticateResponse> = defineMethod(
  AuthDefinition,
  AuthDefinition.methods.authenticate,
);
