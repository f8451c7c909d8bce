// Where things are, in CSS pixels.

export const MARGIN = { left: 40, right: 8, top: 8, bottom: 38 } // for ticks and names of the axes

export function lay(state) {
  const { ui, data } = state
  const across = Math.min(ui.root.clientWidth, data.width)
  if (!across) return
  const ratio = Math.min(devicePixelRatio || 1, 2)
  const inner = across - MARGIN.left - MARGIN.right
  const down = inner + MARGIN.top + MARGIN.bottom
  const [width, height] = [Math.round(across * ratio), Math.round(down * ratio)]
  if (ui.canvas.width !== width || ui.canvas.height !== height) {
    ui.canvas.width = width
    ui.canvas.height = height
    ui.canvas.style.width = `${across}px`
    ui.canvas.style.height = `${down}px`
  }
  Object.assign(state, { ratio, across, down, inner })
}

export function placeX(state, x) {
  const { low, high } = state.data
  return MARGIN.left + ((x - low[0]) / (high[0] - low[0])) * state.inner
}

export function placeY(state, y) {
  const { low, high } = state.data
  return MARGIN.top + (1 - (y - low[1]) / (high[1] - low[1])) * state.inner
}

export function outline(state, pen) {
  const { data, inner } = state
  pen.beginPath()
  if (!data.outline.length) return pen.rect(MARGIN.left, MARGIN.top, inner, inner)
  for (const [x, y] of data.outline) pen.lineTo(placeX(state, x), placeY(state, y))
  pen.closePath()
}

// Of a sample, by its place among all.
export function markPlace(state, at) {
  const { at: places } = state.data.marks
  return [placeX(state, places[2 * at]), placeY(state, places[2 * at + 1])]
}
