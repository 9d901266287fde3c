import { accept, isDay, readText, refuse, shown, type CellLike, type Cleaned } from './clean.ts'

/** Phones, identity numbers and names, with the damage that Excel and other systems do to them. */

const lostDigits = (cell: CellLike): boolean => typeof cell !== 'string' && cell.lost_digits === true
const SCIENTIFIC = /^\d(\.\d+)?e\+?\d+$/i
const MOBILE = /^1[3-9]\d{9}$/
const MAX_PEOPLE = 20

/** '13800138000', '010-12345678', '010-12345678-801', '400-123-4567' as digits with '-' before area and extension. */
export function toPhone(cell: CellLike): Cleaned<string> {
  const read = readText(cell)
  return read.ok ? phoneOf(read.value) : read
}

function phoneOf(text: string): Cleaned<string> {
  if (SCIENTIFIC.test(text)) return refuse(`电话${shown(text)}是科学计数法，末尾的数字已丢失，请把单元格设为文本后重新填写`)
  if (text.includes('*')) return refuse(`电话${shown(text)}带有星号，是隐藏了数字的号码，请填写完整号码`)
  let bare = text.replace(/^(?:电话|手机|tel|手机号|联系电话)[::\s]*/i, '').replace(/(?<=\d)\.0+$/, '').replace(/[\s()-]/g, '')
  bare = bare.replace(/^(?:\+|00)?86(?=1[3-9]\d{9}$|0\d{9,11}$)/, '')
  if (MOBILE.test(bare)) return accept(bare)
  if (/^(?:1[3-9]\d{9}){2,}$/.test(bare) || /[,、;/|]/.test(bare)) return refuse(`${shown(text)}里有多个电话，请只留一个，或放到单独的列`)
  if (/^[48]00\d{7}$/.test(bare)) return accept(`${bare.slice(0, 3)}-${bare.slice(3, 6)}-${bare.slice(6)}`)
  // Before the dashes go: they alone tell an extension from the number.
  const extended = /^\(?(0(?:10|2\d|[3-9]\d{2}))\)?[-\s]?(\d{7,8})-(\d{1,6})$/.exec(text)
  if (extended !== null) return accept(`${extended[1]}-${extended[2]}-${extended[3]}`)
  const landline = /^(0(?:10|2\d|[3-9]\d{2}))(\d{7,8})(?:(?:转|ext|#|x)(\d{1,6}))?$/i.exec(bare)
  if (landline !== null) {
    return accept([landline[1], landline[2], landline[3]].filter((part) => part !== undefined).join('-'))
  }
  if (/^[2-8]\d{6,7}$/.test(bare)) return accept(bare)
  if (/^1\d{10}$/.test(bare)) return refuse(`电话${shown(text)}不是有效的手机号段，请核对`)
  if (/^1\d+$/.test(bare) && bare.length > 8) return refuse(`手机号${shown(text)}是 ${bare.length} 位，应为 11 位，请核对`)
  if (/^[1-9]\d{9,10}$/.test(bare)) return refuse(`电话${shown(text)}可能丢了区号开头的 0，请把单元格设为文本后重新填写`)
  return refuse(`${shown(text)}不是电话号码，请填写 11 位手机号或带区号的座机`)
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** The last character of a citizen identity number (GB 11643-1999, ISO 7064 MOD 11-2) from its first 17 digits. */
export function idCheckDigit(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * (first17.charCodeAt(i) - 48), 0)
  return '10X98765432'.charAt(sum % 11)
}

/** A citizen identity number: 18 characters with a right check digit, X in upper case, or the old 15 digits. */
export function toIdNumber(cell: CellLike): Cleaned<string> {
  const read = readText(cell)
  if (!read.ok) return read
  const text = read.value
  const fix = '请把该列设为文本格式后重新填写'
  if (lostDigits(cell)) return refuse(`证件号${shown(text)}被当作数字保存，Excel 只保留前 15 位，后面的已变成 0，${fix}`)
  if (SCIENTIFIC.test(text)) return refuse(`证件号${shown(text)}是科学计数法，后面的数字已丢失，${fix}`)
  if (text.includes('*')) return refuse(`证件号${shown(text)}带有星号，是隐藏了数字的号码，请填写完整号码`)
  const bare = text.replace(/[\s-]/g, '').toUpperCase()
  if (/^\d{15}$/.test(bare)) {
    return isDay(`19${bare.slice(6, 8)}-${bare.slice(8, 10)}-${bare.slice(10, 12)}`) ? accept(bare) : refuse(`证件号${shown(text)}里的出生日期不存在，请核对`)
  }
  if (!/^\d{17}[\dX]$/.test(bare)) {
    return refuse(/^[\dX]+$/.test(bare) ? `证件号${shown(text)}是 ${bare.length} 位，应为 18 位，请核对` : `${shown(text)}不是身份证号，请核对`)
  }
  if (idCheckDigit(bare) !== bare[17]) {
    if (bare.endsWith('000')) return refuse(`证件号${shown(text)}末三位是 000 且校验不通过，多半被 Excel 改过，${fix}`)
    return refuse(`证件号${shown(text)}校验不通过，可能录错了数字，请核对`)
  }
  const born = `${bare.slice(6, 10)}-${bare.slice(10, 12)}-${bare.slice(12, 14)}`
  return isDay(born) && born > '1850' && born < '2200' ? accept(bare) : refuse(`证件号${shown(text)}里的出生日期不存在，请核对`)
}

export interface NamedPerson {
  readonly name: string
  /** What stood in brackets: '配偶' in '李四(配偶)'. */
  readonly note: string | null
}

const HAN = /^[\u3400-\u9fff\uf900-\ufaff〇]|^[\ud840-\ud87f]/
const SEPARATORS = /[、,;/|\n&＆]/

/** Cuts at separators outside brackets. */
function cut(text: string, separator: RegExp): string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const c of text) {
    if (/[([{【]/.test(c)) depth++
    if (/[)\]}】]/.test(c)) depth = Math.max(0, depth - 1)
    if (depth === 0 && separator.test(c)) {
      parts.push(part)
      part = ''
    } else {
      part += c
    }
  }
  return [...parts, part].map((one) => one.trim()).filter((one) => one !== '')
}

/** '张三 李四' is two people, '张 三' one whose name was spread out to look even, 'John Smith' one. */
function spaced(part: string): string[] {
  const pieces = cut(part, /\s/)
  const names = pieces.map((piece) => piece.replace(/[([{【].*$/, ''))
  if (pieces.length < 2) return [part]
  if (names.every((name) => name === '' || HAN.test(name))) {
    // A bracket after a space belongs to the name before it.
    const joined: string[] = []
    for (const [i, piece] of pieces.entries()) {
      if (names[i] === '' && joined.length > 0) joined.push(`${joined.pop() ?? ''}${piece}`)
      else joined.push(piece)
    }
    const bare = joined.map((piece) => piece.replace(/[([{【].*$/, ''))
    return bare.every((name) => [...name].length >= 2) ? joined : [joined.join('')]
  }
  return [part]
}

/** People in one cell: separated by 、 , ; / | & line breaks, or by spaces between Chinese names. 1 to 20 names of 1 to 50 characters. */
export function splitNames(cell: CellLike): Cleaned<readonly NamedPerson[]> {
  const read = readText(cell)
  if (!read.ok) return read
  const text = read.value.replace(/([)\]}】])(?=[^\s、,;/|&)\]}】])/g, '$1、')
  const people: NamedPerson[] = []
  for (const piece of cut(text, SEPARATORS).flatMap(spaced)) {
    const match = /^([^([{【]*)(?:[([{【](.*?)[)\]}】]?)?$/s.exec(piece)
    const name = (match?.[1] ?? '').trim()
    const note = (match?.[2] ?? '').trim()
    if (name === '') return refuse(`姓名${shown(read.value)}里括号前没有名字，请核对`)
    if (/\d{4,}/.test(name)) return refuse(`姓名${shown(read.value)}里混有数字，请把电话或证件号放到单独的列`)
    if (name.length > 50) return refuse(`姓名${shown(name)}过长，请核对是否填错了列`)
    people.push({ name, note: note === '' ? null : note })
  }
  if (people.length === 0) return refuse(`姓名${shown(read.value)}里没有名字，请填写姓名，没有则留空`)
  if (people.length > MAX_PEOPLE) return refuse(`姓名${shown(read.value)}超过 ${MAX_PEOPLE} 人，请分行填写`)
  return accept(people)
}

/** Phones in one cell, in their order; `note` as in `splitNames`. Numbers stuck together (22 digits) are parted. */
export function splitPhones(cell: CellLike): Cleaned<readonly { readonly phone: string; readonly note: string | null }[]> {
  const read = readText(cell)
  if (!read.ok) return read
  const phones: { phone: string; note: string | null }[] = []
  for (const part of cut(read.value, /[、,;/|\n&]/)) {
    for (const piece of phonePieces(part)) {
      const match = /^(.*?\d)\s*[([{【]([^()[\]{}【】]*[^\d\s()[\]{}【】-][^()[\]{}【】]*)[)\]}】]?$/s.exec(piece)
      const phone = phoneOf((match?.[1] ?? piece).trim())
      if (!phone.ok) return phone
      phones.push({ phone: phone.value, note: match?.[2]?.trim() ?? null })
    }
  }
  if (phones.length === 0) return refuse(`${shown(read.value)}里没有电话，请填写电话，没有则留空`)
  if (phones.length > MAX_PEOPLE) return refuse(`${shown(read.value)}超过 ${MAX_PEOPLE} 个电话，请分行填写`)
  return accept(phones)
}

function phonePieces(part: string): string[] {
  const digits = part.replace(/[\s-]/g, '')
  if (/^(?:1[3-9]\d{9}){2,20}$/.test(digits)) return digits.match(/\d{11}/g) ?? [part]
  // '138 0013 8000' is one number, '13800138000 13900139000' two.
  return phoneOf(part).ok ? [part] : cut(part, /\s/)
}

/** Phones to the people beside them by position. Fewer phones leave the later people without; more phones than people are refused. */
export function pairPhones(
  people: readonly NamedPerson[],
  phones: readonly { readonly phone: string; readonly note: string | null }[],
): Cleaned<readonly (NamedPerson & { readonly phone: string | null })[]> {
  if (phones.length > people.length) return refuse(`有 ${phones.length} 个电话但只有 ${people.length} 个姓名，分不清归谁，请一一对应填写`)
  return accept(people.map((person, i) => ({ ...person, phone: phones[i]?.phone ?? null })))
}
