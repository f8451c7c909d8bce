// Writes the page's language into <html lang>, and translates what Streamlit says by itself: its menu, the file chooser,
// its dialogs. Only whole texts that Streamlit is known to say are replaced, never a part of one, and nothing that a
// lesson wrote: that comes in the right language from Python, or stands in a component's shadow root, out of reach here.

import { dictionary, translated } from "./dictionary.js"
import { words as chinese } from "./zh.js"

/** @typedef {import("./dictionary.js").Dictionary} Dictionary */

/** @type {Record<string, Record<string, string>>} by HTML's tag */
const WORDS = { "zh-CN": chinese }
const ATTRIBUTES = ["aria-label", "title", "placeholder"]
// Text of lessons and of pupils, and the table that a data frame keeps for screen readers behind its picture.
const OURS = ".stMarkdown, .stHtml, .stCode, .stAlert, .stTable, [role=option], [role=gridcell], canvas, style, script"

export function build(_root, signal) {
  /** @type {{ tag: string, known: Dictionary }} */
  const state = { tag: "", known: dictionary([]) }
  const observer = new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") { for (const node of addedNodes) walk(state.known, node) }
      else put(state.known, target)
    }
  })
  const what = { subtree: true, childList: true, characterData: true, attributeFilter: ATTRIBUTES }
  observer.observe(document.body, what)
  signal.addEventListener("abort", () => observer.disconnect())
  return state
}

export function show(state, { tag }) {
  if (tag === state.tag) return
  // What the last language, or this component's place on the page before, has left.
  for (const words of Object.values(WORDS)) {
    if (words !== WORDS[tag]) walk(dictionary(Object.entries(words).map(([from, to]) => [to, from])), document.body)
  }
  state.tag = document.documentElement.lang = tag
  state.known = dictionary(Object.entries(WORDS[tag] ?? {}))
  walk(state.known, document.body)
}

/**
 * @param {Dictionary} known
 * @param {Node} top
 */
function walk(known, top) {
  if (!known.whole.size || top.parentElement?.closest(OURS)) return
  const walker = document.createTreeWalker(
    top,
    NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
    (node) => node instanceof Element && node.matches(OURS) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  )
  for (let node = /** @type {Node | null} */ (top); node; node = walker.nextNode()) put(known, node)
}

/**
 * @param {Dictionary} known
 * @param {Node} node
 */
function put(known, node) {
  if (node instanceof Text) {
    const other = translated(known, node.data)
    if (other !== undefined && other !== node.data && !node.parentElement?.closest(OURS)) node.data = other
  } else if (node instanceof Element) {
    for (const name of ATTRIBUTES) {
      const text = node.getAttribute(name)
      const other = text === null ? undefined : translated(known, text)
      if (other !== undefined && other !== text) node.setAttribute(name, other)
    }
  }
}
