// Small rules about names, phones and plates.
import { pinyin } from 'pinyin-pro'

/** 138****1234; land lines keep their area code and the last two. */
export function masked(phone: string | null): string | null {
  if (phone === null || phone === '') return null
  const digits = phone.replace(/\D/g, '')
  if (/^1\d{10}$/.test(digits)) return `${digits.slice(0, 3)}****${digits.slice(7)}`
  return phone.length <= 4 ? '****' : `${phone.slice(0, Math.min(4, phone.length - 4))}****${phone.slice(-2)}`
}
export const tailOf = (number: string | null | undefined): string => (number ? number.replace(/[^0-9A-Za-z]/g, '').slice(-4) : '')

const INITIALS_MAX = 20
/** 'zs' of 张三; the reading of a surname where it differs (单 shàn, 仇 qiú). Letters and digits stay. */
export function initialsOf(name: string, natural = true): string {
  const list = pinyin(name.slice(0, INITIALS_MAX), { pattern: 'first', toneType: 'none', type: 'array', surname: natural ? 'head' : 'off', nonZh: 'consecutive' })
  return list.map((p) => p.toLowerCase().replace(/[^a-z0-9]/g, '')).join('').slice(0, INITIALS_MAX)
}

const PROVINCES = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼'
// 7 characters, or 8 for new energy: small cars have D, F or another letter of the list first, large ones last (GA 36-2018).
const ORDINARY = new RegExp(`^[${PROVINCES}][A-HJ-NP-Z][A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳]$`)
const NEW_ENERGY = new RegExp(`^[${PROVINCES}][A-HJ-NP-Z](?:[A-HJK][A-HJ-NP-Z0-9]\\d{4}|\\d{5}[A-HJK])$`)

/** The plate in its one spelling ('陕C12345'), or null when it is none. Electric bicycles carry local plates of any form. */
export function normalisePlate(text: string, kind: string): string | null {
  const p = text.normalize('NFKC').toUpperCase().replace(/[\s·•.-]/g, '')
  if (kind === 'ebike') return /^[\p{L}\p{N}]{4,12}$/u.test(p) ? p : null
  if (kind === 'new_energy') return NEW_ENERGY.test(p) ? p : null
  return ORDINARY.test(p) || NEW_ENERGY.test(p) ? p : null
}
