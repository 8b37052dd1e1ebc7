export class PromotionDialog {}
export const PROMOTION_DIALOG_RESULT_TYPE: Readonly<Record<'pieceSelected' | 'canceled', string>>
