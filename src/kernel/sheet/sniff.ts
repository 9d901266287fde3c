import { SheetRefusal } from './refusal.ts'
import type { WorkbookKind } from './types.ts'

const starts = (file: Buffer, ...bytes: number[]): boolean => bytes.every((byte, i) => file[i] === byte)
const OTHERS: readonly (readonly [string, readonly number[]])[] = [
  ['PDF', [0x25, 0x50, 0x44, 0x46]],
  ['RAR', [0x52, 0x61, 0x72, 0x21]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf]],
]

/** What the bytes are. The name is not asked: half of the '.xls' that other systems export are something else. */
export function sniff(file: Buffer): WorkbookKind {
  if (file.length === 0) throw new SheetRefusal('sheet.empty')
  if (starts(file, 0x50, 0x4b, 0x03, 0x04) || starts(file, 0x50, 0x4b, 0x05, 0x06)) return 'xlsx'
  if (starts(file, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)) return sniffOle(file)
  // BIFF 2 to 4, without the OLE2 container.
  if (file[0] === 0x09 && [0x00, 0x02, 0x04].includes(file[1] ?? -1) && (file[2] === 4 || file[2] === 6)) return 'xls'
  for (const [format, magic] of OTHERS) if (starts(file, ...magic)) throw new SheetRefusal('sheet.other_spreadsheet', { format })
  return sniffText(file)
}

function sniffOle(file: Buffer): WorkbookKind {
  const holds = (stream: string): boolean => file.includes(Buffer.from(`${stream}\0`, 'utf16le'))
  if (holds('EncryptedPackage') || holds('EncryptionInfo')) throw new SheetRefusal('sheet.encrypted')
  if (holds('Workbook') || holds('Book')) return 'xls'
  throw new SheetRefusal('sheet.unknown_format')
}

function sniffText(file: Buffer): WorkbookKind {
  const head = file.subarray(0, 65_536)
  const bom = textBom(file)
  if (bom === undefined && hasControls(head)) throw new SheetRefusal('sheet.unknown_format')
  const text = new TextDecoder(bom ?? 'latin1').decode(head.subarray(0, 4096)).replace(/^[\ufeff\s]+/, '').toLowerCase()
  if (text.startsWith('mime-version:')) throw new SheetRefusal('sheet.html_table')
  if (text.startsWith('<')) {
    if (text.includes('urn:schemas-microsoft-com:office:spreadsheet') && !text.includes('<html')) throw new SheetRefusal('sheet.xml_table')
    if (/<(!doctype html|html|head|meta|table|body|style|div)\b/.test(text)) throw new SheetRefusal('sheet.html_table')
    if (text.startsWith('<?xml')) throw new SheetRefusal('sheet.xml_table')
  }
  return 'csv'
}

/** Control characters that no text has, over the bytes as they are. UTF-16 without a mark is refused with them: nothing here writes it. */
function hasControls(head: Buffer): boolean {
  return head.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x0b)
}

export function textBom(file: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  if (starts(file, 0xef, 0xbb, 0xbf)) return 'utf-8'
  if (starts(file, 0xff, 0xfe)) return 'utf-16le'
  if (starts(file, 0xfe, 0xff)) return 'utf-16be'
  return undefined
}
