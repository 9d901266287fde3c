// Numbers that people see: 缴存收据 WXSJ2026-000001, 续筹方案 XC2026-000001. A row of funds.series a kind and year, drawn last.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

const SERIES = { receipt: ['缴存收据', 'WXSJ'], topup: ['续筹方案', 'XC'] } as const

export async function drawNumber(scope: Scope, of: keyof typeof SERIES): Promise<string> {
  const [name, prefix] = SERIES[of]
  const year = scope.today.slice(0, 4)
  const r = await sql<{ last_no: number }>`insert into funds.series (company_id, series, last_no) values (${scope.company_id}, ${`${name}-${year}`}, 1)
    on conflict (company_id, series) do update set last_no = series.last_no + 1 returning last_no`.execute(scope.db)
  return `${prefix}${year}-${String(r.rows[0]!.last_no).padStart(6, '0')}`
}
