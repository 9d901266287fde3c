// An import of houses with owners from a real .xlsx through the engine: upload, look, preview, apply. 1,200 rows against the bar of
// 5 s; then `size` rows with the memory of this process, which runs both the calls and the jobs.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from '../tools/bench.ts'
import { makeApp } from '../src/apps/modules.ts'
import type { App } from '../src/kernel/app.ts'
import type { Call } from '../src/kernel/contract.ts'
import { saveUpload } from '../src/kernel/files.ts'
import { system as nobody } from '../src/kernel/scope.ts'
import { serve } from '../src/kernel/serve.ts'
import { writeSheetTo } from '../src/kernel/sheet/index.ts'
import { asSystem, startWorker, type Worker } from '../src/kernel/worker.ts'
import { createCompany } from '../src/modules/identity/server/index.ts'
import { property } from '../src/modules/property/contract.ts'
import { system } from '../src/modules/system/contract.ts'
import { createReadStream } from 'node:fs'

const HEAD = ['楼栋', '单元', '房号', '房产类别', '建筑面积', '业主姓名', '业主电话', '交付日期', '车牌', '备注']
const BAR_S = 5
const BAR_MB = 400

/** A name of its own for each row: names with digits in them are refused. */
const nameOf = (i: number): string => `业主${String(i).replace(/\d/g, (d) => '零壹贰叁肆伍陆柒捌玖'[Number(d)]!)}`
function* rows(count: number): Generator<string[]> {
  for (let i = 0; i < count; i++) {
    const phone = `13${String(i).padStart(9, '0')}`
    yield [String(1 + Math.floor(i / 480)), String(1 + (Math.floor(i / 120) % 4)), `${1 + (Math.floor(i / 4) % 30)}${String(1 + (i % 4)).padStart(2, '0')}`, '住宅', (60 + (i % 9000) / 100).toFixed(2), i % 5 === 0 ? `${nameOf(i)}、共有人` : nameOf(i), phone, '2024-01-05', i % 3 === 0 ? `陕A${String(i % 100_000).padStart(5, '0')}` : '', '']
  }
}

interface Bench {
  app: App
  worker: Worker
  company_id: number
  account_id: string
}
const ask = (b: Bench, call: Call, input: unknown): Promise<Record<string, unknown>> => serve(b.app, b.app.answers.get(call.name)!, { who: { ...nobody, account_id: b.account_id }, company_id: b.company_id, input }) as Promise<Record<string, unknown>>

export interface Passed {
  start_s: number
  preview_s: number
  apply_s: number
  undo_s: number
  peak_mb: number
  before_mb: number
}

async function once(b: Bench, dir: string, count: number, name: string, undo: boolean): Promise<Passed> {
  const path = join(dir, `${name}.xlsx`)
  await writeSheetTo(path, { sheets: [{ name: '户主表', columns: HEAD.map((title) => ({ title, kind: 'text' })), rows: rows(count) }] })
  const { community_id } = await ask(b, property.saveCommunity as Call, { name, kind: 'estate', address: null, district: null, land_mu: null, built_area_m2: null, green_area_m2: null, service_phone: null, start_rule: 'delivery_day' })
  const mb = (): number => process.memoryUsage().rss / 1024 / 1024
  globalThis.gc?.()
  const before_mb = mb()
  let peak_mb = before_mb
  const watch = setInterval(() => (peak_mb = Math.max(peak_mb, mb())), 20)
  const clock = () => process.hrtime.bigint()
  const seconds = (from: bigint): number => Number(clock() - from) / 1e9
  try {
    let at = clock()
    const { file_id } = await saveUpload(b.app, { who: { ...nobody, account_id: b.account_id }, company_id: b.company_id }, { purpose: 'import', name: `${name}.xlsx`, body: createReadStream(path) })
    const s = (await ask(b, system.startImport as Call, { kind: 'people.houses', community_id, file_id })) as { import_id: string; sheet_name: string; header_row: number; columns: { index: number; field: string | null }[] }
    const start_s = seconds(at)
    at = clock()
    await ask(b, system.previewImport as Call, { import_id: s.import_id, sheet_name: s.sheet_name, header_row: s.header_row, mapping: s.columns.flatMap((c) => (c.field ? [{ index: c.index, field: c.field }] : [])) })
    await b.worker.drain()
    const preview_s = seconds(at)
    const view = await ask(b, system.import as Call, { import_id: s.import_id })
    if (view['state'] !== 'previewed' || view['bad_count'] !== 0) throw new Error(`preview: ${JSON.stringify({ ...view, layout: null })}`)
    at = clock()
    await ask(b, system.applyImport as Call, { import_id: s.import_id })
    await b.worker.drain()
    const apply_s = seconds(at)
    const after = await ask(b, system.import as Call, { import_id: s.import_id })
    if (after['state'] !== 'applied') throw new Error(`apply: ${String(after['error'])}`)
    at = clock()
    if (undo) {
      await ask(b, system.undoImport as Call, { import_id: s.import_id })
      await b.worker.drain()
      const gone = await ask(b, system.import as Call, { import_id: s.import_id })
      if (gone['state'] !== 'undone') throw new Error(`undo: ${String(gone['error'])}`)
    }
    return { start_s, preview_s, apply_s, undo_s: seconds(at), peak_mb, before_mb }
  } finally {
    clearInterval(watch)
  }
}

export async function run({ url, size }: { url: string; size: number }): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  process.env['HEYUAN_KEY'] ??= Buffer.alloc(32, 7).toString('base64')
  const app = makeApp({ url, data_dir: dir, mode: 'test', name: 'bench' })
  const worker = startWorker(app, { listen: false })
  try {
    const { company_id, account_id } = await asSystem(app, 0, 'bench', (scope) => createCompany(scope, { name: '基准公司', short_name: '基准', admin_name: '管理员', login: 'bench', password: 'Zhi-Hui-9-Yuan' }, app.permissionWords.keys()))
    const b: Bench = { app, worker, company_id, account_id }
    const small = await once(b, dir, 1200, '小区一', true)
    const total = small.start_s + small.preview_s + small.apply_s
    const figures: Figure[] = [{ bench: 'import.houses_1200_s', size: 1200, value: two(total), unit: 's', limit: BAR_S, ratio: two(total / BAR_S), note: `看文件 ${two(small.start_s)},预览 ${two(small.preview_s)},入库 ${two(small.apply_s)},撤销 ${two(small.undo_s)}` }]
    const big = await once(b, dir, size, '小区二', true)
    figures.push({ bench: 'import.rows_s', size, value: Math.round(size / (big.preview_s + big.apply_s)), unit: 'rows/s', limit: Math.round(1200 / total), ratio: two((size / (big.preview_s + big.apply_s)) / (1200 / total)), note: `看文件 ${two(big.start_s)},预览 ${two(big.preview_s)},入库 ${two(big.apply_s)},撤销 ${two(big.undo_s)};limit 为 1,200 行时的速度` })
    figures.push({ bench: 'import.rows_mb', size, value: Math.round(big.peak_mb - big.before_mb), unit: 'MB', limit: BAR_MB, ratio: two((big.peak_mb - big.before_mb) / BAR_MB), note: `全程峰值 ${Math.round(big.peak_mb)} MB` })
    return figures
  } finally {
    await worker.stop()
    await app.d.end()
    rmSync(dir, { recursive: true, force: true })
  }
}
const two = (n: number): number => Math.round(n * 100) / 100
