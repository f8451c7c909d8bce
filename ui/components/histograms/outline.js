// A histogram's bins as one line around them.

/**
 * Return the outline of some of the bins, of which all lie side by side in a square of 100.
 * @param {number[]} counts
 * @param {number} from
 * @param {number} to
 * @param {number} most
 */
export function outline(counts, from, to, most) {
  if (from === to) return ""
  const at = (/** @type {number} */ bin) => Number((100 * bin / counts.length).toFixed(2))
  const steps = counts.slice(from, to).map((count, bin) =>
    `V${Number((100 - 100 * count / most).toFixed(2))}H${at(from + bin + 1)}`
  )
  return `M${at(from)} 100${steps.join("")}V100Z`
}
