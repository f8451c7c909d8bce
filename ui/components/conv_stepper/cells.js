// Cells: what they hold, how they are reached, and where an input reaches.

import { fill, focused } from "../dom.js"
import { format } from "./words.js"

export function put(cell, value, scale) {
  cell.textContent = value === null ? "" : format(value)
  const amount = value === null || !scale ? 0 : Math.round((45 * Math.abs(value)) / scale)
  cell.style.setProperty("--amount", amount)
  cell.style.setProperty("--tint", value < 0 ? "var(--ck-negative)" : "var(--ck-positive)")
}

export function editables(state) {
  const convolves = state.data.operation === "conv"
  return { input: state.inputs, kernel: convolves ? state.weights : [], bias: convolves ? state.biases : [] }
}

// One cell of each grid is in the tab order; the arrows move from there.
export function makeEditable(state) {
  for (const [grid, cells] of Object.entries(editables(state))) {
    const columns = grid === "input" ? state.padded[1] : grid === "kernel" ? state.data.kernel[1] : 1
    cells.forEach((cell, index) => {
      Object.assign(cell.dataset, { grid, index, columns })
      cell.tabIndex = -1
    })
    const first = grid === "input" ? state.data.padding[0] * columns + state.data.padding[1] : 0
    if (cells[first]) cells[first].tabIndex = 0
  }
}

export function nameCell(state, cell, grid, row, column, value) {
  const words = state.all.words
  const padding = value === null
  if (padding) cell.removeAttribute("tabindex")
  else if (!cell.hasAttribute("tabindex")) cell.tabIndex = -1
  cell.dataset.place = padding ? "" : `${row}_${column}`
  const text = grid === "bias" ? words.bias : fill(words.place, { row: row + 1, column: column + 1 })
  cell.setAttribute("aria-label", padding ? words.zero : fill(words.named, { name: text, value: format(value) }))
}

// Outline every output whose window takes this input cell.
export function showReach(state, cell) {
  const { data, cells } = state
  state.reached?.forEach((index) => cells[index].classList.remove("reached"))
  state.selected?.classList.remove("selected")
  Object.assign(state, { reached: [], selected: cell, said: "" })
  if (!cell) return
  cell.classList.add("selected")
  const place = cell.dataset.place.split("_").map(Number)
  data.steps.forEach((step, index) => {
    const taken = [0, 1].every((axis) => {
      const tap = (place[axis] - step.at[axis]) / data.dilation[axis]
      return Number.isInteger(tap) && tap >= 0 && tap < data.kernel[axis]
    })
    if (!taken) return
    state.reached.push(index)
    cells[index].classList.add("reached")
  })
  state.said = fill(state.all.words.reaches, { row: place[0] + 1, column: place[1] + 1, n: state.reached.length })
  state.ui.spoken.setAttribute("aria-live", "polite")
  state.ui.spoken.textContent = state.said
}

export function whereIsFocus({ root }) {
  const cell = focused(root)
  return cell?.dataset?.place && root.contains(cell) ? { grid: cell.dataset.grid, place: cell.dataset.place } : null
}

export function restoreFocus(state, where) {
  const cells = where ? editables(state)[where.grid] : []
  const cell = cells.find((other) => other.dataset.place === where.place)
  if (!cell) return
  cells.forEach((other) => other.hasAttribute("tabindex") && (other.tabIndex = other === cell ? 0 : -1))
  cell.focus()
}

export function pause(state) {
  cancelAnimationFrame(state.timer)
  state.timer = 0
}
