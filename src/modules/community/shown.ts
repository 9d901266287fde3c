// Words of the module in Chinese, and how an audience and hours are said.
import type { Counts } from './contract.ts'
import { words } from './words.ts'

export const said = (group: string, key: string | null | undefined): string => (key ? (words.states?.[group]?.[key] ?? key) : '')
export const countsText = (c: Counts): string => `${c.building_count} 栋 ${c.house_count} 户 ${c.person_count} 人`
/** 2 小时 30 分 */
export const hoursText = (minutes: number): string => `${Math.floor(minutes / 60)} 小时${minutes % 60 ? ` ${minutes % 60} 分` : ''}`
