// Numbers that people see, drawn last in a transaction: 班次 BC2026-000001, 退款 TK2026-000001. A row of payment.series a kind and year.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

const SERIES = { shift: ['班次', 'BC'], refund: ['退款', 'TK'], deposit: ['押金收据', 'YJ'] } as const

export async function drawNumber(scope: Scope, of: keyof typeof SERIES): Promise<string> {
  const [name, prefix] = SERIES[of]
  const year = scope.today.slice(0, 4)
  const r = await sql<{ last_no: number }>`insert into payment.series (company_id, series, last_no) values (${scope.company_id}, ${`${name}-${year}`}, 1)
    on conflict (company_id, series) do update set last_no = series.last_no + 1 returning last_no`.execute(scope.db)
  return `${prefix}${year}-${String(r.rows[0]!.last_no).padStart(6, '0')}`
}
