/** What the page uses of cm-chessboard, which brings no types. */

export type Colour = 'w' | 'b'

export interface InputEvent {
  readonly type: string
  readonly squareFrom: string
  readonly squareTo: string
  readonly legalMove?: boolean
}

export interface PromotionResult {
  readonly type: string
  readonly piece?: string
}

export class Chessboard {
  constructor(context: HTMLElement, props: object)
  setPosition(fen: string, animated?: boolean): Promise<void>
  setOrientation(colour: Colour, animated?: boolean): Promise<void>
  getOrientation(): Colour
  enableMoveInput(handler: (event: InputEvent) => boolean | undefined, colour?: Colour): void
  disableMoveInput(): void
  isMoveInputEnabled(): boolean
  /** By the extension Markers. */
  addMarker(type: object, square: string): void
  removeMarkers(type?: object, square?: string): void
  addLegalMovesMarkers(moves: readonly object[]): void
  removeLegalMovesMarkers(): void
  /** By the extension PromotionDialog. */
  showPromotionDialog(square: string, colour: Colour, callback: (result: PromotionResult) => void): void
  isPromotionDialogShown(): boolean
}
export const INPUT_EVENT_TYPE: Readonly<
  Record<'moveInputStarted' | 'validateMoveInput' | 'moveInputCanceled' | 'moveInputFinished', string>
>
export const BORDER_TYPE: Readonly<Record<'none' | 'thin' | 'frame', string>>
