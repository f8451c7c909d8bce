// Draws one worked convolution or pooling: grids, the moving window, and the sum in words.

import { fill, icon, make } from "../dom.js"
import { makeEditable, nameCell, pause, put, restoreFocus, showReach, whereIsFocus } from "./cells.js"
import { format, sentence } from "./words.js"
import { lastEnd, spans, workOut } from "./work.js"

const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zM14 5h4v14h-4z",
  back: "M6 6h2v12H6zM20 6v12l-10-6z",
  forward: "M16 6h2v12h-2zM4 6v12l10-6z",
}
const LARGEST_CELL = 44 // px
const FRAME = 3 // px, the width of the window's border

// ---- new data ----------------------------------------------------------------------------------------------------

export function begin(state) {
  const { ui } = state
  const { words } = state.all
  const focused = whereIsFocus(state)
  pause(state)
  const picture = state.all.pictures[state.filter]
  const data = (state.data = { ...picture, steps: workOut(picture) })
  const { padding, kernel, output, channels } = data
  state.channel = Math.min(state.channel, channels.length - 1)
  state.step = Math.min(state.step, data.steps.length - 1)
  state.root.setAttribute("role", "group")
  state.root.setAttribute("aria-label", words.title)
  for (const name of ["back", "forward"]) {
    ui[name].replaceChildren(icon(ICONS[name]))
    ui[name].setAttribute("aria-label", words[name])
    ui[name].title = words[name]
  }
  ui.scrub.max = data.steps.length - 1
  ui.scrub.setAttribute("aria-label", words.scrub)
  ui.speed.setAttribute("aria-label", words.speed)
  ui.speed.title = words.speed
  Array.from(ui.speed.options).forEach((option) => {
    option.textContent = option.value === "0" ? words.fastest : `${option.value}×`
  })
  ui.keys.textContent = data.operation === "conv" ? words.keys : words.poolKeys
  for (const name of ["input", "kernel", "bias", "products", "output"]) ui[name].caption.textContent = words[name]
  ui.kernel.hidden = data.operation !== "conv"

  choices(state, ui.filters, words.filter, state.all.pictures.length, 0, "filter")
  choices(state, ui.channels, words.channel, channels.length, state.all.firsts[state.filter], "channel")

  const height = channels[0].length + 2 * padding[0]
  const width = channels[0][0].length + 2 * padding[1]
  state.padded = [height, width]
  state.inputs = table(ui.input.grid, height, width)
  ui.frame = make("div", "frame", ui.input.grid)
  state.weights = table(ui.kernel.grid, kernel[0], kernel[1])
  state.biases = table(ui.bias.grid, 1, 1)
  state.products = table(ui.products.grid, kernel[0], kernel[1])
  state.cells = table(ui.output.grid, output[0], output[1])
  ui.products.grid.setAttribute("aria-hidden", "true")
  for (const name of ["input", "kernel", "bias", "output"]) {
    ui[name].grid.setAttribute("role", "grid")
    ui[name].grid.setAttribute("aria-label", words[name])
  }
  state.cells.forEach((cell, index) => (cell.dataset.step = index))
  makeEditable(state)
  const numbers = {
    input: channels.flat(2),
    kernel: data.kernels.flat(2),
    products: data.steps.flatMap((step) => step.products.flat(2)),
    output: data.steps.map((step) => step.value),
  }
  state.scale = {} // each grid's largest number has its full colour
  for (const [name, values] of Object.entries(numbers)) {
    state.scale[name] = values.reduce((most, value) => Math.max(most, Math.abs(value ?? 0)), 0)
  }
  numbers.products.push(...numbers.kernel)
  state.longest = {} // characters, so that every number fits its cell
  for (const [name, values] of Object.entries(numbers)) {
    state.longest[name] = values.reduce((most, value) => Math.max(most, value === null ? 1 : format(value).length), 1)
  }
  state.painted = -1
  state.reached = []
  paintChannel(state)
  measure(state)
  draw(state)
  restoreFocus(state, focused)
}

// Buttons 1 … n of which one is pressed; nothing where there is no choice.
function choices(state, bar, label, count, first, name) {
  bar.hidden = count < 2
  bar.replaceChildren()
  bar.setAttribute("aria-label", label)
  make("span", "", bar).textContent = label
  for (let index = 0; index < count; index++) {
    const button = make("button", "", bar, { type: "button", "aria-pressed": index === state[name] })
    button.textContent = first + index + 1
    button.setAttribute("aria-label", `${label} ${first + index + 1}`)
    button.onclick = () => {
      state[name] = index
      if (name === "filter") {
        begin(state)
        bar.querySelectorAll("button")[index].focus()
        return
      }
      paintChannel(state)
      draw(state)
    }
  }
}

function table(grid, height, width) {
  grid.replaceChildren()
  grid.style.gridTemplateColumns = `repeat(${width}, max-content)`
  const cells = []
  for (let i = 0; i < height; i++) {
    const row = make("div", "", grid, { role: "row" })
    row.style.display = "contents"
    for (let j = 0; j < width; j++) cells.push(make("div", "cell", row, { role: "gridcell" }))
  }
  return cells
}

function paintChannel(state) {
  const { data, inputs, weights, scale, padded } = state
  const [top, left] = data.padding
  const values = data.channels[state.channel]
  const end = lastEnd(data)
  inputs.forEach((cell, index) => {
    const i = Math.floor(index / padded[1]) - top
    const j = (index % padded[1]) - left
    cell.classList.toggle("unread", i >= end[0] || j >= end[1])
    const inside = i >= 0 && j >= 0 && i < values.length && j < values[0].length
    cell.classList.toggle("padding", !inside)
    put(cell, inside ? values[i][j] : data.zeros ? 0 : null, inside ? scale.input : 0)
    nameCell(state, cell, "input", i, j, inside ? values[i][j] : null)
  })
  if (data.operation === "conv") {
    const which = { n: state.channel + 1, all: data.kernels.length }
    state.ui.kernel.caption.textContent = fill(state.all.words.kernel, which)
    state.ui.kernel.grid.setAttribute("aria-label", state.ui.kernel.caption.textContent)
    data.kernels[state.channel].flat().forEach((weight, index) => {
      put(weights[index], weight, scale.kernel)
      nameCell(state, weights[index], "kernel", Math.floor(index / data.kernel[1]), index % data.kernel[1], weight)
    })
    put(state.biases[0], data.bias, 0)
    nameCell(state, state.biases[0], "bias", 0, 0, data.bias)
  }
  showReach(state, null)
  state.ui.channels.querySelectorAll("button").forEach((button, index) => {
    button.setAttribute("aria-pressed", index === state.channel)
  })
}

// Cells as large as the width allows. Three layouts: all grids in one line; kernel above products; grids wrapped (phone).
export function measure(state) {
  const { data, padded, longest } = state
  const width = state.root.clientWidth
  if (!width || !padded) return
  const gap = parseFloat(getComputedStyle(state.ui.grids).columnGap) || 20
  const side = data.kernel[1]
  const middles = data.operation === "conv" ? 2 : 1
  const clamp = (value, low = 5) => Math.max(low, Math.min(LARGEST_CELL, Math.floor(value)))
  let layout = "line"
  let cell = (width - (middles + 1) * gap - 6) / (padded[1] + middles * side + data.output[1])
  let small = cell
  if (cell < 32) {
    layout = "column"
    small = clamp((width * 0.3) / side, 14)
    cell = (width - Math.max(122, small * side) - 2 * gap - 6) / (padded[1] + data.output[1])
    small = Math.min(small, Math.max(24, (padded[0] * clamp(cell) - 40) / (2 * data.kernel[0]))) // no higher than the input
  }
  if (cell < 17 && width < 520) {
    layout = "wrapped"
    cell = (width - 8) / Math.max(padded[1], data.output[1])
    small = clamp((width - gap) / (middles * side), 14)
  }
  state.ui.grids.dataset.layout = layout
  state.size = clamp(cell)
  for (
    const [name, kind, size] of [
      ["input", "input", state.size],
      ["output", "output", state.size],
      ["kernel", "products", clamp(small)],
      ["products", "products", clamp(small)],
      ["bias", "products", clamp(small)],
    ]
  ) {
    const font = Math.min(18, size * 0.55, (size * 1.5) / longest[kind])
    state.ui[name].style.setProperty("--size", `${size}px`)
    state.ui[name].style.setProperty("--font", font < 8 ? "0px" : `${font.toFixed(1)}px`)
  }
  // A last window that sticks out (ceil_mode) needs room beside and below the input.
  const over = lastEnd(data).map((end, axis) => Math.max(0, end + data.padding[axis] - padded[axis]) * state.size)
  Object.assign(state.ui.input.style, { marginBottom: `${over[0]}px`, marginRight: `${over[1]}px` })
  placeFrame(state)
}

// ---- each step ---------------------------------------------------------------------------------------------------

export function draw(state) {
  const { data, ui, cells, scale } = state
  const { words } = state.all
  const step = data.steps[state.step]
  const playing = state.timer !== 0
  const label = playing ? "pause" : "play"
  if (ui.play.dataset.label !== label + words[label]) {
    // not at every step: that would cost a layout of the whole picture
    ui.play.dataset.label = label + words[label]
    ui.play.replaceChildren(icon(ICONS[label]), words[label])
  }
  ui.play.disabled = data.steps.length < 2
  ui.back.disabled = state.step === 0
  ui.forward.disabled = state.step === data.steps.length - 1
  ui.scrub.value = state.step
  ui.scrub.disabled = data.steps.length < 2
  ui.count.textContent = fill(words.count, { n: state.step + 1, all: data.steps.length })
  ui.scrub.setAttribute("aria-valuetext", ui.count.textContent)

  const products = step.products[state.channel].flat()
  const winner = data.operation === "maxpool" ? products.indexOf(step.sums[0]) : -1
  products.forEach((value, index) => {
    put(state.products[index], value, scale.products)
    state.products[index].classList.toggle("winner", index === winner)
  })
  state.chosen?.classList.remove("winner")
  if (winner >= 0) {
    const [u, v] = [Math.floor(winner / data.kernel[1]), winner % data.kernel[1]]
    const at = step.at.map((start, axis) => start + data.padding[axis] + [u, v][axis] * data.dilation[axis])
    state.chosen = state.inputs[at[0] * state.padded[1] + at[1]]
    state.chosen.classList.add("winner")
  }

  // Only the cells between the last picture and this one change.
  const [from, to] = [Math.min(state.painted, state.step), Math.max(state.painted, state.step)]
  for (let index = Math.max(0, from); index <= to; index++) reveal(state, index)
  if (state.painted < 0) cells.forEach((_, index) => reveal(state, index))
  state.painted = state.step
  placeFrame(state)

  const sum = sentence(state, step)
  ui.sum.replaceChildren(`${sum} = `)
  make("b", "", ui.sum).textContent = format(step.value)
  if (state.said || playing) return // the selected input cell speaks; nobody could listen to every step
  const place = { row: Math.floor(state.step / data.output[1]) + 1, column: (state.step % data.output[1]) + 1 }
  ui.spoken.textContent = fill(words.spoken, { ...place, sum: `${sum} = ${format(step.value)}` })
}

function reveal(state, index) {
  const { data, cells, scale } = state
  const done = index <= state.step
  const value = data.steps[index].value
  const place = { row: Math.floor(index / data.output[1]) + 1, column: (index % data.output[1]) + 1 }
  put(cells[index], done ? value : null, scale.output)
  const words = done ? state.all.words.cell : state.all.words.pending
  cells[index].setAttribute("aria-label", fill(words, { ...place, value: format(value) }))
  cells[index].setAttribute("aria-selected", index === state.step)
  cells[index].tabIndex = index === state.step ? 0 : -1
}

function placeFrame(state) {
  const { data, ui, inputs, padded, size } = state
  if (!ui.frame) return
  const [top, left] = data.steps[state.step].at
  const [row, column] = [top + data.padding[0], left + data.padding[1]]
  const span = spans(data)
  ui.frame.style.width = `${span[1] * size + 1 - 2 * (FRAME - 2)}px`
  ui.frame.style.height = `${span[0] * size + 1 - 2 * (FRAME - 2)}px`
  ui.frame.style.transform = `translate(${column * size}px, ${row * size}px)`
  state.taps?.forEach((cell) => cell.classList.remove("tap"))
  state.taps = []
  if (data.dilation[0] * data.dilation[1] === 1) return // the frame says it all
  for (let u = 0; u < data.kernel[0]; u++) {
    for (let v = 0; v < data.kernel[1]; v++) {
      const [i, j] = [row + u * data.dilation[0], column + v * data.dilation[1]]
      if (i < padded[0] && j < padded[1]) state.taps.push(inputs[i * padded[1] + j])
    }
  }
  state.taps.forEach((cell) => cell.classList.add("tap"))
}
