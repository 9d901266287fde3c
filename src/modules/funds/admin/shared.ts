export const TOPUP_TONES = { draft: 'plain', passed: 'good', failed: 'bad', issued: 'busy', closed: 'good', cancelled: 'plain' } as const
export const percentOf = (bp: number): string => `${String(bp / 100)}%`
