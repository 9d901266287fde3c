// Words of notices in Chinese, and how an audience is said.
import type { Counts } from './contract.ts'
import { words } from './words.ts'

export const said = (group: string, key: string | null | undefined): string => (key ? (words.states?.[group]?.[key] ?? key) : '')
export const countsText = (c: Counts): string => `${c.building_count} 栋 ${c.house_count} 户 ${c.person_count} 人`
