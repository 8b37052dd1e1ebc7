import { Svg } from '../vendor/cm-chessboard/src/lib/Svg.js'

/**
 * Lets cm-chessboard set styles under the page's policy: it writes `style` attributes, which are refused, so what it makes
 * sets the same through the style object, which is not.
 */
export function allowStyles() {
  const { createSvg, addElement } = Svg
  Svg.createSvg = (container) => withStyle(createSvg(container))
  Svg.addElement = (parent, name, attributes = {}) => {
    const { style, ...rest } = attributes
    const element = withStyle(addElement(parent, name, rest))
    if (style !== undefined) element.style.cssText = style
    return element
  }
}

/** @param {SVGElement} element */
function withStyle(element) {
  element.setAttribute = (name, value) => {
    if (name === 'style') element.style.cssText = value
    else SVGElement.prototype.setAttribute.call(element, name, value)
  }
  return element
}
