import { parseArgs } from 'node:util'
import { makeApp } from '../apps/modules.ts'
import { dayOf, nowIso, nowMs } from '../kernel/clock.ts'
import { inTransaction } from '../kernel/db.ts'
import { Scope, system } from '../kernel/scope.ts'
import { rebuildSums } from '../modules/billing/server/index.ts'
import { paidMoves } from '../modules/payment/server/index.ts'
import { EXIT, RefusedError, UsageError, type Out } from './command.ts'
import { withDatabase } from './with_database.ts'

export const name = 'rebuild'
export const summary_zh = '重建统计汇总:逐条账单与收款重新汇总,并列出差异数'
export const usage = `rebuild [--company 公司编号] [--json]

  统计汇总与明细不符时(核验的 S1 到 S4),由明细重新汇总。账单、收款与凭证不变;收款可照常进行。
  汇总本来就相符时什么也不会改。`

export async function run(args: string[], out: Out): Promise<number> {
  const { values } = parseArgs({ args, options: { company: { type: 'string' } }, strict: true })
  if (values.company !== undefined && !/^\d{1,15}$/.test(values.company)) throw new UsageError('--company 后面写公司编号(数字)')
  return withDatabase((line) => out.line(line), async (url) => {
    const app = makeApp({ url, data_dir: process.env['HEYUAN_DATA'] ?? '.heyuan', mode: 'empty', name: 'rebuild', max: 4 })
    try {
      const { rows } = await app.d.pool.query<{ company_id: number; name: string }>('select company_id, name from identity.company where $1::bigint is null or company_id = $1::bigint order by 1', [values.company ?? null])
      if (rows.length === 0) throw new RefusedError(values.company === undefined ? '还没有公司。' : `没有公司 ${values.company}。`)
      const companies: { company_id: number; name: string; differences: number; seconds: number }[] = []
      for (const company of rows) {
        const begun = nowMs()
        const { differences } = await inTransaction(app.d, { company_id: company.company_id }, (tx) => {
          const now = nowIso()
          return rebuildSums(new Scope({ who: system, company_id: company.company_id, now, today: dayOf(now), tx, request_id: null, may: 'system', dry_run: false }), paidMoves)
        })
        companies.push({ ...company, differences, seconds: (nowMs() - begun) / 1000 })
        out.line(`${company.name}(${company.company_id}):${differences === 0 ? '汇总与明细相符,没有改动' : `更正 ${differences} 处`},用时 ${companies.at(-1)!.seconds.toFixed(1)} 秒`)
      }
      out.json({ companies })
      return EXIT.ok
    } finally {
      await app.d.end()
    }
  })
}
