// Words of a code, for screens and sheets.
import { words } from './words.ts'

export const said = (group: string, code: string | null | undefined): string => (code ? (words.states?.[group]?.[code] ?? code) : '')
/** 1 小时 5 分. */
export function stayText(minutes: number | null): string {
  if (minutes === null) return ''
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60]
  return [d ? `${d} 天` : '', h ? `${h} 小时` : '', m || (!d && !h) ? `${m} 分` : ''].filter(Boolean).join(' ')
}
