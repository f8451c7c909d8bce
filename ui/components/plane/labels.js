// A class is named where its region is widest; the name stays where it is while that is wide enough.

import { MARGIN, outline, placeX, placeY } from "./layout.js"
import { largest } from "./numbers.js"

const WIDE = 3 // grid steps to the nearest edge of a region that has room for a name

export function labels(state, pen) {
  const { data, inner } = state
  const { side, outputs, grid, classes } = data
  const inside = insideOutline(state, pen)
  const answer = new Int16Array(side * side)
  for (let at = 0; at < answer.length; at++) {
    answer[at] = inside[at] ? largest(grid.subarray(at * outputs, (at + 1) * outputs)) : -2
  }
  const depth = depths(answer, side)
  pen.font = `600 13px ${getComputedStyle(state.ui.root).fontFamily}`
  pen.textAlign = "center"
  pen.textBaseline = "middle"
  classes.forEach((word, wanted) => {
    let best = -1
    for (let at = 0; at < answer.length; at++) {
      if (answer[at] === wanted && (best < 0 || depth[at] > depth[best])) best = at
    }
    if (best < 0 || depth[best] < WIDE) return state.labels.delete(wanted)
    const last = state.labels.get(wanted)
    if (last < answer.length && answer[last] === wanted && depth[last] >= 0.6 * depth[best]) best = last
    state.labels.set(wanted, best)
    const half = pen.measureText(word).width / 2 + 5
    const x = MARGIN.left + ((best % side) / (side - 1)) * inner
    const y = MARGIN.top + (1 - Math.floor(best / side) / (side - 1)) * inner
    const kept = Math.min(MARGIN.left + inner - half - 2, Math.max(MARGIN.left + half + 2, x))
    pen.globalAlpha = 0.88
    pen.fillStyle = state.ink.ground
    pen.beginPath()
    pen.roundRect(kept - half, y - 10, 2 * half, 20, 5)
    pen.fill()
    pen.globalAlpha = 1
    pen.fillStyle = state.ink.text
    pen.fillText(word, kept, y + 1)
  })
}

export function insideOutline(state, pen) {
  const { side, low, high } = state.data
  const found = new Uint8Array(side * side)
  if (!state.data.outline.length) return found.fill(1)
  outline(state, pen)
  for (let at = 0; at < found.length; at++) {
    const x = low[0] + ((high[0] - low[0]) * (at % side)) / (side - 1)
    const y = low[1] + ((high[1] - low[1]) * Math.floor(at / side)) / (side - 1)
    // the path lies in device pixels, which is what isPointInPath takes
    found[at] = pen.isPointInPath(placeX(state, x) * state.ratio, placeY(state, y) * state.ratio) ? 1 : 0
  }
  return found
}

// Steps to the nearest point with another answer, or to the edge of the picture: two sweeps.
export function depths(answer, side) {
  const depth = new Int16Array(answer.length)
  const look = (at, neighbours) => {
    const x = at % side
    const y = Math.floor(at / side)
    if (x === 0 || y === 0 || x === side - 1 || y === side - 1) return 1
    return Math.min(...neighbours.map((step) => (answer[at + step] === answer[at] ? depth[at + step] + 1 : 1)))
  }
  for (let at = 0; at < answer.length; at++) depth[at] = look(at, [-1, -side, -side - 1, -side + 1])
  for (let at = answer.length - 1; at >= 0; at--) {
    depth[at] = Math.min(depth[at], look(at, [1, side, side + 1, side - 1]))
  }
  return depth
}
