/**
 * The files of the repository.
 * @module
 */

/** The files below a folder, or the file itself, in one order everywhere; none where there is nothing. */
export async function filesBelow(path: string): Promise<string[]> {
  const found: string[] = [];
  try {
    if ((await Deno.stat(path)).isFile) return [path];
    for await (const { name } of Deno.readDir(path)) found.push(...await filesBelow(`${path}/${name}`));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}

/** The modules of the library, generated ones left out. */
export async function sourceFiles(): Promise<string[]> {
  return (await filesBelow("src")).filter((file) => file.endsWith(".ts"));
}
