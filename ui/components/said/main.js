// Sentences as pieces, of which every second one is bold; only what has changed is written.

import { each, fill, make, say } from "../dom.js"

export function build(root) {
  return { root }
}

export function show({ root }, { parts, words, quiet }) {
  root.classList.toggle("quiet", quiet)
  const add = (parent) => make("span", "", parent)
  each(root, parts, () => add(root), (sentence, [name, values]) => {
    const pieces = fill(words[name], values).split("**")
    each(sentence, pieces, () => make(sentence.children.length % 2 ? "b" : "i", "", sentence), say)
  })
}
