// An export of `size` bills to Excel through the call of the product: how much the process grows while it writes them.
import { makeApp } from '../src/apps/modules.ts'
import type { FileAnswer } from '../src/kernel/app.ts'
import type { Who } from '../src/kernel/scope.ts'
import { serve } from '../src/kernel/serve.ts'
import { billing } from '../src/modules/billing/contract.ts'
import type { Figure } from '../tools/bench.ts'
import { MONTHS, id, loadLines } from './bill_lines.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BAR_MB = 100

export async function run({ url, size }: { url: string; size: number }): Promise<Figure[]> {
  process.env['HEYUAN_KEY'] ??= Buffer.alloc(32, 7).toString('base64')
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  const l = await loadLines(url, size)
  const app = makeApp({ url, data_dir: dir, mode: 'test', name: 'bench', max: 2 })
  const who: Who = { kind: 'staff', account_id: id(9, 1), name: '基准', phone: null, face: 'api', ip: null, agent: null, session: null, grants: [{ role_code: 'admin', role_name: '管理员', permissions: ['*'], scope_kind: 'company', scope_ids: [] }] }
  const ask = (input: object) => serve(app, app.answers.get(billing.billsExcel.name)!, { who, company_id: l.company_id, input }) as Promise<FileAnswer>
  try {
    // A small one first: code and connection are there before anything is measured.
    await ask({ community_id: id(0, 1), period_from: l.from, period_to: l.from })
    const mb = (): number => process.memoryUsage().rss / 1024 / 1024
    globalThis.gc?.()
    const before = mb()
    let peak = before
    const watch = setInterval(() => (peak = Math.max(peak, mb())), 20)
    const t = process.hrtime.bigint()
    const file = await ask({})
    const seconds = Number(process.hrtime.bigint() - t) / 1e9
    clearInterval(watch)
    peak = Math.max(peak, mb())
    const value = Math.round(peak - before)
    return [{ bench: 'export.rows_mb', size, value, unit: 'MB', limit: BAR_MB, ratio: Math.round((value / BAR_MB) * 1000) / 1000, note: `${l.houses * MONTHS * 3} rows in ${seconds.toFixed(1)} s, file ${((file.body as Buffer).length / 1024 / 1024).toFixed(1)} MB, process before ${Math.round(before)} MB` }]
  } finally {
    await app.d.end()
    rmSync(dir, { recursive: true, force: true })
  }
}
