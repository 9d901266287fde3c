// The one place where data becomes the text on paper.
import { createHash } from 'node:crypto'
import QRCode from 'qrcode'
import { yuanGrouped } from '../money.ts'
import type { Fen } from '../money.ts'
import { LIMITS, PrintError } from './data.ts'
import type { PrintPeriod } from './data.ts'

/** A picture the compiler shall find under this path while it makes the document. */
export interface Asset {
  readonly path: string
  readonly bytes: Uint8Array
}

/** The text form of one document, with the pictures it names. */
export interface View {
  readonly view: Record<string, unknown>
  readonly assets: readonly Asset[]
}

const TEXT_MAX = 500
// Controls, zero-width marks and the direction overrides: a name holding U+202E would print an amount beside it backwards.
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]/g
// Typst breaks Chinese anywhere but never inside a Latin word, so a 60-character order number would run over its cell.
const LONG_RUN = /[^\s\u2e80-\uffff]{18,}/g
const RUN_STEP = 14

/** Resident text made safe for paper: never markup, since it travels as JSON; here only what cannot be seen is dropped. */
export function plain(text: string | null | undefined, max = TEXT_MAX): string {
  if (text === null || text === undefined) return ''
  const kept = text.slice(0, max * 4).toWellFormed().replace(/\r\n?/g, '\n').replaceAll('\t', ' ').replace(UNPRINTABLE, '').trim()
  const points = Array.from(kept)
  const cut = points.length > max ? `${points.slice(0, max - 1).join('')}…` : kept
  return cut.replace(LONG_RUN, (run) => (run.match(new RegExp(`.{1,${RUN_STEP}}`, 'gs')) ?? [run]).join('\u200b'))
}

/** The same on one line. */
export function line(text: string | null | undefined, max = TEXT_MAX): string {
  return plain(text, max).replace(/\s*\n\s*/g, ' ')
}

export function money(amount: Fen | null | undefined): string {
  return amount === null || amount === undefined ? '' : yuanGrouped(amount)
}

/** With the sign, for totals. A minus stands before it: -¥12.00. */
export function moneySigned(amount: Fen): string {
  const text = yuanGrouped(amount)
  return text.startsWith('-') ? `-¥${text.slice(1)}` : `¥${text}`
}

export function period(span: PrintPeriod | null): string {
  if (!span) return ''
  return span.first_on === span.last_on ? line(span.first_on, 10) : `${line(span.first_on, 10)} 至 ${line(span.last_on, 10)}`
}

/** Width in em of a column that holds these amounts, in bold with its inset. */
export function amountEm(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.length), 0) * 0.6 + 1
}

/** 2026-01-05 → 2026年1月5日; anything else as it is. */
export function dayInWords(day: string): string {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day)
  return match ? `${match[1]}年${(match[2] ?? '').replace(/^0/, '')}月${(match[3] ?? '').replace(/^0/, '')}日` : line(day, 20)
}

/**
 * An SVG of one path, a stroke for each run of black modules: 1 KB, and sharp at any resolution, where a picture of one pixel a module
 * comes out blurred. Two modules of white are around it; the forms leave the other two that the standard asks for.
 */
export function qrSvg(text: string | null | undefined): string {
  if (text === null || text === undefined || text === '') return ''
  if (text.length > 600) throw new PrintError('bad_data', 'QR text over 600 characters')
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' })
  const quiet = 2
  let path = ''
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0; x < modules.size; x++) {
      if (!modules.get(y, x)) continue
      let run = 1
      while (x + run < modules.size && modules.get(y, x + run)) run++
      path += `M${x + quiet} ${y + quiet}.5h${run}`
      x += run - 1
    }
  }
  const size = modules.size + quiet * 2
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="${size}" height="${size}"><path stroke="#000" d="${path}"/></svg>`
}

/** A seal or a logo, named by its content, so 1,000 receipts with one seal carry it once. */
export function pictureAsset(seal: Uint8Array | null | undefined, most: number = LIMITS.seal_bytes): Asset | null {
  if (!seal) return null
  const png = seal[0] === 0x89 && seal[1] === 0x50 && seal[2] === 0x4e && seal[3] === 0x47
  const jpeg = seal[0] === 0xff && seal[1] === 0xd8 && seal[2] === 0xff
  if ((!png && !jpeg) || seal.byteLength > most) {
    throw new PrintError('bad_data', `a picture must be a PNG or JPEG of at most ${most} bytes`)
  }
  const name = createHash('sha256').update(seal).digest('hex').slice(0, 32)
  return { path: `/assets/${name}.${png ? 'png' : 'jpg'}`, bytes: seal }
}
