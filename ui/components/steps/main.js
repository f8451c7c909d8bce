// Stages of preprocessing; made once, then only changed.

import { each, make } from "../dom.js"

export function build(root) {
  return { root }
}

export function show(state, data) {
  each(state.root, data.stages, () => stage(state.root), (item, found) => dress(item, found, data.words, state.send))
}

function stage(list) {
  /** @type {any} */
  const item = make("li", "stage", list)
  item.head = make("div", "head", item)
  item.switch = make("button", "switch", item.head, { type: "button", role: "switch" })
  make("i", "knob", item.switch, { "aria-hidden": "true" })
  item.titled = make("span", "title", item.switch)
  item.picture = make("img", "picture", item)
  item.note = make("p", "note", item)
  item.effect = make("p", "effect", item)
}

function dress(item, stage, words, send) {
  const fixed = !stage.step
  item.classList.toggle("off", !stage.on)
  item.classList.toggle("fixed", fixed)
  item.switch.disabled = fixed
  if (fixed) item.switch.removeAttribute("role")
  else item.switch.setAttribute("aria-checked", String(stage.on))
  item.switch.onclick = () => send("step", stage.step)
  item.titled.textContent = stage.title
  if (item.picture.src !== stage.pixels) item.picture.src = stage.pixels
  item.picture.alt = stage.alt
  item.note.textContent = stage.note
  item.effect.replaceChildren()
  if (!stage.effects.length) return
  make("span", "how", item.effect).textContent = stage.on ? words.without : words.with
  for (const { network, digit, share, changed } of stage.effects) {
    const line = make("span", changed ? "line changed" : "line", item.effect)
    make("span", "", line).textContent = network
    make("b", "", line).textContent = digit
    make("small", "", line).textContent = `${(100 * share).toFixed(0)}%`
  }
}
