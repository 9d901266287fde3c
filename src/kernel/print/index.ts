// Printing: data in, PDF out. See README.md.
export { LIMITS, PrintError } from './data.ts'
export type {
  LetterData, NoticeData, NoticeLine, PrintFault, PrintPeriod, ReceiptData, ReceiptLine, TableCell, TableColumn, TableColumnKind, TableData, TemplateData,
  TemplateId, Tender,
} from './data.ts'
export { BUILT_IN, PAPERS } from './design.ts'
export type { Paper, PrintDesign } from './design.ts'
export { qrSvg } from './format.ts'
export { labelSheet } from './labels.ts'
export { closePrint, renderMany, renderPdf, TEMPLATE_IDS, warmPrint } from './render.ts'
export type { OwnTemplate, RenderOptions } from './render.ts'
