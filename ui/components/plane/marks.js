// The samples, the axes, and the lines where the truth changes.

const RADIUS = 3.8 // CSS pixels, less in a small picture

function samples(state, pen) {
  const { data } = state
  const { marks } = data
  pen.save()
  pen.beginPath()
  pen.rect(MARGIN.left, MARGIN.top, state.inner, state.inner)
  pen.clip()
  // right answers first, so that no wrong one is covered
  for (const wanted of marks.wrong ? [0, 1] : [0]) {
    for (let at = 0; at < marks.test.length; at++) {
      if (state.hidden[marks.test[at]] || (marks.wrong && marks.wrong[at] !== wanted)) continue
      mark(state, pen, at, Boolean(wanted))
    }
  }
  pen.restore()
}

function mark(state, pen, at, wrong) {
  const { data } = state
  const [x, y] = markPlace(state, at)
  const test = data.marks.test[at] === 1
  const colour = truthColour(data, data.marks.truth[at])
  const size = Math.max(0.72, Math.min(1, state.inner / 372))
  pen.beginPath()
  if (wrong) {
    pen.moveTo(x, y - 6.5 * size)
    pen.lineTo(x + 6 * size, y + 4.5 * size)
    pen.lineTo(x - 6 * size, y + 4.5 * size)
    pen.closePath()
  } else pen.arc(x, y, RADIUS * size, 0, 2 * Math.PI)
  pen.lineJoin = "round"
  // numbers near the middle are pale: there the edge has to show the sample
  const edge = wrong ? data.ink.text : data.classes.length ? data.ink.ground : `${data.ink.muted}80`
  pen.fillStyle = test ? data.ink.ground : colour
  pen.fill()
  pen.strokeStyle = edge
  pen.lineWidth = (test ? 3.4 : wrong ? 1.4 : 1) * size
  pen.stroke()
  if (test) {
    pen.strokeStyle = colour
    pen.lineWidth = 2 * size
    pen.stroke()
  }
}

function markPlace(state, at) {
  const { at: places } = state.data.marks
  return [placeX(state, places[2 * at]), placeY(state, places[2 * at + 1])]
}

// A class has its colour; a number is mixed between the two ends, over the ground.
function truthColour(data, truth) {
  if (data.classes.length) return data.colours[truth]
  const share = Math.max(-1, Math.min(1, (truth - data.middle) / data.reach))
  const [ground, end] = [rgb(data.ink.ground), rgb(data.colours[share < 0 ? 0 : 1])]
  const weight = 0.15 + 0.85 * Math.abs(share)
  return `rgb(${ground.map((value, k) => Math.round(value + (end[k] - value) * weight)).join(" ")})`
}

// ---- axes --------------------------------------------------------------------------------------------------------

function axes(state, pen) {
  const { data, inner } = state
  const { low, high, names } = data
  const bottom = MARGIN.top + inner
  pen.strokeStyle = data.ink.line
  pen.lineWidth = 1
  outline(state, pen)
  pen.stroke()
  pen.strokeRect(MARGIN.left, MARGIN.top, inner, inner)
  pen.fillStyle = data.ink.muted
  pen.font = `12px ${getComputedStyle(state.ui.root).fontFamily}`
  pen.textAlign = "center"
  pen.textBaseline = "top"
  for (const value of ticks(low[0], high[0])) {
    const x = placeX(state, value)
    pen.fillText(short(value), x, bottom + 5)
    stroke(pen, [x, bottom], [x, bottom + 3])
  }
  pen.fillText(fit(pen, names[0], inner), MARGIN.left + inner / 2, bottom + 21)
  pen.textAlign = "right"
  pen.textBaseline = "middle"
  for (const value of ticks(low[1], high[1])) {
    const y = placeY(state, value)
    pen.fillText(short(value), MARGIN.left - 6, y)
    stroke(pen, [MARGIN.left - 3, y], [MARGIN.left, y])
  }
  pen.save()
  pen.translate(9, MARGIN.top + inner / 2)
  pen.rotate(-Math.PI / 2)
  pen.textAlign = "center"
  pen.fillText(fit(pen, names[1], inner), 0, 0)
  pen.restore()
}

function stroke(pen, from, to) {
  pen.beginPath()
  pen.moveTo(...from)
  pen.lineTo(...to)
  pen.stroke()
}

function fit(pen, text, room) {
  let shown = text
  while (shown.length > 1 && pen.measureText(shown).width > room) shown = `${shown.slice(0, -2)}…`
  return shown
}

// Round values at equal steps, four to eight of them.
function ticks(low, high) {
  const raw = (high - low) / 5
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= raw * 0.8)
  const found = []
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at++) found.push(at * step)
  return found
}

// Lines where the truth changes: known only of the course's cube.
function borders(state, pen) {
  pen.save()
  pen.strokeStyle = state.data.ink.text
  pen.lineWidth = 1.5
  pen.setLineDash([6, 5])
  for (const [from, to] of state.data.borders) {
    stroke(pen, [placeX(state, from[0]), placeY(state, from[1])], [placeX(state, to[0]), placeY(state, to[1])])
  }
  pen.restore()
}
