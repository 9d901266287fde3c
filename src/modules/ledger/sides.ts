// A signed balance (debit above zero) on its side, as Chinese books print it. Fen.
export const debitOf = (fen: number): number => (fen > 0 ? fen : 0)
export const creditOf = (fen: number): number => (fen < 0 ? -fen : 0)
export const sideOf = (fen: number): '借' | '贷' | '平' => (fen > 0 ? '借' : fen < 0 ? '贷' : '平')
