// Driving an import as a person does: upload, start, preview, apply, each through the road, jobs drained between.
import { Readable } from 'node:stream'
import { saveUpload } from '../src/kernel/files.ts'
import { writeSheet, type OutValue } from '../src/kernel/sheet/index.ts'
import { property } from '../src/modules/property/contract.ts'
import { system, type ImportDetail, type ImportRow } from '../src/modules/system/contract.ts'
import type { z } from 'zod'
import type { Caller, TestApp } from './harness.ts'

export async function upload(t: TestApp, token: string, name: string, bytes: Buffer): Promise<string> {
  const known = await t.app.whoIs(token, { ip: '127.0.0.1', agent: 'test', face: 'admin' })
  return (await saveUpload(t.app, known!, { purpose: 'import', name, body: Readable.from([bytes]) })).file_id
}

export async function community(as: Caller, name: string): Promise<string> {
  return (await as(property.saveCommunity, { name, kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })).community_id
}

export const table = (header: readonly string[], rows: readonly (readonly OutValue[])[]): Promise<Buffer> => writeSheet({ sheets: [{ name: '户主表', columns: header.map((title) => ({ title, kind: 'text' })), rows }] })

export interface Driven {
  import_id: string
  start: Awaited<ReturnType<typeof startIt>>
  view: z.output<typeof ImportDetail>
}
interface Ask {
  token?: string
  /** Not for kinds of the whole company. */
  community_id?: string
  kind?: string
  name?: string
  bytes: Buffer
  sheet_name?: string
}

export async function startIt(t: TestApp, o: Ask) {
  const token = o.token ?? t.tokens.get('admin')!
  const file_id = await upload(t, token, o.name ?? '户主表.xlsx', o.bytes)
  return t.withToken(token)(system.startImport, { kind: o.kind ?? 'people.houses', ...(o.community_id ? { community_id: o.community_id } : {}), file_id, ...(o.sheet_name ? { sheet_name: o.sheet_name } : {}) })
}
/** Uploads, takes the mapping as found, and reads every row. */
export async function previewed(t: TestApp, o: Ask): Promise<Driven> {
  const start = await startIt(t, o)
  const as = t.withToken(o.token ?? t.tokens.get('admin')!)
  const mapping = start.columns.flatMap((c) => (c.field === null ? [] : [{ index: c.index, field: c.field }]))
  await as(system.previewImport, { import_id: start.import_id, sheet_name: start.sheet_name, header_row: start.header_row, mapping })
  await t.drain()
  return { import_id: start.import_id, start, view: await as(system.import, { import_id: start.import_id }) }
}
export async function applied(t: TestApp, o: Ask): Promise<Driven> {
  const d = await previewed(t, o)
  const as = t.withToken(o.token ?? t.tokens.get('admin')!)
  await as(system.applyImport, { import_id: d.import_id })
  await t.drain()
  return { ...d, view: await as(system.import, { import_id: d.import_id }) }
}
export async function undone(t: TestApp, import_id: string) {
  await t.as('admin')(system.undoImport, { import_id })
  await t.drain()
  return t.as('admin')(system.import, { import_id })
}
export async function rowsOf(t: TestApp, import_id: string, only_bad = false): Promise<ImportRow[]> {
  return (await t.as('admin')(system.importRows, { import_id, only_bad, page_size: 200 })).rows
}
/** 'row title: reason' of every problem, for exact comparison. */
export async function problemsOf(t: TestApp, import_id: string): Promise<string[]> {
  return (await rowsOf(t, import_id, true)).flatMap((r) => r.problems.map((p) => `${r.row_no} ${p.zh}: ${p.reason}`))
}

/** Hash of every business table; the audit, jobs, events and imports themselves are left out, and the history of houses, which only grows. */
export async function digest(t: TestApp): Promise<string> {
  const { asOwner } = await import('../src/kernel/db.ts')
  return asOwner(t.url, async (c) => {
    const { rows } = await c.query<{ t: string }>(`select n.nspname || '.' || r.relname as t from pg_class r join pg_namespace n on n.oid = r.relnamespace where r.relkind in ('r','p') and not r.relispartition
      and n.nspname in ('identity','property','people','meters','billing','payment','ledger') and r.relname not in ('house_change','session','account') order by 1`)
    const parts: string[] = []
    for (const { t: name } of rows) parts.push(`${name} ${(await c.query<{ h: string }>(`select md5(coalesce(string_agg(x::text, ';' order by x::text), '')) as h from ${name} x`)).rows[0]!.h}`)
    return parts.join('\n')
  })
}
