// Where everything is, in CSS pixels: the picture is laid out for the width that it has, so that text keeps its size.

const HEAD = 18
export const FOOT = 32
const TALL = 176 // of the neurons' part, where the picture must share a projector's screen
export const LETTER = 6.4 // width of a letter of the small text, roughly
const NARROW = 480

export function lay(state) {
  const { ui, data, shown } = state
  const width = Math.floor(ui.stage.clientWidth)
  if (!width) return
  const signature = JSON.stringify([width, data.widths, data.inputs, data.outputs, data.activations, data.words.label])
  if (signature === state.layout) return
  state.layout = signature
  const narrow = width < NARROW
  const tallest = Math.max(...shown)
  const tall = narrow ? Math.min(300, Math.max(150, tallest * 26)) : TALL
  const pitch = Math.min(44, tall / tallest)
  const small = narrow || pitch < 14
  const side = (names, most) => Math.min(most, 10 + LETTER * Math.max(...names.map((name) => name.length)))
  const ends = pitch >= 25 // room for a number below a name
  const numbers = ends ? ["−0.00"] : []
  const left = side([...data.inputs, ...numbers], narrow ? 52 : 100)
  const right = side([...data.outputs, ...numbers], narrow ? (shown.length > 6 ? 50 : 70) : 110)
  const gaps = shown.length - 1
  const size = Math.max(7, Math.min(32, pitch * 0.84, ((width - left - right) / (gaps + 0.6)) * 0.5))
  const step = (width - left - right - size) / gaps
  const height = HEAD + tall + FOOT
  Object.assign(state, { width, height, narrow, small, pitch, size, step, left, right, tall })
  state.x = (layer) => left + size / 2 + layer * step
  state.y = (layer, neuron) => HEAD + tall / 2 + (neuron - (shown[layer] - 1) / 2) * pitch
  // Numbers beside the neurons need room between the columns.
  state.spelled = { hidden: step - size > 58 && size >= 16, ends }
  ui.stage.style.height = `${height}px`
  for (const svg of [ui.lines, ui.neurons]) svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
  const ratio = Math.min(devicePixelRatio || 1, 2)
  ui.canvas.width = Math.round(width * ratio)
  ui.canvas.height = Math.round(height * ratio)
  state.ratio = ratio
  state.moved = true
}

// Lines leave and arrive level, so that a dense layer reads as flows and not as a net.
export function curve(state, layer, from, to) {
  const start = state.x(layer - 1) + state.size / 2 + 1
  const end = state.x(layer) - state.size / 2 - 1
  const [y0, y1] = [state.y(layer - 1, from), state.y(layer, to)]
  const middle = (start + end) / 2
  const f = (value) => value.toFixed(1)
  return `M${f(start)} ${f(y0)}C${f(middle)} ${f(y0)} ${f(middle)} ${f(y1)} ${f(end)} ${f(y1)}`
}

// The share of the height that such a line has climbed at a place between the columns.
export function climbed(state, layer, x) {
  const start = state.x(layer - 1) + state.size / 2 + 1
  const end = state.x(layer) - state.size / 2 - 1
  const wanted = (x - start) / (end - start)
  if (wanted < 0 || wanted > 1) return null
  let [low, high] = [0, 1]
  for (let round = 0; round < 20; round++) {
    const t = (low + high) / 2
    if (1.5 * t - 1.5 * t * t + t * t * t < wanted) low = t
    else high = t
  }
  return 3 * low * low - 2 * low * low * low
}

export function cut(text, room) {
  const most = Math.max(1, Math.floor(room / LETTER))
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
