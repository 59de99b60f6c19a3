import { z } from "zod";
import { fileConnectionSchema } from "./file-connection.ts";
import { httpJsonConnectionSchema } from "./http-json-connection.ts";
import { sqlConnectionSchema } from "./sql-connection.ts";

/** How a platform is reached: one schema per transport, chosen by `transport`. */
export const connectionSchema = z.discriminatedUnion("transport", [
  httpJsonConnectionSchema,
  fileConnectionSchema,
  sqlConnectionSchema,
]);

export type Connection = z.infer<typeof connectionSchema>;
