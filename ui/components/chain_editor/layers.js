// What kinds of layers have which fields, and what is written into a field.

/** @typedef {Record<string, any>} Row a layer as core/conv/writing.py has it */

const SIZES = ["kernel_size", "stride", "padding", "dilation", "output_size"]
const POOL = ["kernel_size", "stride", "padding"]
/** Fields with yes or no, and their defaults. */
export const FLAGS = { bias: true, ceil_mode: false, count_include_pad: true }
export const FIELDS = {
  conv: ["filters", "kernel_size", "stride", "padding", "activation", "dilation", "groups", "bias"],
  avgpool: [...POOL, "ceil_mode", "count_include_pad"],
  maxpool: [...POOL, "dilation", "ceil_mode"],
  adaptivepool: ["output_size"],
  batchnorm: ["activation"],
  flatten: [],
  linear: ["features", "activation", "bias"],
  activation: ["activation"],
}
/** Fields that are shown on request. */
export const MORE = ["dilation", "groups", "bias", "ceil_mode", "count_include_pad"]
export const DEFAULTS = { stride: "1", padding: "0", dilation: "1", groups: "1" }
const NEW = {
  conv: { filters: 6, kernel_size: 3 },
  avgpool: { kernel_size: 2 },
  maxpool: { kernel_size: 2 },
  adaptivepool: { output_size: 1 },
  batchnorm: {},
  linear: { features: 10 },
  activation: { activation: "relu" },
  flatten: {},
}

/**
 * A new layer.
 * @param {string} type
 * @returns {Row}
 */
export function fresh(type) {
  return { type, ...NEW[type] }
}

/**
 * A layer of another kind, with what both have.
 * @param {Row} row
 * @param {string} type
 */
export function changed(row, type) {
  const made = fresh(type)
  for (const field of FIELDS[type]) if (field in row) made[field] = row[field]
  if (row.name) made.name = row.name
  return made
}

/**
 * The kinds of all layers as one text.
 * @param {Row[]} rows
 */
export function kinds(rows) {
  return JSON.stringify(rows.map((row) => row.type))
}

/**
 * A field's value as it is written.
 * @param {unknown} value
 */
export function shown(value) {
  if (value === null || value === undefined) return ""
  return Array.isArray(value) ? value.join("×") : typeof value === "object" ? "?" : String(value)
}

/**
 * Read what was typed; what is no number stays text: Python says what is wrong with it.
 * @param {string} field
 * @param {string} text
 */
export function read(field, text) {
  if (field === "name") return text
  const pair = SIZES.includes(field) && text.match(/^(\d{1,9})\s*[x×,*\s]\s*(\d{1,9})$/i)
  if (pair) return [Number(pair[1]), Number(pair[2])]
  return /^-?\d{1,9}$/.test(text) ? Number(text) : text
}
