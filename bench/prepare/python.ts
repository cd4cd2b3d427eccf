/**
 * Python etcetra, in a virtual environment of its own.
 *
 * @module
 */

import { FOLDER, quietly } from "./folder.ts";

/** The newest that there is on PyPI. */
export const PYTHON_ETCETRA = "0.1.19";

/** Installs it, unless it is there; returns why it cannot be. */
export async function installPython(): Promise<string | undefined> {
  const folder = `${FOLDER}/python`;
  const import_ = [`${folder}/bin/python`, "-c", "import etcetra"];
  if (await quietly(import_) === undefined) return undefined;
  return await quietly(["python3", "-m", "venv", folder]) ??
    await quietly([`${folder}/bin/pip`, "install", "--quiet", `etcetra==${PYTHON_ETCETRA}`]) ??
    await quietly(import_);
}
