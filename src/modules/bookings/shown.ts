// Words of bookings in Chinese, and how hours and prices of a place are said.
import { minuteText } from '../../kernel/clock.ts'
import { fen, yuanGrouped } from '../../kernel/money.ts'
import type { Hours, Price } from './contract.ts'
import { words } from './words.ts'

export const said = (group: string, key: string | null | undefined): string => (key ? (words.states?.[group]?.[key] ?? key) : '')
const DAYS = ['一', '二', '三', '四', '五', '六', '日']
export function daysText(days: readonly number[]): string {
  const d = [...days].sort((a, b) => a - b)
  if (d.length === 7) return '每天'
  if (d.join('') === '12345') return '周一至周五'
  if (d.join('') === '67') return '周末'
  return `周${d.map((x) => DAYS[x - 1]).join('、')}`
}
export const hoursText = (hours: readonly Hours[]): string => hours.map((h) => `${daysText(h.days)} ${h.from}–${h.to}`).join(';')
const perSlot = (slot_fen: number): string => (slot_fen === 0 ? '免费' : `${yuanGrouped(fen(slot_fen))} 元/段`)
export function priceText(price: Pick<Price, 'slot_fen' | 'bands'> | null): string {
  if (!price) return '免费'
  return [...price.bands.map((b) => `${daysText(b.days)} ${b.from}–${b.to} ${perSlot(b.slot_fen)}`), `${price.bands.length ? '其他 ' : ''}${perSlot(price.slot_fen)}`].join(';')
}
/** 第 2、3 片; nothing where there is only one. */
export const unitsText = (nos: readonly number[], word: string, of: number): string => (of <= 1 || nos.length === 0 ? '' : `${nos.join('、')} 号${word}`)
/** Until when, of the same day: midnight is its end. */
export const untilText = (at: string): string => { const t = minuteText(at).slice(11); return t === '00:00' ? '24:00' : t }
