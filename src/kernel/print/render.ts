import { setImmediate } from 'node:timers/promises'
import { LIMITS, PrintError } from './data.ts'
import type { TemplateData, TemplateId } from './data.ts'
import { BUILT_IN, designView } from './design.ts'
import type { PrintDesign } from './design.ts'
import { pictureAsset } from './format.ts'
import type { Asset, View } from './format.ts'
import { Lane } from './lane.ts'
import type { Made } from './lane.ts'
import { letterView } from './letter.ts'
import { noticeView } from './notice.ts'
import { receiptView } from './receipt.ts'
import { tableView } from './table.ts'

/** An operator's own template. With `like` it is given the same view as that template, otherwise `data` as it is. */
export interface OwnTemplate<T extends TemplateId = TemplateId> {
  readonly source: string
  readonly like?: T
}

export interface RenderOptions {
  /** Stops the document after this long in the compiler: 30 s, a background job may say up to 300 s. */
  readonly time_ms?: number
  /** At most 2,000. */
  readonly max_pages?: number
  /** Instead of the built-in design of the form; its paper decides the page. */
  readonly design?: PrintDesign
  /** For an own template: PNG or JPEG by name, as `given.pictures.at(name)`. */
  readonly pictures?: Readonly<Record<string, Uint8Array>>
}

const VIEWS: { readonly [T in TemplateId]: (data: TemplateData[T]) => View } = {
  receipt_a4: receiptView,
  receipt_a5: receiptView,
  receipt_80mm: receiptView,
  receipt_two_copy: receiptView,
  receipt_three_copy: receiptView,
  notice_a4: noticeView,
  notice_a5: noticeView,
  notice_two_copy: noticeView,
  notice_80mm: noticeView,
  table_a4: tableView,
  letter_a4: letterView,
}

export const TEMPLATE_IDS = Object.keys(VIEWS) as TemplateId[]

// Two processes, so that a cashier's receipt does not wait behind a report of 20 s. The second one ends after two idle minutes.
const LARGE = 300_000
const TIME_MOST = 300_000
const SOURCE_MOST = 200_000
let desk: Lane | null = null
let bulk: Lane | null = null

function viewOf<T extends TemplateId>(template: T, data: TemplateData[T]): View {
  return VIEWS[template](data)
}

/** Forms with a design are drawn by one template for sheets and one for the roll. */
function drawnBy(template: TemplateId, design: PrintDesign | null): string {
  if (!design) return template
  return `${template.slice(0, template.indexOf('_'))}_${design.paper === 'roll' ? '80mm' : 'sheet'}`
}

/** JSON with every lone surrogate replaced: the compiler takes UTF-8 only. */
function toJson(value: unknown): string {
  const text = JSON.stringify(value).toWellFormed()
  if (text.length > LIMITS.data_characters) throw new PrintError('too_large', `${text.length} characters of data`)
  return text
}

function send(template: string | { source: string }, views: readonly View[], options: RenderOptions, design: PrintDesign | null = null): Promise<Made> {
  const assets = new Map<string, Asset>()
  const drawn = design ? designView(design) : null
  for (const one of drawn ? [drawn, ...views] : views) for (const asset of one.assets) assets.set(asset.path, asset)
  const pictures = Object.entries(options.pictures ?? {}).map(([name, bytes]) => [name, pictureAsset(bytes, LIMITS.picture_bytes)!] as const)
  for (const [, asset] of pictures) assets.set(asset.path, asset)
  const data = toJson({ docs: views.map((one) => one.view), ...(drawn ? { design: drawn.view } : {}), ...(pictures.length ? { pictures: Object.fromEntries(pictures.map(([name, asset]) => [name, asset.path])) } : {}) })
  const job = { template, data, assets: [...assets.values()], max_pages: options.max_pages ?? LIMITS.pages }
  const time_ms = Math.min(options.time_ms ?? LIMITS.time_ms, TIME_MOST)
  if (data.length > LARGE) {
    bulk ??= new Lane({ queued: LIMITS.queued, idle_ms: 120_000 })
    return bulk.run(job, time_ms)
  }
  desk ??= new Lane({ queued: LIMITS.queued, idle_ms: 0 })
  return desk.run(job, time_ms)
}

/** Several documents in one PDF, in the order given, each starting on a page of its own. Rejects with PrintError. */
export async function renderMany<T extends TemplateId>(
  template: T | OwnTemplate<T>, data: readonly TemplateData[T][], options: RenderOptions = {},
): Promise<Buffer> {
  if (data.length === 0 || data.length > LIMITS.documents) throw new PrintError('too_large', `1 to ${LIMITS.documents} documents`)
  const like = typeof template === 'string' ? template : template.like
  if (typeof template !== 'string' && template.source.length > SOURCE_MOST) {
    throw new PrintError('bad_template', `a template of over ${SOURCE_MOST} characters`)
  }
  const views: View[] = []
  for (const [index, one] of data.entries()) {
    // A QR code costs 1 ms here: a batch lets others through in between.
    if (index % 20 === 19) await setImmediate()
    views.push(like ? viewOf(like, one) : { view: one as unknown as Record<string, unknown>, assets: [] })
  }
  const design = options.design ?? (like && like in BUILT_IN ? BUILT_IN[like as keyof typeof BUILT_IN] : null)
  return (await send(typeof template === 'string' ? drawnBy(template, design) : { source: template.source }, views, options, design)).pdf
}

/** One document as a PDF. Rejects with PrintError. */
export function renderPdf<T extends TemplateId>(template: T, data: TemplateData[T], options?: RenderOptions): Promise<Buffer>
export function renderPdf<T extends TemplateId>(template: OwnTemplate<T> & { like: T }, data: TemplateData[T], options?: RenderOptions): Promise<Buffer>
export function renderPdf(template: { source: string }, data: Record<string, unknown>, options?: RenderOptions): Promise<Buffer>
export async function renderPdf(template: TemplateId | OwnTemplate, data: unknown, options: RenderOptions = {}): Promise<Buffer> {
  return renderMany(template, [data as TemplateData[TemplateId]], options)
}

/** Starts the process that prints receipts, so that the first one of the day is as quick as the others. */
export async function warmPrint(): Promise<void> {
  await send({ source: '#set text(font: "Noto Sans SC")\n和' }, [{ view: {}, assets: [] }], {})
}

/** Ends the processes and refuses what waits; a later call starts them anew. */
export function closePrint(): void {
  desk?.close()
  bulk?.close()
  desk = null
  bulk = null
}
