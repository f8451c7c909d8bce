// How strongly a cell is tinted: by its share of its row, so that rare classes show as well.

/** @param {number[][]} counts rows = truth, columns = answers */
export function tint(counts) {
  const sums = counts.map((line) => line.reduce((sum, count) => sum + count, 0) || 1)
  /** @type {(row: number, column: number) => number} */
  const share = (row, column) => counts[row][column] / sums[row]
  const mistakes = counts.flatMap((line, row) => line.map((_, column) => (row === column ? 0 : share(row, column))))
  const worst = Math.max(...mistakes)
  // Of many classes each mistake is a small share of its row: the tint is of the most frequent one.
  const scale = counts.length > 5 && worst > 0 && worst < 0.4 ? 0.4 / worst : 1
  /** @type {(row: number, column: number) => number} */
  const strength = (row, column) => share(row, column) * (row === column ? 1 : scale)
  return { share, strength }
}
