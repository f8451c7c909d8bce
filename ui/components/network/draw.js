// Puts what is known where it belongs; only what has changed is touched.

import { diverging, fill, prune, say, set, shape, sheet } from "../dom.js"
import { curve, cut, FOOT, LETTER } from "./layout.js"
import { brief, largest, power } from "./numbers.js"
import { called } from "./words.js"

const SMOOTH = 400 // more lines than these are dense, and jump instead of gliding

export function draw(state) {
  const { ui, data } = state
  ui.neurons.setAttribute("aria-label", data.words.label)
  drawLines(state)
  drawNeurons(state)
  drawHeads(state)
  paint(state)
  state.moved = false
  ui.stage.dataset.frames = Number(ui.stage.dataset.frames ?? 0) + 1
}

// Every line with the layer that it leads to, and the neurons at its ends.
function* weights(shown) {
  for (let layer = 1; layer < shown.length; layer++) {
    for (let to = 0; to < shown[layer]; to++) {
      for (let from = 0; from < shown[layer - 1]; from++) yield { id: `w${layer}_${from}_${to}`, layer, from, to }
    }
  }
}

function drawLines(state) {
  const { ui, shown, drawn, lines, pitch } = state
  if (state.moved) {
    const wanted = new Set()
    for (const { id, layer, from, to } of weights(shown)) {
      wanted.add(id)
      if (!lines.has(id)) lines.set(id, shape("path", "", ui.lines, { id }))
      lines.get(id).setAttribute("d", curve(state, layer, from, to))
    }
    prune(lines, wanted)
    state.dense = lines.size > SMOOTH // then the weak ones step back, or nothing could be seen
    ui.root.classList.toggle("smooth", !state.dense)
  }
  const thickest = Math.max(1.6, Math.min(5, pitch * 0.15))
  for (const { id, layer, from, to } of weights(shown)) {
    const line = lines.get(id)
    const value = drawn[layer - 1][to * shown[layer - 1] + from]
    const known = Number.isFinite(value)
    const share = known ? Math.abs(value) / state.largest : 0
    const strength = state.dense ? 0.03 + 0.82 * share * share : 0.12 + 0.78 * share
    const style = `stroke-width:${(0.5 + thickest * share).toFixed(2)}px;stroke-opacity:${strength.toFixed(2)}`
    const sign = !known ? "unknown" : value < 0 ? "minus" : "plus"
    if (line.style_ !== style) line.setAttribute("style", line.style_ = style)
    if (line.sign !== sign) {
      line.sign = sign
      line.classList.remove("plus", "minus", "unknown")
      line.classList.add(sign)
    }
  }
}

function drawNeurons(state) {
  const { ui, data, shown, neurons, size, spelled, biases, answers } = state
  const wanted = new Set()
  const last = shown.length - 1
  const heaviest = largest(biases)
  shown.forEach((count, layer) => {
    for (let index = 0; index < count; index++) {
      const id = `n${layer}_${index}`
      wanted.add(id)
      let neuron = neurons.get(id)
      if (!neuron) {
        neuron = shape("g", "neuron", ui.neurons, { id, role: "button", tabindex: "-1", "aria-describedby": "said" })
        neuron.place = [layer, index]
        neuron.ring = shape("rect", "ring", neuron)
        neuron.box = shape("rect", "box", neuron)
        neuron.cross = shape("path", "cross", neuron)
        neuron.bias = shape("rect", "bias", neuron)
        neuron.name = shape("text", "name", neuron)
        neuron.value = shape("text", "value", neuron)
        neurons.set(id, neuron)
      }
      const half = size / 2
      if (state.moved) {
        neuron.setAttribute("transform", `translate(${state.x(layer).toFixed(1)} ${state.y(layer, index).toFixed(1)})`)
        square(neuron.box, half)
        square(neuron.ring, half + 3)
        const arm = half * 0.62
        neuron.cross.setAttribute("d", `M${-arm} ${-arm}L${arm} ${arm}M${-arm} ${arm}L${arm} ${-arm}`)
      }
      const isDead = Boolean(data.dead[layer - 1]?.[index])
      neuron.classList.toggle("dead", isDead)
      neuron.setAttribute("aria-label", called(state, layer, index) + (isDead ? `, ${data.words.dead}` : ""))
      // Bias: a bar below the neuron, to the right when positive, to the left when negative.
      const bias = biases[layer - 1]?.[index]
      const long = Number.isFinite(bias) && size >= 14 ? (half * Math.abs(bias)) / heaviest : 0
      neuron.bias.setAttribute("class", `bias ${bias < 0 ? "minus" : "plus"}`)
      place(neuron.bias, bias < 0 ? -long : 0, half + 2.5, long, 2.5)
      // Names and numbers beside it.
      const end = layer === 0 || layer === last
      const side = layer === 0 ? -1 : 1
      const names = layer === 0 ? data.inputs : layer === last ? data.outputs : []
      const value = answers[layer]?.[index]
      const both = end && spelled.ends && value !== undefined
      say(neuron.name, end ? cut(names[index] ?? "", (layer === 0 ? state.left : state.right) - 8) : "")
      say(neuron.value, both || (!end && spelled.hidden && value !== undefined) ? brief(value) : "")
      const anchor = { "text-anchor": layer === 0 ? "end" : "start" }
      set(neuron.name, { x: side * (half + 6), y: both ? -2 : 4, ...anchor })
      set(neuron.value, { x: side * (half + (end ? 6 : 3)), y: end ? 11 : -half + 2, ...anchor })
    }
  })
  prune(neurons, wanted)
}

function square(rect, half) {
  place(rect, -half, -half, 2 * half, 2 * half)
  rect.setAttribute("rx", Math.min(5, half / 3))
}

function place(rect, x, y, width, height) {
  set(rect, { x: x.toFixed(1), y: y.toFixed(1), width: width.toFixed(1), height })
}

// Above each column what it is; below it how many neurons, or how large its gradients are, and how many are dead.
function drawHeads(state) {
  const { ui, data, shown, heads, step, narrow } = state
  const wanted = new Set()
  const last = shown.length - 1
  const words = data.words
  shown.forEach((count, layer) => {
    const died = (data.dead[layer - 1] ?? []).filter(Boolean).length
    const [long, short] = [data.activations[layer - 1], data.short[layer - 1]]
    const hidden = [`${layer} · ${long}`, `${layer} · ${short}`, `${layer}·${short}`]
    const tops = layer === 0 ? [words.input] : layer === last ? [words.output] : hidden
    const all = data.widths[layer]
    const many = all === count ? `${all}` : step > 60 ? fill(words.of, { shown: count, all }) : `${count}/${all}`
    const texts = {
      top: tops.find((text) => text.length * LETTER < step) ?? `${layer}`,
      count: data.byGradient ? power(data.flow[layer - 1] ?? "", step < 44) : many,
      dead: died ? (step > 90 ? `✕ ${fill(words.deadCount, { n: died })}` : `✕ ${died}`) : "",
    }
    for (const [what, text] of Object.entries(texts)) {
      const id = `${what}${layer}`
      wanted.add(id)
      if (!heads.has(id)) heads.set(id, shape("text", `head ${what}`, ui.neurons, { id }))
      const head = heads.get(id)
      const y = what === "top" ? 11 : state.height - FOOT + (what === "count" ? 16 : 29)
      if (state.moved) set(head, { x: state.x(layer).toFixed(1), y })
      say(head, text)
    }
  })
  prune(heads, wanted)
  ui.root.classList.toggle("narrow", narrow)
}

// ---- what the neurons answer -------------------------------------------------------------------------------------

export function paint(state) {
  if (!state.width) return
  const { ui, data, shown, maps, answers, ratio, size, width, height } = state
  const ink = ui.canvas.getContext("2d")
  const tints = diverging(state.colour("negative"), state.colour("ground"), state.colour("positive"))
  const [columns, rows] = data.grid
  ink.setTransform(ratio, 0, 0, ratio, 0, 0)
  ink.clearRect(0, 0, width, height)
  ink.imageSmoothingQuality = "high"
  shown.forEach((count, layer) => {
    const image = maps[layer] ? stacked(state, maps[layer], count, columns, rows, tints) : null
    const scale = answers[layer] ? largest([answers[layer]]) : 1
    for (let index = 0; index < count; index++) {
      const [x, y] = [state.x(layer) - size / 2, state.y(layer, index) - size / 2]
      ink.save()
      ink.beginPath()
      ink.roundRect(x, y, size, size, Math.min(5, size / 6))
      ink.clip()
      const value = answers[layer]?.[index]
      ink.fillStyle = tint(tints, image || !Number.isFinite(value) ? 128 : 128 + Math.round((127 * value) / scale))
      ink.fillRect(x, y, size, size)
      if (image) ink.drawImage(image, 0, index * rows, columns, rows, x, y, size, size)
      ink.restore()
    }
  })
}

// All maps of a layer below one another; Python's lowest row comes first, a picture's highest.
function stacked(state, values, count, columns, rows, tints) {
  return sheet(state, columns, rows * count, (pixels) => {
    pixels.forEach((_pixel, at) => {
      const line = Math.floor(at / columns)
      const [top, up] = [line - (line % rows), rows - 1 - (line % rows)]
      pixels[at] = tints[values[(top + up) * columns + (at % columns)]]
    })
  })
}

function tint(tints, byte) {
  const value = tints[Math.max(1, Math.min(255, byte))]
  return `rgb(${value & 255} ${(value >> 8) & 255} ${(value >> 16) & 255})`
}
