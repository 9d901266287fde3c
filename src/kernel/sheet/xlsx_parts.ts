import { escapeXml } from './xml.ts'

/** The fixed XML around the cells: formats, workbook, relations, notes. */
export const CELL_LOOKS = ['text', 'quote', 'number', 'decimal2', 'money', 'day', 'int'] as const
export const ROW_LOOKS = ['plain', 'total', 'example', 'bad'] as const
export type CellLook = (typeof CELL_LOOKS)[number]
export type RowLook = (typeof ROW_LOOKS)[number]

const FIRST = 6
export const STYLE = { none: 0, title: 1, header: 2, required: 3, reason: 4, hint: 5 } as const
export const styleOf = (cell: CellLook, row: RowLook = 'plain'): number => FIRST + ROW_LOOKS.indexOf(row) * CELL_LOOKS.length + CELL_LOOKS.indexOf(cell)

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELS = 'http://schemas.openxmlformats.org/package/2006/relationships'
export const OFFICE_RELS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
export const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
export const WORKSHEET_OPEN = `${XML}<worksheet xmlns="${MAIN}" xmlns:r="${OFFICE_RELS}">`

const FORMATS: Readonly<Record<CellLook, number>> = { text: 49, quote: 49, number: 0, decimal2: 2, money: 4, day: 164, int: 1 }

export function stylesXml(): string {
  // The schema wants this order inside a font.
  const font = (mark: '' | 'b' | 'i' = '', size = 11, color = '000000'): string =>
    `<font>${mark === '' ? '' : `<${mark}/>`}<sz val="${size}"/><color rgb="FF${color}"/><name val="等线"/></font>`
  const fill = (rgb: string): string => `<fill><patternFill patternType="solid"><fgColor rgb="FF${rgb}"/><bgColor indexed="64"/></patternFill></fill>`
  const xf = (format: number, fontId: number, fillId: number, border: number, more = '', align = ''): string =>
    `<xf numFmtId="${format}" fontId="${fontId}" fillId="${fillId}" borderId="${border}" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1"${more}${align === '' ? '/>' : ` applyAlignment="1"><alignment ${align}/></xf>`}`
  const rows = ROW_LOOKS.flatMap((row) => CELL_LOOKS.map((cell) => {
    const fontId = row === 'total' ? 1 : row === 'example' ? 3 : 0
    return xf(FORMATS[cell], fontId, row === 'bad' ? 4 : 0, 1, cell === 'quote' ? ' quotePrefix="1"' : '')
  }))
  const fixed = [
    xf(0, 0, 0, 0),
    xf(49, 2, 0, 0, '', 'horizontal="center" vertical="center"'),
    xf(49, 1, 2, 1, '', 'horizontal="center" vertical="center" wrapText="1"'),
    xf(49, 4, 3, 1, '', 'horizontal="center" vertical="center" wrapText="1"'),
    xf(49, 4, 4, 1, '', 'wrapText="1"'),
    xf(49, 0, 0, 0, '', 'wrapText="1" vertical="top"'),
  ]
  const side = (name: string): string => `<${name} style="thin"><color rgb="FFD9D9D9"/></${name}>`
  return `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>`
    + `<fonts count="5">${font()}${font('b')}${font('b', 14)}${font('i', 11, '808080')}${font('b', 11, 'C00000')}</fonts>`
    + `<fills count="5"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>${fill('DDEBF7')}${fill('FCE4D6')}${fill('FFC7CE')}</fills>`
    + `<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border>${['left', 'right', 'top', 'bottom'].map(side).join('')}<diagonal/></border></borders>`
    + `<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>`
    + `<cellXfs count="${fixed.length + rows.length}">${fixed.join('')}${rows.join('')}</cellXfs>`
    + '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
}

export interface PartSheet {
  readonly name: string
  readonly hidden: boolean
  readonly notes: boolean
  /** Absolute range such as '$A$1:$C$9'. */
  readonly filter?: string
}

export const contentTypesXml = (sheets: readonly PartSheet[]): string =>
  `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`
  + '<Default Extension="xml" ContentType="application/xml"/><Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
  + `<Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPES}.styles+xml"/>`
  + sheets.map((sheet, i) => `<Override PartName="/xl/worksheets/sheet${i + 1}.xml" ContentType="${TYPES}.worksheet+xml"/>`
    + (sheet.notes ? `<Override PartName="/xl/comments${i + 1}.xml" ContentType="${TYPES}.comments+xml"/>` : '')).join('')
  + '</Types>'

const relation = (id: string, type: string, target: string): string => `<Relationship Id="${id}" Type="${OFFICE_RELS}/${type}" Target="${target}"/>`
const relationsXml = (inner: string): string => `${XML}<Relationships xmlns="${RELS}">${inner}</Relationships>`

export const rootRelsXml = (): string => relationsXml(relation('rId1', 'officeDocument', 'xl/workbook.xml'))
export const workbookRelsXml = (count: number): string => relationsXml(
  Array.from({ length: count }, (_, i) => relation(`rId${i + 1}`, 'worksheet', `worksheets/sheet${i + 1}.xml`)).join('')
  + relation(`rId${count + 1}`, 'styles', 'styles.xml'))
export const sheetRelsXml = (i: number): string =>
  relationsXml(relation('rId1', 'comments', `../comments${i + 1}.xml`) + relation('rId2', 'vmlDrawing', `../drawings/vmlDrawing${i + 1}.vml`))

export const quoteSheet = (name: string): string => `'${name.replaceAll("'", "''")}'`

export function workbookXml(sheets: readonly PartSheet[]): string {
  const list = sheets.map((sheet, i) => `<sheet name="${escapeXml(sheet.name)}" sheetId="${i + 1}"${sheet.hidden ? ' state="hidden"' : ''} r:id="rId${i + 1}"/>`)
  // Without this hidden name older WPS shows the filter arrows but does not filter.
  const names = sheets.flatMap((sheet, i) => (sheet.filter === undefined ? []
    : [`<definedName name="_xlnm._FilterDatabase" localSheetId="${i}" hidden="1">${escapeXml(quoteSheet(sheet.name))}!${sheet.filter}</definedName>`]))
  return `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE_RELS}"><bookViews><workbookView activeTab="0"/></bookViews><sheets>${list.join('')}</sheets>`
    + `${names.length > 0 ? `<definedNames>${names.join('')}</definedNames>` : ''}</workbook>`
}

export interface HeaderNote { readonly ref: string; readonly row: number; readonly column: number; readonly text: string }

export const commentsXml = (notes: readonly HeaderNote[]): string =>
  `${XML}<comments xmlns="${MAIN}"><authors><author>和院</author></authors><commentList>`
  + notes.map((note) => `<comment ref="${note.ref}" authorId="0"><text><t xml:space="preserve">${escapeXml(note.text)}</t></text></comment>`).join('')
  + '</commentList></comments>'

export const vmlXml = (notes: readonly HeaderNote[]): string =>
  '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">'
  + '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
  + notes.map((note, i) => `<v:shape id="_x0000_s${1025 + i}" type="#_x0000_t202" style="position:absolute;width:180pt;height:70pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">`
    + '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/>'
    + `<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill><x:Row>${note.row}</x:Row><x:Column>${note.column}</x:Column></x:ClientData></v:shape>`).join('')
  + '</xml>'
