// How values are written on screens. Money, areas and days come as they are stored; nothing here computes.
import { fen, yuanGrouped } from '../kernel/money.ts'
import { percentText } from '../kernel/percent.ts'

/** 123450 → '1,234.50' */
export const money = (amount_fen: number | null | undefined): string => (amount_fen === null || amount_fen === undefined ? '—' : yuanGrouped(fen(amount_fen)))
/** 123450 → '¥1,234.50' */
export const yen = (amount_fen: number | null | undefined): string => {
  const text = money(amount_fen)
  return text === '—' ? text : text.startsWith('-') ? `-¥${text.slice(1)}` : `¥${text}`
}
/** '89.5' → '89.50'; cut and padded as text, never a float. */
export function area(text: string | null | undefined): string {
  if (text === null || text === undefined || text === '') return '—'
  const [whole = '0', part = ''] = text.split('.')
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',')
  return `${grouped}.${part.length > 2 && /[1-9]/.test(part.slice(2)) ? part : part.slice(0, 2).padEnd(2, '0')}`
}
export const count = (n: number | null | undefined): string => (n === null || n === undefined ? '—' : String(n).replace(/\B(?=(?:\d{3})+$)/g, ','))

const clock = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })
/** An instant in the zone of the houses: '2026-11-22 15:04'. */
export function instant(at: string | null | undefined, o: { seconds?: boolean } = {}): string {
  if (!at) return '—'
  const p = Object.fromEntries(clock.formatToParts(new Date(at)).map((x) => [x.type, x.value]))
  const hour = p['hour'] === '24' ? '00' : p['hour']
  return `${p['year']}-${p['month']}-${p['day']} ${hour}:${p['minute']}${o.seconds ? `:${p['second']}` : ''}`
}
/** A business day is shown as it is stored. */
export const day = (on: string | null | undefined): string => on ?? '—'
/** '2026-01-01 至 2026-12-31': both ends inclusive, as people read it. The stored end is exclusive: pass the last day. */
export const days = (from_on: string | null | undefined, last_on: string | null | undefined): string => `${from_on ?? '…'} 至 ${last_on ?? '…'}`
/** 13800138000 → 138****8000 */
export const maskedPhone = (phone: string | null | undefined): string => (phone ? (phone.includes('*') ? phone : phone.replace(/^(\d{3})\d+(\d{4})$/, '$1****$2')) : '—')
/** '4139994.90' → '4,139,994.90' */
export const grouped = (value: string): string => value.replace(/^\d+/, (whole) => whole.replace(/\B(?=(?:\d{3})+$)/g, ','))
/** A rate in ten-thousandths: '98.76%', or — where there is nothing to divide by. */
export const percent = (bp: number | null): string => percentText(bp) ?? '—'
