/**
 * Reduces a .proto file to what decides the wire format, so that it compiles without gogoproto, the gateway's
 * annotations and whatever else a release imports for its own code generators.
 * @module
 */

const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[\w.]+|\S/g;

/** The package that `source` declares, empty for none. */
export function packageOf(source: string): string {
  const tokens = tokensOf(source);
  return tokens.find((_token, index) =>
    startsStatement(tokens, index - 1) && tokens[index - 1] === "package"
  ) ?? "";
}

/**
 * Drops comments, options, extensions and the imports for which `resolve` knows no file; an import that it knows is
 * rewritten to the path it returns.
 */
export function trimProto(source: string, resolve: (path: string) => string | undefined): string {
  const tokens = tokensOf(source);
  const kept: string[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === "[") {
      const end = endOfBlock(tokens, index, "[", "]");
      kept.push(packedOption(tokens.slice(index, end)));
      index = end;
    } else if (!startsStatement(tokens, index)) {
      kept.push(token);
    } else if (token === "import") {
      const end = tokens.indexOf(";", index);
      const path = resolve(tokens[end - 1].slice(1, -1));
      if (path !== undefined) kept.push(`import "${path}";`);
      index = end;
    } else if (token === "option") {
      index = endOfStatement(tokens, index);
    } else if (token === "extend") {
      index = endOfBlock(tokens, index, "{", "}");
    } else {
      kept.push(token);
    }
  }
  return kept.join(" ").replace(/(?<=[;{}]) /g, "\n") + "\n";
}

function tokensOf(source: string): string[] {
  return (source.match(TOKEN) ?? []).filter((token) => !/^\/[/*]/.test(token));
}

function startsStatement(tokens: readonly string[], index: number): boolean {
  return index === 0 || /^[;{}]$/.test(tokens[index - 1] ?? "");
}

/** The index of the `;` that ends the statement at `start`, which may hold braces of its own. */
function endOfStatement(tokens: readonly string[], start: number): number {
  let depth = 0;
  for (let index = start; index < tokens.length; index++) {
    if (tokens[index] === "{") depth++;
    else if (tokens[index] === "}") depth--;
    else if (tokens[index] === ";" && depth === 0) return index;
  }
  return tokens.length;
}

/** The index of the `close` that matches the first `open` from `start` on. */
function endOfBlock(tokens: readonly string[], start: number, open: string, close: string): number {
  let depth = 0;
  for (let index = start; index < tokens.length; index++) {
    if (tokens[index] === open) depth++;
    else if (tokens[index] === close && --depth === 0) return index;
  }
  return tokens.length;
}

/** Of a field's options only `packed` changes the encoding. */
function packedOption(tokens: readonly string[]): string {
  const index = tokens.indexOf("packed");
  return index === -1 ? "" : `[packed = ${tokens[index + 2]}]`;
}
