// The letter of each kind: colour says how it is, never what it is.
import type { Pin } from './contract.ts'

const LETTER: Record<string, string> = { fire: '消', device: '智', door: '门', camera: '视', lane: '车', equipment: '设', sign: '标', point: '集', exit: '出', stairs: '梯', control: '控', phone: '话', here: '我' }
const ROUND = new Set(['device', 'camera', 'equipment', 'point', 'here'])
const GREEN = new Set(['exit', 'stairs', 'point'])
const keyOf = (p: Pick<Pin, 'shown' | 'mark'>): string => (p.shown === 'mark' ? p.mark! : p.shown)
/** Nothing for what is only words on the plan: a building, a text. */
export const letterOf = (p: Pick<Pin, 'shown' | 'mark'>): string | undefined => LETTER[keyOf(p)]
export const looksOf = (p: Pick<Pin, 'shown' | 'mark' | 'tone'>): string => `sp-${p.tone} sp-${p.shown}${ROUND.has(keyOf(p)) ? ' sp-round' : ''}${p.tone === 'plain' && GREEN.has(keyOf(p)) ? ' sp-green' : ''}`
