import { setImmediate } from 'node:timers/promises'
import { LIMITS, PrintError } from './data.ts'
import type { TemplateData, TemplateId } from './data.ts'
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
}

const VIEWS: { readonly [T in TemplateId]: (data: TemplateData[T]) => View } = {
  receipt_a5: receiptView,
  receipt_80mm: receiptView,
  receipt_three_copy: receiptView,
  notice_a4: noticeView,
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

/** JSON with every lone surrogate replaced: the compiler takes UTF-8 only. */
function toJson(value: unknown): string {
  const text = JSON.stringify(value).toWellFormed()
  if (text.length > LIMITS.data_characters) throw new PrintError('too_large', `${text.length} characters of data`)
  return text
}

function send(template: string | { source: string }, views: readonly View[], options: RenderOptions): Promise<Made> {
  const assets = new Map<string, Asset>()
  for (const one of views) for (const asset of one.assets) assets.set(asset.path, asset)
  const data = toJson({ docs: views.map((one) => one.view) })
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
  return (await send(typeof template === 'string' ? template : { source: template.source }, views, options)).pdf
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
