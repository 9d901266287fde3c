// Words of doors in Chinese, and how hours of a right are said.
import type { Time } from './contract.ts'
import { words } from './words.ts'

export const said = (group: string, key: string | null | undefined): string => (key ? (words.states?.[group]?.[key] ?? key) : '')
const DAYS = ['一', '二', '三', '四', '五', '六', '日']
const dayText = (days: readonly number[]): string => {
  const d = [...days].sort((a, b) => a - b)
  if (d.length === 7) return '每天'
  if (d.join('') === '12345') return '工作日'
  if (d.join('') === '67') return '周末'
  return `周${d.map((x) => DAYS[x - 1]).join('、')}`
}
export const timesText = (times: readonly Time[]): string => (times.length === 0 ? '全天' : times.map((t) => `${dayText(t.days)} ${t.from}–${t.to}`).join(';'))
/** 还有 2 扇门未生效(共 14 扇) */
export const reachedText = (r: { door_count: number; left_doors: number }): string => (r.left_doors === 0 ? `全部 ${r.door_count} 扇门已生效` : `还有 ${r.left_doors} 扇门未生效(共 ${r.door_count} 扇)`)
