/**
 * The protocol as a flat table: one line for each thing a peer can see, so that two protocols compare by name.
 * @module
 */

/** What of `buf build`'s JSON (google/protobuf/descriptor.proto) decides the wire format. */
export interface DescriptorSet {
  readonly file?: readonly FileDescriptor[];
}

interface FileDescriptor {
  readonly package?: string;
  readonly messageType?: readonly MessageDescriptor[];
  readonly enumType?: readonly EnumDescriptor[];
  readonly service?: readonly ServiceDescriptor[];
}

interface MessageDescriptor {
  readonly name: string;
  readonly field?: readonly FieldDescriptor[];
  readonly nestedType?: readonly MessageDescriptor[];
  readonly enumType?: readonly EnumDescriptor[];
  readonly oneofDecl?: readonly { readonly name: string }[];
}

interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly label?: string;
  readonly type: string;
  readonly typeName?: string;
  readonly oneofIndex?: number;
  readonly proto3Optional?: boolean;
  readonly options?: { readonly packed?: boolean };
}

interface EnumDescriptor {
  readonly name: string;
  readonly value?: readonly { readonly name: string; readonly number?: number }[];
}

interface ServiceDescriptor {
  readonly name: string;
  readonly method?: readonly MethodDescriptor[];
}

interface MethodDescriptor {
  readonly name: string;
  readonly inputType: string;
  readonly outputType: string;
  readonly clientStreaming?: boolean;
  readonly serverStreaming?: boolean;
}

/** Full names (`mvccpb.KeyValue.key`) to shapes (`field 1: bytes`), parents before their children. */
export type Schema = ReadonlyMap<string, string>;

/** Flattens the files of `set` that belong to one of `packages`. */
export function schemaOf(set: DescriptorSet, packages: ReadonlySet<string>): Schema {
  const schema = new Map<string, string>();
  for (const file of set.file ?? []) {
    const scope = file.package ?? "";
    if (!packages.has(scope)) continue;
    for (const message of file.messageType ?? []) addMessage(schema, scope, message);
    for (const enumeration of file.enumType ?? []) addEnum(schema, scope, enumeration);
    for (const service of file.service ?? []) addService(schema, scope, service);
  }
  return schema;
}

function addMessage(schema: Map<string, string>, scope: string, message: MessageDescriptor): void {
  const name = `${scope}.${message.name}`;
  schema.set(name, "message");
  for (const field of message.field ?? []) schema.set(`${name}.${field.name}`, fieldShape(field, message));
  for (const nested of message.nestedType ?? []) addMessage(schema, name, nested);
  for (const enumeration of message.enumType ?? []) addEnum(schema, name, enumeration);
}

function fieldShape(field: FieldDescriptor, message: MessageDescriptor): string {
  const words = [`field ${field.number}:`];
  if (field.label !== "LABEL_OPTIONAL") words.push(lowerWord(field.label, "LABEL_"));
  if (field.proto3Optional) words.push("optional");
  words.push(field.typeName === undefined ? lowerWord(field.type, "TYPE_") : typeName(field.typeName));
  if (field.options?.packed !== undefined) words.push(`[packed = ${field.options.packed}]`);
  const oneof = field.proto3Optional ? undefined : message.oneofDecl?.[field.oneofIndex ?? -1];
  if (oneof !== undefined) words.push(`in oneof ${oneof.name}`);
  return words.join(" ");
}

function addEnum(schema: Map<string, string>, scope: string, enumeration: EnumDescriptor): void {
  const name = `${scope}.${enumeration.name}`;
  schema.set(name, "enum");
  for (const value of enumeration.value ?? []) {
    schema.set(`${name}.${value.name}`, `enum value ${value.number ?? 0}`);
  }
}

function addService(schema: Map<string, string>, scope: string, service: ServiceDescriptor): void {
  const name = `${scope}.${service.name}`;
  schema.set(name, "service");
  for (const method of service.method ?? []) {
    const input = (method.clientStreaming ? "stream " : "") + typeName(method.inputType);
    const output = (method.serverStreaming ? "stream " : "") + typeName(method.outputType);
    schema.set(`${name}.${method.name}`, `method (${input}) returns (${output})`);
  }
}

/** Descriptors write full names with a leading dot. */
function typeName(name: string): string {
  return name.replace(/^\./, "");
}

function lowerWord(word: string | undefined, prefix: string): string {
  return (word ?? "").replace(prefix, "").toLowerCase();
}
