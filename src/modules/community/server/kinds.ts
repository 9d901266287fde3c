import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { community, type Kind } from '../contract.ts'

const KINDS_MAX = 40
/** What companies post: an offer to begin with, theirs from then on. */
const USUAL: readonly Pick<Kind, 'name' | 'urgent' | 'must_confirm' | 'valid_days'>[] = [
  { name: '停水停电', urgent: true, must_confirm: false, valid_days: 3 }, { name: '通知', urgent: false, must_confirm: false, valid_days: 30 }, { name: '温馨提示', urgent: false, must_confirm: false, valid_days: 30 }, { name: '活动', urgent: false, must_confirm: false, valid_days: 30 },
  { name: '施工维修', urgent: false, must_confirm: false, valid_days: 15 }, { name: '安全提醒', urgent: false, must_confirm: true, valid_days: 30 }, { name: '收费公示', urgent: false, must_confirm: false, valid_days: 90 },
]
const kinds = answer(community.kinds, async (scope, { with_retired }) => {
  const { rows } = await sql<Kind>`select kind_id, name, urgent, must_confirm, valid_days, sort_no, retired_at is not null as retired from community.kind where company_id = ${scope.company_id} and (${with_retired ?? false} or retired_at is null) order by sort_no, name limit ${KINDS_MAX}`.execute(scope.db)
  return { rows }
})
const saveKind = answer(community.saveKind, async (scope, o) => {
  const c = scope.company_id
  const kind_id = o.kind_id ?? uuidv7()
  const old = o.kind_id ? (await sql<{ retired_at: string | null }>`select retired_at from community.kind where company_id = ${c} and kind_id = ${kind_id} for update`.execute(scope.db)).rows[0] : null
  if (o.kind_id && !old) throw scope.notFound()
  if (!o.kind_id && (await sql<{ n: number }>`select count(*)::int as n from community.kind where company_id = ${c}`.execute(scope.db)).rows[0]!.n >= KINDS_MAX) throw scope.refuse('community.kinds_full', { max: KINDS_MAX })
  const { rows } = await sql`insert into community.kind (company_id, kind_id, name, urgent, must_confirm, valid_days, sort_no, retired_at, changed_by, changed_at) select ${c}, ${kind_id}, ${o.name}, ${o.urgent}, ${o.must_confirm}, ${o.valid_days}::int, ${o.sort_no}, ${o.retired ? (old?.retired_at ?? scope.now) : null}::timestamptz, ${scope.who.name}, ${scope.now}
    where not exists (select from community.kind k where k.company_id = ${c} and k.name = ${o.name} and k.kind_id <> ${kind_id})
    on conflict (company_id, kind_id) do update set name = excluded.name, urgent = excluded.urgent, must_confirm = excluded.must_confirm, valid_days = excluded.valid_days, sort_no = excluded.sort_no, retired_at = excluded.retired_at, changed_by = excluded.changed_by, changed_at = excluded.changed_at returning kind_id`.execute(scope.db)
  if (rows.length === 0) throw scope.refuse('community.kind_taken', { name: o.name })
  scope.note('notice_kind', kind_id, { name: o.name, urgent: o.urgent, must_confirm: o.must_confirm, valid_days: o.valid_days, retired: o.retired })
  return { kind_id }
})
const addUsual = answer(community.addUsualKinds, async (scope) => {
  const list = USUAL.map((k, i) => ({ ...k, kind_id: uuidv7(), sort_no: (i + 1) * 10 }))
  const { rows } = await sql<{ name: string }>`insert into community.kind (company_id, kind_id, name, urgent, must_confirm, valid_days, sort_no, changed_by, changed_at)
    select ${scope.company_id}, x.kind_id, x.name, x.urgent, x.must_confirm, x.valid_days, x.sort_no, ${scope.who.name}, ${scope.now} from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(kind_id uuid, name text, urgent boolean, must_confirm boolean, valid_days int, sort_no int)
    on conflict (company_id, name) do nothing returning name`.execute(scope.db)
  if (rows.length) scope.note('notice_kind', 'usual', { names: rows.map((r) => r.name) })
  return { count: rows.length }
})
export const kindAnswers = [kinds, saveKind, addUsual]
