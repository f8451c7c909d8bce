// Outputs compared, and numbers as they are written.

import { signed } from "../dom.js"

/**
 * The place of the largest of some values; −1 where one is not finite.
 * @param {ArrayLike<number>} values
 */
export function largest(values) {
  let best = 0
  for (let k = 0; k < values.length; k++) {
    if (!Number.isFinite(values[k])) return -1
    if (values[k] > values[best]) best = k
  }
  return best
}

/**
 * How far the largest value is ahead of the next one.
 * @param {ArrayLike<number>} values
 * @param {number} best its place
 */
export function lead(values, best) {
  let second = -Infinity
  for (let k = 0; k < values.length; k++) if (k !== best && values[k] > second) second = values[k]
  return values[best] - second
}

/**
 * Four digits, with a minus sign that is one.
 * @param {number} value
 */
export function short(value) {
  const rounded = Math.abs(value) < 1e-12 ? 0 : Number(value.toPrecision(4))
  const size = Math.abs(rounded)
  return signed(size !== 0 && (size < 1e-4 || size >= 1e6) ? rounded.toExponential() : rounded)
}

/**
 * Round values at equal steps, four to eight of them.
 * @param {number} low
 * @param {number} high
 */
export function ticks(low, high) {
  const raw = (high - low) / 5
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw * 0.8) ?? 10)
  const found = []
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at++) found.push(at * step)
  return found
}
