import { SheetRefusal } from './refusal.ts'
import type { SheetInfo, SheetLimits } from './types.ts'
import { lookOf, type NumberLook } from './values.ts'
import { XmlScan, attribute, decodeEscapes, flag, type XmlHandler } from './xml.ts'
import { inflate, openZip, type Zip } from './zip.ts'

/** Rows 1-based, columns 0-based, ends included. */
export interface Merge { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number }

/** The parts of an .xlsx that are small enough to hold: sheet list, shared strings, number formats. */
export interface XlsxBook {
  readonly zip: Zip
  readonly sheets: readonly (SheetInfo & { readonly part: string })[]
  readonly strings: readonly string[]
  /** By style index `s` of a cell. */
  readonly looks: readonly NumberLook[]
  readonly date1904: boolean
  readonly macros_ignored: boolean
  /** By part, once searched: the search costs a pass over the sheet. */
  readonly merges: Map<string, readonly Merge[]>
}

/** Text of a part in chunks; UTF-16 parts are legal and seen from one Java writer. */
export async function* partText(zip: Zip, part: string): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined
  for await (const chunk of inflate(zip, part)) {
    decoder ??= new TextDecoder(chunk[0] === 0xff && chunk[1] === 0xfe ? 'utf-16le' : chunk[0] === 0xfe && chunk[1] === 0xff ? 'utf-16be' : 'utf-8')
    yield decoder.decode(chunk, { stream: true })
  }
  if (decoder !== undefined) yield decoder.decode()
}

async function scanPart(zip: Zip, part: string, handler: XmlHandler): Promise<void> {
  const scan = new XmlScan(handler)
  for await (const text of partText(zip, part)) scan.push(text)
  scan.end()
}

const nothing = (): void => undefined

interface Relation { readonly id: string; readonly type: string; readonly target: string }

async function relations(zip: Zip, part: string): Promise<Relation[]> {
  const slash = part.lastIndexOf('/')
  const folder = part.slice(0, slash + 1)
  const rels = `${folder}_rels/${part.slice(slash + 1)}.rels`
  const found: Relation[] = []
  if (!zip.entries.has(rels)) return found
  await scanPart(zip, rels, {
    wants_text: false,
    close: nothing,
    text: nothing,
    open(name, attributes) {
      if (name !== 'Relationship' || attribute(attributes, 'TargetMode') === 'External') return
      const target = attribute(attributes, 'Target') ?? ''
      found.push({
        id: attribute(attributes, 'Id') ?? '',
        type: (attribute(attributes, 'Type') ?? '').split('/').at(-1) ?? '',
        target: target.startsWith('/') ? target.slice(1) : resolve(folder, target),
      })
    },
  })
  return found
}

function resolve(folder: string, target: string): string {
  const path: string[] = folder.split('/').filter((step) => step !== '')
  for (const step of target.split('/')) {
    if (step === '..') path.pop()
    else if (step !== '.' && step !== '') path.push(step)
  }
  return path.join('/')
}

export async function openXlsx(file: Buffer, limits: SheetLimits): Promise<XlsxBook> {
  const zip = openZip(file, limits)
  await refuseOthers(zip)
  const root = (await relations(zip, '')).find((relation) => relation.type === 'officeDocument')?.target ?? 'xl/workbook.xml'
  if (!zip.entries.has(root)) throw new SheetRefusal('sheet.unknown_format')
  const parts = await relations(zip, root)
  const targets = new Map(parts.map((relation) => [relation.id, relation]))
  const book = await readWorkbook(zip, root)
  if (book.sheets.length > limits.max_sheets) throw new SheetRefusal('sheet.too_many_sheets', { max: limits.max_sheets })
  // Chart and macro sheets have no cells.
  const sheets = book.sheets
    .filter((sheet) => targets.get(sheet.relation)?.type === 'worksheet')
    .map((sheet, index) => ({ name: sheet.name, hidden: sheet.hidden, index, part: targets.get(sheet.relation)?.target ?? '' }))
  const part = (type: string): string | undefined => parts.find((relation) => relation.type === type && zip.entries.has(relation.target))?.target
  const strings = part('sharedStrings')
  const styles = part('styles')
  return {
    zip,
    sheets,
    strings: strings === undefined ? [] : await readStrings(zip, strings, limits),
    looks: styles === undefined ? [] : await readLooks(zip, styles),
    date1904: book.date1904,
    merges: new Map(),
    macros_ignored: [...zip.entries.keys()].some((name) => name.toLowerCase().endsWith('vbaproject.bin')),
  }
}

async function refuseOthers(zip: Zip): Promise<void> {
  const has = (name: string): boolean => zip.entries.has(name)
  if (has('xl/workbook.bin')) throw new SheetRefusal('sheet.other_spreadsheet', { format: '.xlsb' })
  if (has('content.xml') && has('mimetype')) throw new SheetRefusal('sheet.other_spreadsheet', { format: '.ods' })
  if (has('Index/Document.iwa')) throw new SheetRefusal('sheet.other_spreadsheet', { format: 'Numbers' })
  if (!has('[Content_Types].xml')) throw new SheetRefusal('sheet.unknown_format')
  // Not needed for anything else, but an entity bomb likes to sit in the first part that everybody parses.
  await scanPart(zip, '[Content_Types].xml', { wants_text: false, open: nothing, close: nothing, text: nothing })
}

interface ListedSheet { readonly name: string; readonly hidden: boolean; readonly relation: string }

async function readWorkbook(zip: Zip, part: string): Promise<{ sheets: ListedSheet[]; date1904: boolean }> {
  const sheets: ListedSheet[] = []
  let date1904 = false
  await scanPart(zip, part, {
    wants_text: false,
    close: nothing,
    text: nothing,
    open(name, attributes) {
      if (name === 'workbookPr') date1904 = flag(attributes, 'date1904')
      if (name !== 'sheet') return
      const state = attribute(attributes, 'state')
      sheets.push({
        name: attribute(attributes, 'name') ?? '',
        hidden: state === 'hidden' || state === 'veryHidden',
        relation: attribute(attributes, 'id') ?? '',
      })
    },
  })
  return { sheets, date1904 }
}

async function readStrings(zip: Zip, part: string, limits: SheetLimits): Promise<string[]> {
  const strings: string[] = []
  let current = ''
  let phonetic = false
  await scanPart(zip, part, {
    wants_text: false,
    open(name) {
      if (name === 'si') current = ''
      else if (name === 'rPh') phonetic = true
      else if (name === 't') this.wants_text = !phonetic
    },
    text(text) {
      current += text
    },
    close(name) {
      if (name === 't') this.wants_text = false
      else if (name === 'rPh') phonetic = false
      else if (name === 'si') {
        if (strings.length >= limits.max_shared_strings) throw new SheetRefusal('sheet.too_many_strings', { max: limits.max_shared_strings })
        strings.push(decodeEscapes(current))
      }
    },
  })
  return strings
}

async function readLooks(zip: Zip, part: string): Promise<NumberLook[]> {
  const codes = new Map<number, string>()
  const looks: NumberLook[] = []
  let inside = false
  await scanPart(zip, part, {
    wants_text: false,
    text: nothing,
    open(name, attributes) {
      if (name === 'numFmt') codes.set(Number(attribute(attributes, 'numFmtId')), attribute(attributes, 'formatCode') ?? '')
      else if (name === 'cellXfs') inside = true
      // Excel itself stops at 65,490 formats.
      else if (name === 'xf' && inside && looks.length < 70_000) {
        const id = Number(attribute(attributes, 'numFmtId') ?? '0')
        looks.push(lookOf(id, codes.get(id)))
      }
    },
    close(name) {
      if (name === 'cellXfs') inside = false
    },
  })
  return looks
}
