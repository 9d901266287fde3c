// Settings of a company or one community, each in force from a day: a version is added, never changed, so that what was printed or
// charged under an earlier one can still be explained. What settings exist is handed in by the modules that read them.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { system } from '../contract.ts'
import type { CommunityNames } from './kinds.ts'

export interface SettingKind {
  /** 'payment.receipt_footer': the module that reads it, then its name. */
  key: string
  zh: string
  note: string
  /** Characters. */
  max: number
  /** In force where nobody said anything. */
  otherwise: string
  /** Nothing else may be said. */
  choices?: readonly string[]
}

const VERSIONS_SHOWN = 20
/** Days ahead that a version may be announced. */
const AHEAD_DAYS = 366

/** The value in force on a day: the community's own, else the company's, else what the kind says. */
export async function settingOn(scope: Scope, kind: SettingKind, community_id: string | null, on: string): Promise<string> {
  const row = await scope.db
    .selectFrom('system.setting')
    .select('value')
    .where('company_id', '=', scope.company_id)
    .where('key', '=', kind.key)
    .where((e) => (community_id === null ? e('community_id', 'is', null) : e.or([e('community_id', '=', community_id), e('community_id', 'is', null)])))
    .where('from_on', '<=', on)
    .orderBy(sql`community_id is null`)
    .orderBy('from_on', 'desc')
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return typeof row?.value === 'string' ? row.value : kind.otherwise
}

/** A grant over one community opens that community's settings; the company's own need the whole company. */
function withinReach(scope: Scope, community_id: string | undefined): void {
  const r = scope.reach()
  if (!r.all && (community_id === undefined || !r.community_ids.includes(community_id))) throw scope.notFound()
}

async function known(scope: Scope, names: CommunityNames, community_id: string | undefined): Promise<void> {
  if (community_id !== undefined && !(await names(scope, [community_id])).has(community_id)) throw scope.notFound()
}

export const settingAnswers = (kinds: readonly SettingKind[], names: CommunityNames) => [
  answer(system.settings, async (scope, { community_id }) => {
    withinReach(scope, community_id)
    await known(scope, names, community_id)
    const c = scope.company_id
    const place = community_id ?? null
    // Newest first, a bounded number a key; the company's versions stand beside the community's so that the page can say where a value comes from.
    const r = await sql<{ key: string; value: unknown; from_on: string; own: boolean; created_at: string; created_by_name: string | null }>`
      select s.key, s.value, s.from_on, s.own, s.created_at, m.name as created_by_name from (
        select key, value, from_on, created_at, created_by, community_id is not distinct from ${place}::uuid as own, row_number() over (partition by key, community_id order by from_on desc, created_at desc) as n
        from system.setting where company_id = ${c} and (community_id is null or community_id = ${place}::uuid)) s
      left join identity.member m on m.company_id = ${c} and m.account_id = s.created_by
      where s.n <= ${VERSIONS_SHOWN} order by s.key, s.from_on desc, s.created_at desc`.execute(scope.db)
    const byKey = Map.groupBy(r.rows, (v) => v.key)
    return {
      rows: kinds.map((k) => {
        const all = byKey.get(k.key) ?? []
        const now = all.find((v) => v.own && v.from_on <= scope.today) ?? all.find((v) => !v.own && v.from_on <= scope.today)
        const versions = all.filter((v) => v.own).map((v) => ({ value: String(v.value), from_on: v.from_on, created_at: v.created_at, created_by_name: v.created_by_name }))
        return { key: k.key, zh: k.zh, note: k.note, max: k.max, choices: [...(k.choices ?? [])], value: now === undefined ? k.otherwise : String(now.value), source: now === undefined ? ('otherwise' as const) : now.own && place !== null ? ('community' as const) : ('company' as const), versions }
      }),
    }
  }),
  answer(system.saveSetting, async (scope, o) => {
    withinReach(scope, o.community_id)
    await known(scope, names, o.community_id)
    const kind = kinds.find((k) => k.key === o.key)
    if (!kind) throw scope.notFound()
    if (o.value.length > kind.max) throw scope.refuse('system.setting_too_long', { zh: kind.zh, max: kind.max })
    if (kind.choices && !kind.choices.includes(o.value)) throw scope.refuse('system.setting_choice', { zh: kind.zh, choices: kind.choices.join('、') })
    if (o.from_on < scope.today) throw scope.refuse('system.setting_in_past', { today: scope.today })
    if (o.from_on > addDays(scope.today, AHEAD_DAYS)) throw scope.refuse('system.setting_too_far', { last: addDays(scope.today, AHEAD_DAYS) })
    const setting_id = uuidv7()
    await scope.db
      .insertInto('system.setting')
      .values({ company_id: scope.company_id, setting_id, key: o.key, community_id: o.community_id ?? null, value: JSON.stringify(o.value), from_on: o.from_on, created_by: scope.who.account_id, created_at: scope.now })
      .execute()
    scope.note('setting', setting_id, { key: o.key, community_id: o.community_id ?? null, value: o.value, from_on: o.from_on })
    return { setting_id }
  }),
]
