// Numbers of a network: how large, and in how many characters.

import { signed } from "../dom.js"

/**
 * The largest size of all finite numbers, never 0.
 * @param {Iterable<number>[]} layers
 */
export function largest(layers) {
  let found = 1e-12
  for (const layer of layers) {
    for (const value of layer) {
      const size = Math.abs(value)
      if (size > found && size < Infinity) found = size
    }
  }
  return found
}

/** @param {number | undefined} value */
export function number(value) {
  if (value === undefined) return "–"
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞"
  const size = Math.abs(value)
  return signed(size === 0 ? "0" : size < 0.001 || size >= 10000 ? value.toExponential(2) : value.toFixed(4))
}

/**
 * As a number beside a neuron, where there is little room.
 * @param {number} value
 */
export function brief(value) {
  if (!Number.isFinite(value)) return number(value)
  return signed(Math.abs(value) >= 100 ? value.toExponential(0) : value.toFixed(2))
}

/**
 * A text that is given as 1.2e-03, with as few characters as can be.
 * @param {string} text
 * @param {boolean} narrow leaves the decimals away
 */
export function power(text, narrow) {
  const short = signed(text.replace(/e([+-])0/, "e$1").replace("e+", "e"))
  return narrow ? short.replace(/\.\d/, "") : short
}
