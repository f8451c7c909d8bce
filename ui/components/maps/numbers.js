// Numbers in words, and places compared.

import { signed } from "../dom.js"

/**
 * An output, with as many decimals as fit.
 * @param {number} value
 */
export function short(value) {
  const size = Math.abs(value)
  return signed(value.toFixed(size >= 99.5 ? 0 : size >= 9.995 ? 1 : 2).replace(/^-(0\.00)$/, "$1"))
}

/** @param {number} share from 0 to 1 */
export function percent(share) {
  const value = 100 * share
  return `${value >= 99.95 ? "100" : value < 0.05 ? "0" : value.toFixed(1)}%`
}

/**
 * Whether two places, or parts of them, are the same.
 * @param {number[] | null} one
 * @param {number[] | null} other
 */
export function same(one, other) {
  return String(one) === String(other)
}
