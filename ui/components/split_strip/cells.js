// How cells fill a strip: how large they are, and which part of the strip is whose.

const TALLEST = 128 // CSS pixels, unless single pixels need more
const LARGEST = 26
const GAP = 14 // between two sets

/**
 * Find the largest cells of which all fit, columns from left to right, a set after the other.
 * @param {number} count of samples
 * @param {number[]} sizes of all sets
 * @param {number} width of the strip in device pixels
 * @param {number} ratio device pixels in a CSS pixel
 */
export function arrange(count, sizes, width, ratio) {
  const gap = Math.round(GAP * ratio)
  const full = sizes.filter((size) => size > 0)
  let cell = Math.round(LARGEST * ratio)
  let lines = 1
  for (; cell >= 1; cell -= 1) {
    const columns = Math.floor((width - gap * (full.length - 1)) / cell) - full.length + 1
    if (columns < 1) continue
    lines = Math.ceil(count / columns)
    if (lines * cell <= TALLEST * ratio) break
  }
  cell = Math.max(cell, 1)
  const starts = [0]
  const left = [0]
  full.forEach((size, at) => {
    starts.push(starts[at] + size)
    left.push(left[at] + Math.ceil(size / lines) * cell + gap)
  })
  const between = cell >= 8 ? Math.max(1, Math.round(cell / 7)) : cell >= 4 ? 1 : 0
  // Which set a table row belongs to: with empty sets counted, so that shapes and colours stay true, and without.
  const [part, block] = [blocks(count, sizes), blocks(count, full)]
  return { cell, inner: cell - between, lines, height: lines * cell, starts, left, sizes: full, part, block }
}

/**
 * @param {number} count
 * @param {number[]} sizes
 */
function blocks(count, sizes) {
  const found = new Uint8Array(count)
  let start = 0
  sizes.forEach((size, at) => found.fill(at, start, start += size))
  return found
}

/**
 * The pixels of a cell: training full, validation a triangle, test hollow. Small cells are full.
 * @param {number} set 0, 1 or 2
 * @param {number} size
 */
export function cellShape(set, size) {
  /** @type {[number, number][]} */
  const found = []
  const edge = Math.max(1, Math.round(size / 6))
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const hollow = x >= edge && y >= edge && x < size - edge && y < size - edge
      if (size < 4 || set === 0 || (set === 1 && x + y < size) || (set === 2 && !hollow)) found.push([x, y])
    }
  }
  return found
}
