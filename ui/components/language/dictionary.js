// Whole texts in one language and what they are in another.

/** @typedef {{ whole: Map<string, string>, parts: [RegExp, string][] }} Dictionary */

/**
 * Make a dictionary; "{}" in a text stands for what is carried over, such as a size.
 * @param {[string, string][]} pairs
 * @returns {Dictionary}
 */
export function dictionary(pairs) {
  const open = pairs.filter(([from]) => from.includes("{}"))
  return {
    whole: new Map(pairs),
    parts: open.map(([from, to]) => {
      const fixed = from.split("{}").map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      return [new RegExp(`^${fixed.join("(.+)")}$`), to.replace("{}", "$1")]
    }),
  }
}

/**
 * Return a text in the other language, or nothing where it is not known.
 * @param {Dictionary} known
 * @param {string} text
 */
export function translated(known, text) {
  const whole = known.whole.get(text)
  if (whole !== undefined) return whole
  const found = known.parts.find(([from]) => from.test(text))
  return found && text.replace(...found)
}
