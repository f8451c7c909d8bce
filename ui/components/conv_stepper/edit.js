// Choosing a cell, and typing another number into an input, a weight or the bias.

import { make } from "../dom.js"
import { editables, pause, put, showReach } from "./cells.js"
import { draw } from "./picture.js"

const NUMBER = /^-?[0-9]{1,3}(\.[0-9]{1,3})?$/ // as in core/conv/edits.py

export function select(state, cell) {
  if (!cell.dataset.place) return
  pause(state)
  const siblings = editables(state)[cell.dataset.grid]
  siblings.forEach((other) => other.hasAttribute("tabindex") && (other.tabIndex = other === cell ? 0 : -1))
  cell.focus()
  showReach(state, cell.dataset.grid === "input" ? cell : null)
  draw(state)
}

export function moveInGrid(state, cell, key) {
  const columns = Number(cell.dataset.columns)
  const index = Number(cell.dataset.index)
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key]
  const aim = editables(state)[cell.dataset.grid][index + by]
  const sameRow = Math.floor(index / columns) === Math.floor((index + by) / columns)
  if (aim && (sameRow || Math.abs(by) === columns)) select(state, aim)
}

export function startEdit(state, cell, typed) {
  if (!cell.dataset.place || cell.querySelector("input")) return
  pause(state)
  const before = cell.textContent.replace("−", "-")
  const field = make("input", "edit", cell, { type: "text", inputmode: "decimal", maxlength: 8 })
  field.setAttribute("aria-label", cell.getAttribute("aria-label"))
  field.value = typed ?? before
  field.focus()
  if (typed === undefined) field.select()
  let open = true
  const close = (keep) => {
    if (!open) return
    open = false
    const text = field.value.trim().replace("−", "-").replace(",", ".").replace(/^(-?)\./, "$10.")
    field.remove()
    if (keep && text !== before && NUMBER.test(text)) commit(state, cell, text)
  }
  field.onblur = () => close(true)
  field.onkeydown = (event) => {
    event.stopPropagation()
    if (event.key !== "Enter" && event.key !== "Escape") return
    event.preventDefault()
    close(event.key === "Enter")
    cell.focus()
  }
  const begun = /^[-−]?[0-9]{0,3}([.,][0-9]{0,3})?$/
  field.oninput = () => field.setAttribute("aria-invalid", String(!begun.test(field.value)))
}

// The text of all edits goes to the server, so that a second one sent before the first one's answer loses nothing.
function commit(state, cell, text) {
  const { filter, channel } = state
  const place = {
    input: `x${state.all.firsts[filter] + channel}_${cell.dataset.place}`,
    kernel: `w${filter}_${channel}_${cell.dataset.place}`,
    bias: `b${filter}`,
  }[cell.dataset.grid]
  state.edits.set(place, text)
  const all = Array.from(state.edits, ([at, value]) => `${at}_${value}`).join("~")
  if (all.length > state.all.most) {
    state.edits.delete(place)
    state.ui.sum.textContent = state.all.words.full
    state.ui.spoken.textContent = state.all.words.full
    return
  }
  put(cell, Number(text), 0)
  state.send("edit", all)
}

export function readEdits(text) {
  const items = text ? text.split("~") : []
  return new Map(items.map((item) => [item.slice(0, item.lastIndexOf("_")), item.slice(item.lastIndexOf("_") + 1)]))
}
