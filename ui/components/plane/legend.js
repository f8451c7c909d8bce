// What the colours and signs mean; two of its entries are buttons.

import { fill, make, shape } from "../dom.js"
import { short } from "./numbers.js"

const SIGNS = {
  disc: ["M7 2.5a4.5 4.5 0 1 0 .01 0z", "currentColor"],
  ring: ["M7 2.5a4.5 4.5 0 1 0 .01 0z", "none"],
  triangle: ["M7 2l5.5 9.5h-11z", "none"],
  dashes: ["M0 7h5M9 7h5", "none"],
}

export function legend(state) {
  const { ui, data } = state
  const { words, classes } = data
  const colours = data.colours.map((name) => `var(--ck-${name})`)
  ui.canvas.setAttribute("aria-label", fill(words.alt, data.missed))
  ui.sets.forEach((button, set) => {
    refill(button, [sign(set === 0 ? "disc" : "ring"), name(words.sets[set])])
    button.setAttribute("aria-pressed", String(!state.hidden[set]))
  })
  refill(ui.flat, [name(classes.length ? words.flat : words.flat_values)])
  ui.flat.title = classes.length ? words.flat_help : ""
  ui.flat.setAttribute("aria-pressed", String(state.flat))
  const keys = classes.map((word, at) => key(patch("swatch", colours[at]), name(word)))
  if (!classes.length) {
    const [low, high] = [-1, 1].map((side) => short(data.middle + side * data.reach))
    const ramp = `linear-gradient(90deg, ${colours[0]}, var(--ck-ground), ${colours[1]})`
    keys.push(key(name(fill(words.named, { name: data.output, value: low })), patch("ramp", ramp), name(high)))
  }
  if (classes.length) keys.push(key(sign("triangle"), name(words.wrong)))
  if (data.borders.length) keys.push(key(sign("dashes"), name(words.border)))
  refill(ui.keys, keys)
}

// What is the same stays, with the focus that it may have.
function refill(parent, children) {
  const old = [...parent.children]
  if (old.length === children.length && old.every((child, at) => child.isEqualNode(children[at]))) return
  parent.replaceChildren(...children)
}

function key(...children) {
  const element = make("span", "entry")
  element.append(...children)
  return element
}

function name(text) {
  const element = make("span", "name")
  element.textContent = text
  return element
}

function patch(className, background) {
  const element = make("i", className)
  element.style.background = background
  return element
}

function sign(kind) {
  const [d, fill] = SIGNS[kind]
  const svg = shape("svg", "", null, { width: 14, height: 14, viewBox: "0 0 14 14", "aria-hidden": "true" })
  shape("path", "", svg, { d, fill, stroke: "currentColor", "stroke-width": 1.8 })
  return svg
}
