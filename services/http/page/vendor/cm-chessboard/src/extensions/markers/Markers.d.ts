export class Markers {}
export const MARKER_TYPE: Readonly<Record<'square' | 'frame' | 'dot' | 'bevel' | 'circleDanger', object>>
