/** @import { AttributeValue, Child, Tree } from '../shapes.d.ts' */

/**
 * One element of a view, as data: views are pure, and `patch` makes the document look like them. What is false, null or
 * undefined is left out.
 * @param {string} tag
 * @param {Readonly<Record<string, AttributeValue>> | null} [attributes]
 * @param {...Child} children
 * @returns {Tree}
 */
export function h(tag, attributes, ...children) {
  return { tag, attributes: attributes ?? {}, children: flat(children) }
}

/**
 * @param {readonly Child[]} children
 * @returns {readonly (Tree | string)[]}
 */
export function flat(children) {
  return children.flatMap((child) => {
    if (child === null || child === undefined || child === false || child === '') return []
    if (typeof child === 'number') return [String(child)]
    return isList(child) ? flat(child) : [child]
  })
}

/**
 * @param {Child} child
 * @returns {child is readonly Child[]}
 */
function isList(child) {
  return Array.isArray(child)
}
