import { parseArgs } from 'node:util'
import { makeApp } from '../apps/modules.ts'
import type { Finding } from '../kernel/app.ts'
import { dayOf, nowIso, nowMs } from '../kernel/clock.ts'
import { inTransaction } from '../kernel/db.ts'
import { Scope, system } from '../kernel/scope.ts'
import { heyuanDir } from '../kernel/pg/place.ts'
import { currentSchema } from './acting.ts'
import { EXIT, RefusedError, UsageError, type Out } from './command.ts'
import { withDatabase } from './with_database.ts'

export const name = 'verify'
export const summary_zh = '核验账目:总账、账单、收款、结账的每条不变量,只读不改'
export const usage = `verify [--company 公司编号] [--json]

  对每家公司(或指定的一家)逐条核验:凭证借贷为零、账簿往来相抵、应收等于未收账单、已结期间未变……
  只读数据库,不写任何内容。每夜也会自动核验,结果见「账务核算 → 账目核验」。
  退出码:0 全部相符,1 有不符。`

export interface CompanyResult {
  company_id: number
  name: string
  ok: boolean
  seconds: number
  checks: (Finding & { module: string })[]
}

export async function run(args: string[], out: Out): Promise<number> {
  const { values } = parseArgs({ args, options: { company: { type: 'string' } }, strict: true })
  if (values.company !== undefined && !/^\d{1,15}$/.test(values.company)) throw new UsageError('--company 后面写公司编号(数字)')
  return withDatabase((line) => out.line(line), async (url) => {
    await currentSchema(url)
    const companies = await verifyAll(url, heyuanDir(), values.company, out)
    if (companies.length === 0) throw new RefusedError(values.company === undefined ? '还没有公司。' : `没有公司 ${values.company}。`)
    const ok = companies.every((c) => c.ok)
    out.line(ok ? '全部相符。' : '有不符,请看上面标 ✗ 的各条。')
    out.json({ ok, companies })
    return ok ? EXIT.ok : EXIT.refused
  })
}

/** Every proof over each company, or the one named; each is told as it is found. */
export async function verifyAll(url: string, data_dir: string, company: string | undefined, out: Out): Promise<CompanyResult[]> {
  const app = makeApp({ url, data_dir, mode: 'empty', name: 'verify', max: 4 })
  try {
    const { rows } = await app.d.pool.query<{ company_id: number; name: string }>('select company_id, name from identity.company where $1::bigint is null or company_id = $1::bigint order by 1', [company ?? null])
    const companies: CompanyResult[] = []
    for (const one of rows) companies.push(await verifyCompany(app, one, out))
    return companies
  } finally {
    await app.d.end()
  }
}

async function verifyCompany(app: ReturnType<typeof makeApp>, company: { company_id: number; name: string }, out: Out): Promise<CompanyResult> {
  out.line(`${company.name}(${company.company_id})`)
  const begun = nowMs()
  const checks: CompanyResult['checks'] = []
  for (const m of app.modules)
    for (const sweep of m.sweeps ?? []) {
      const found = await inTransaction(app.d, { company_id: company.company_id, readOnly: true }, (tx) => {
        const now = nowIso()
        return sweep(new Scope({ who: system, company_id: company.company_id, now, today: dayOf(now), tx, request_id: null, may: 'system', dry_run: false }))
      })
      for (const c of found) {
        checks.push({ module: m.name, ...c })
        out.line(`  ${c.ok ? '✓' : '✗'} ${c.code.padEnd(4)} ${c.zh}${c.ok ? '' : `:${c.broken_count} 处,如 ${c.examples.join(';')}`}`)
      }
    }
  return { ...company, ok: checks.every((c) => c.ok), seconds: (nowMs() - begun) / 1000, checks }
}
