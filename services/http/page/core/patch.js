/** @import { Child, Tree } from '../shapes.d.ts' */
import { flat } from './h.js'

const svg = 'http://www.w3.org/2000/svg'
/** @type {WeakMap<Node, string>} */
const keys = new WeakMap()

/**
 * Makes the children of `parent` what is wanted, and touches nothing that is so already: focus, selection and open
 * details stay. A child with a `key` is found again wherever it stood.
 * @param {Element} parent
 * @param {...Child} wanted
 */
export function patch(parent, ...wanted) {
  let next = parent.firstChild
  const keyed = new Map([...parent.childNodes].flatMap((node) => entry(node)))
  for (const tree of flat(wanted)) {
    const key = typeof tree === 'string' ? undefined : tree.attributes.key
    const found = key === undefined ? next : keyed.get(String(key))
    keyed.delete(String(key)) // of two with one key the second is a new one
    if (found && isLike(found, tree)) {
      if (found === next) next = next.nextSibling
      else parent.insertBefore(found, next)
      update(found, tree)
    } else parent.insertBefore(create(tree, parent), next)
  }
  while (next) {
    const rest = next.nextSibling
    next.remove()
    next = rest
  }
}

/** @param {ChildNode} node @returns {[string, ChildNode][]} */
function entry(node) {
  const key = keys.get(node)
  return key === undefined ? [] : [[key, node]]
}

/** @param {Node} node @param {Tree | string} tree */
function isLike(node, tree) {
  if (typeof tree === 'string') return node instanceof Text
  const key = tree.attributes.key
  return (
    node.nodeName.toLowerCase() === tree.tag && keys.get(node) === (key === undefined ? key : String(key))
  )
}

/** @param {Tree | string} tree @param {Element} parent @returns {Node} */
function create(tree, parent) {
  if (typeof tree === 'string') return new Text(tree)
  const space = tree.tag === 'svg' ? svg : parent.namespaceURI
  const element = document.createElementNS(space, tree.tag)
  if (tree.attributes.key !== undefined) keys.set(element, String(tree.attributes.key))
  update(element, tree)
  return element
}

/** @param {Node} node @param {Tree | string} tree */
function update(node, tree) {
  if (typeof tree === 'string') {
    if (node.nodeValue !== tree) node.nodeValue = tree
  } else if (node instanceof Element) {
    setAttributes(node, tree)
    patch(node, ...tree.children)
  }
}

/** @param {Element} element @param {Tree} tree */
function setAttributes(element, { attributes }) {
  for (const { name } of [...element.attributes]) {
    const isOurs =
      name in attributes ||
      name === 'style' ||
      name === 'data-said' ||
      (name === 'open' && element instanceof HTMLDetailsElement)
    if (!isOurs) element.removeAttribute(name)
  }
  for (const [name, value] of Object.entries(attributes))
    if (name !== 'key') setAttribute(element, name, value)
}

/** @param {Element} element @param {string} name @param {Tree['attributes'][string]} value */
function setAttribute(element, name, value) {
  if (name.startsWith('--')) {
    // A style attribute would be refused by the page's own policy; a property set by script is not.
    if (element instanceof HTMLElement || element instanceof SVGElement)
      element.style.setProperty(name, String(value))
  } else if (name === 'checked' && element instanceof HTMLInputElement) element.checked = value === true
  else if (name === 'value' && element instanceof HTMLInputElement) {
    if (element !== document.activeElement) element.value = String(value)
  } else if (value === false || value === null || value === undefined) element.removeAttribute(name)
  else {
    const text = value === true ? '' : String(value)
    if (element.getAttribute(name) !== text) element.setAttribute(name, text)
  }
}
