/**
 * The rows of the table of faults.
 *
 * @module
 */

import type { Row } from "../rig/trial/row.ts";
import { row as row01 } from "./row_01.ts";
import { row as row02 } from "./row_02.ts";
import { row as row03 } from "./row_03.ts";
import { row as row04 } from "./row_04.ts";
import { row as row05 } from "./row_05.ts";
import { row as row06 } from "./row_06.ts";
import { row as row07 } from "./row_07.ts";
import { row as row08 } from "./row_08.ts";
import { row as row09 } from "./row_09.ts";
import { row as row10 } from "./row_10.ts";
import { row as row11 } from "./row_11.ts";
import { row as row12 } from "./row_12.ts";
import { row as row13 } from "./row_13.ts";
import { row as row14 } from "./row_14.ts";
import { row as row15 } from "./row_15.ts";
import { row as row16 } from "./row_16.ts";
import { row as row17 } from "./row_17.ts";
import { row as row18 } from "./row_18.ts";
import { row as row19 } from "./row_19.ts";
import { row as row20 } from "./row_20.ts";
import { row as row21 } from "./row_21.ts";
import { row as row22 } from "./row_22.ts";
import { row as row23 } from "./row_23.ts";
import { row as row24 } from "./row_24.ts";
import { row as row25 } from "./row_25.ts";
import { row as row26 } from "./row_26.ts";

/** All rows, by their numbers. */
export const ROWS: readonly Row[] = [
  row01,
  row02,
  row03,
  row04,
  row05,
  row06,
  row07,
  row08,
  row09,
  row10,
  row11,
  row12,
  row13,
  row14,
  row15,
  row16,
  row17,
  row18,
  row19,
  row20,
  row21,
  row22,
  row23,
  row24,
  row25,
  row26,
];

/** What depends on the sockets, timers and suspension of a runtime is tried on each of them, the rest on Deno alone. */
export const ON_ALL_RUNTIMES: readonly number[] = [1, 2, 3, 5, 7, 8, 14, 16, 25];

/** @throws {RangeError} If there is no such row. */
export function rowOf(number: number): Row {
  const row = ROWS.find((one) => one.number === number);
  if (row === undefined) throw new RangeError(`Cannot run row ${number}: there is none`);
  return row;
}
