// What the axes hold, and how numbers are written. A line is rows of (x, y), one after another, with rising x.

import { signed } from "../dom.js"

/** @typedef {Float64Array} Rows */
/** @typedef {{ low: number, high: number, ticks: number[], log?: boolean }} Axis low and high are powers where log */

// A loss is drawn up to this many times its first value; an over-fitting one rises to five times.
const MOST_GROWTH = 20
const TICK = { across: 60, down: 28 } // CSS pixels from tick to tick, at least

/**
 * The exponential moving average of a line, corrected for its start: m ← weight·m + (1 − weight)·y is divided by
 * 1 − weightⁿ after n points, as in Kingma & Ba 2015 (Adam), section 3, so that the first point is not pulled to 0.
 * A value that is not finite is passed on as it is.
 * @param {Rows} rows
 * @param {number} weight of the past, from 0 to below 1
 */
export function smoothed(rows, weight) {
  const found = rows.slice()
  let mean = 0
  let share = 1
  for (let at = 1; at < rows.length; at += 2) {
    if (!Number.isFinite(rows[at])) continue
    mean = weight * mean + (1 - weight) * rows[at]
    share *= weight
    found[at] = mean / (1 - share)
  }
  return found
}

/**
 * As few points as look the same: in each column of pixels the first, lowest, highest and last; gaps stay.
 * @param {Rows} rows
 * @param {number} end of the horizontal axis
 * @param {number} columns
 */
export function thinned(rows, end, columns) {
  if (rows.length < 8 * columns) return rows
  const column = (at) => (Number.isFinite(rows[at + 1]) ? 1 : -1) * (1 + Math.floor((rows[at] / end) * columns))
  const kept = []
  for (let from = 0, next = 0; from < rows.length; from = next) {
    let [low, high] = [from, from]
    for (const here = column(from); next < rows.length && column(next) === here; next += 2) {
      if (rows[next + 1] < rows[low + 1]) low = next
      if (rows[next + 1] > rows[high + 1]) high = next
    }
    const four = [from, Math.min(low, high), Math.max(low, high), next - 2]
    for (const at of new Set(four)) kept.push(rows[at], rows[at + 1])
  }
  return Float64Array.from(kept)
}

/**
 * The vertical axis: from 0, of shares to 1; or logarithmic.
 * @param {Rows[]} all
 * @param {{ percent: boolean, log: boolean }} kind
 * @param {number} room CSS pixels
 * @returns {Axis}
 */
export function vertical(all, { percent, log }, room) {
  if (percent) return { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1] }
  if (log) return powers(all, room)
  const top = ceiling(all)
  const step = round(top / within(2, room / TICK.down, 5), [1, 2, 2.5, 5, 10])
  const steps = Math.ceil(top / step - 1e-9)
  return { low: 0, high: steps * step, ticks: multiples(step, steps) }
}

/**
 * The horizontal axis: from 0 to an end that need not be round.
 * @param {Rows[]} all
 * @param {number | null} end null: where the points end
 * @param {number} room CSS pixels
 * @returns {Axis}
 */
export function horizontal(all, end, room) {
  const high = (end ?? Math.max(0, ...all.map((rows) => rows.at(-2) ?? 0))) || 1
  let step = round(high / within(2, room / TICK.across, 6), [1, 2, 5, 10])
  if (step < 1 && all.every((rows) => rows.every((value, at) => at % 2 || Number.isInteger(value)))) step = 1
  return { low: 0, high, ticks: multiples(step, Math.floor(high / step + 1e-9)) }
}

/**
 * Where the axis ends at least: an exploding loss leaves the picture instead of flattening the rest.
 * @param {Rows[]} all
 */
export function ceiling(all) {
  let first = NaN
  let most = 0
  for (const value of finite(all)) {
    if (Number.isNaN(first)) first = value
    if (value > most) most = value
  }
  const limit = MOST_GROWTH * first
  return (first > 0 && most > limit ? Number(limit.toPrecision(1)) : most) || 1
}

/**
 * A logarithmic axis: between two of 1, 2, 5, 10, 20, 50 … where there is room to name them all, else between powers.
 * @param {Rows[]} all
 * @param {number} room CSS pixels
 * @returns {Axis}
 */
function powers(all, room) {
  let [least, most] = [Infinity, 0]
  for (const value of finite(all)) {
    if (value > 0) [least, most] = [Math.min(least, value), Math.max(most, value)]
  }
  const [from, to] = most ? [Math.log10(least), Math.log10(most)] : [-1, 0]
  const [low, high] = [Math.floor(from), Math.max(Math.ceil(to), Math.floor(from) + 1)]
  const names = within(2, room / TICK.down, 6)
  const whole = Array.from({ length: high - low + 1 }, (_, at) => low + at)
  const fine = whole.flatMap((power) => [0, Math.log10(2), Math.log10(5)].map((part) => power + part))
  const first = fine.findLastIndex((mark) => mark <= from + 1e-9)
  const marks = fine.slice(first, Math.max(fine.findIndex((mark) => mark >= to - 1e-9), first + 1) + 1)
  const every = Math.ceil(whole.length / names)
  const ticks = marks.length <= names ? marks : whole.filter((_, at) => at % every === 0)
  const [bottom, top] = marks.length <= names ? [marks[0], marks[marks.length - 1]] : [low, high]
  return { low: bottom, high: top, ticks: ticks.map((mark) => 10 ** mark), log: true }
}

/** @param {Rows[]} all */
function* finite(all) {
  for (const rows of all) for (let at = 1; at < rows.length; at += 2) if (Number.isFinite(rows[at])) yield rows[at]
}

/**
 * The smallest round step that is not below a number.
 * @param {number} least
 * @param {number[]} factors
 */
function round(least, factors) {
  const power = 10 ** Math.floor(Math.log10(least))
  return power * (factors.find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10)
}

const within = (least, value, most) => Math.max(least, Math.min(most, Math.floor(value)))
const multiples = (step, count) => Array.from({ length: count + 1 }, (_, at) => at * step)

/**
 * The place in a line whose x is nearest; −1 where there is none.
 * @param {Rows} rows
 * @param {number} x
 */
export function nearest(rows, x) {
  const after = following(rows, x)
  const last = rows.length / 2 - 1
  if (after < 1) return Math.min(after, last)
  return after > last || x - rows[2 * after - 2] <= rows[2 * after] - x ? after - 1 : after
}

/**
 * The first place in a line whose x is not below a value; behind the last one where all are.
 * @param {Rows} rows
 * @param {number} x
 * @param {boolean} above whether it has to be above the value
 */
export function following(rows, x, above = false) {
  let [low, high] = [0, rows.length / 2]
  while (low < high) {
    const middle = (low + high) >> 1
    if (rows[2 * middle] < x || (above && rows[2 * middle] === x)) low = middle + 1
    else high = middle
  }
  return low
}

const GROUPED = new Intl.NumberFormat("en", { maximumSignificantDigits: 9 })

/**
 * A tick's number, or an x.
 * @param {number} value
 */
export function short(value) {
  const size = Math.abs(value)
  const large = size >= 1e7 || (size > 0 && size < 1e-4)
  return signed(large ? Number(value.toPrecision(3)).toExponential() : GROUPED.format(value))
}

const FOUR = new Intl.NumberFormat("en", { minimumFractionDigits: 4, maximumFractionDigits: 4 })

/**
 * A value of a line, with four digits behind the point.
 * @param {number} value finite
 * @param {boolean} percent
 */
export function exact(value, percent) {
  if (percent) return `${(100 * value).toFixed(2)}%`
  const size = Math.abs(value)
  return signed(size >= 1e7 || (size > 0 && size < 1e-3) ? value.toExponential(3) : FOUR.format(value))
}
