// How figures of contracts are written, on screens and sheets alike.
import type { ContractRow, Party } from './contract.ts'
import { words } from './words.ts'

export const said = (of: string, code: string | null): string => (code === null ? '' : (words.states?.[of]?.[code] ?? code))
export const partiesText = (list: readonly Party[]): string => list.map((p) => `${said('side', p.side)}:${p.name}`).join(';')
export const spanText = (r: { from_on: string; to_on: string | null }): string => `${r.from_on} 至 ${r.to_on ?? '不定期'}`
/** 98.5 %, rounded down: 100 % is written only when nobody is left. */
export const rateText = (bp: number | null): string => (bp === null ? '—' : `${Math.floor(bp / 100)}.${String(Math.floor((bp % 100) / 10))} %`)
export const leftText = (r: Pick<ContractRow, 'days_left' | 'state'>): string => (r.days_left === null || (r.state !== 'active' && r.state !== 'expired') ? '' : r.days_left < 0 ? `过期 ${-r.days_left} 天` : r.days_left === 0 ? '今天到期' : `还有 ${r.days_left} 天`)
export const CONTRACT_TONES = { draft: 'plain', asked: 'warn', signing: 'warn', active: 'good', expired: 'bad', renewed: 'busy', terminated: 'plain', void: 'plain' } as const
