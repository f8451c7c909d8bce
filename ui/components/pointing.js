// A picture whose places are pointed at, chosen and walked to with the keys: what the network's and the maps' share.

import { make } from "./dom.js"

/**
 * Listen to pointer, focus and keys; what can have the focus keeps on it, as `place`, where it is.
 * @param {Record<string, any>} state
 * @param {HTMLElement} stage
 * @param {object} acts
 * @param {(state: any, x: number, y: number) => any} acts.find a place in the stage, in CSS pixels; null: there is none
 * @param {(state: any, place: any) => void} acts.hover something is pointed at, or null
 * @param {(state: any, place: any) => void} acts.choose
 * @param {(state: any, key: string, place: any) => boolean} acts.press returns whether the key means something here
 * @param {(state: any, place: any) => any} [acts.stood] what is pointed at by having the focus
 */
export function listen(state, stage, { find, hover, choose, press, stood = (_state, place) => place }) {
  const under = (/** @type {MouseEvent} */ event) => {
    const box = stage.getBoundingClientRect()
    return find(state, event.clientX - box.left, event.clientY - box.top)
  }
  const placeOf = (/** @type {Event} */ event) => /** @type {any} */ (event.target).place
  stage.onpointermove = (event) => {
    if (event.pointerType !== "touch") hover(state, under(event))
  }
  stage.onpointerleave = () => hover(state, null)
  stage.onclick = (event) => {
    const found = under(event)
    if (found) choose(state, found)
  }
  // By the keys: a click focuses as well, and it means the very place that it hits.
  stage.addEventListener("focusin", (event) => {
    const focused = /** @type {Element} */ (event.target)
    if (placeOf(event) && focused.matches(":focus-visible")) hover(state, stood(state, placeOf(event)))
  })
  stage.addEventListener("focusout", () => hover(state, null))
  stage.onkeydown = (event) => {
    if (placeOf(event) && press(state, event.key, placeOf(event))) event.preventDefault()
  }
}

/**
 * Take over what Python says is chosen, unless it said so before: then what was clicked in the meantime holds.
 * @param {Record<string, any>} state
 * @param {any} chosen
 * @param {(place: any) => boolean} there whether there is such a place
 */
export function follow(state, chosen, there) {
  const told = JSON.stringify(chosen)
  if (told !== state.told) state.chosen = chosen
  state.told = told
  if (state.chosen && !there(state.chosen)) state.chosen = null
  if (state.at && !there(state.at)) state.at = null
}

/**
 * Add a sign and what it means to a legend.
 * @param {ParentNode} legend
 * @param {string} kind
 * @param {string} text
 */
export function entry(legend, kind, text) {
  const item = make("span", "entry", legend)
  make("i", `key ${kind}`, item)
  item.append(text)
}
