export const Svg: {
  createSvg(container?: Element): SVGElement
  addElement(parent: Element, name: string, attributes?: Record<string, string>): SVGElement
}
