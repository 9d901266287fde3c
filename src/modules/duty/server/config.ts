// How many persons a shift wants, and with which certificate: what comes with the product beside its source, and what a company published for a kind or for
// one room. Local rules differ (some provinces let one person do with a remote link), so each is data from a day on.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { personKinds, type PersonKind } from '../../equipment/server/index.ts'
import { KINDS, type DutyRule, type RoomKind } from '../contract.ts'

const CUSTOM = '公司惯例,当地另有规定的请按其设定'
const SHIPPED: Record<RoomKind, { min_persons: number; min_certified: number; cert: string | null; max_hours: number; source: string }> = {
  fire_control: { min_persons: 2, min_certified: 2, cert: 'person_fire', max_hours: 8, source: '高层民用建筑消防安全管理规定(应急管理部令 5 号)第 26 条:24 小时值班,每班不少于 2 人且持证;一班不超过 8 小时(GB 25506)' },
  power: { min_persons: 1, min_certified: 1, cert: 'person_low', max_hours: 12, source: '特种作业人员安全技术培训考核管理规定:值班电工须持证;高压配电室两人值班(GB 26860)' },
  pump: { min_persons: 1, min_certified: 0, cert: null, max_hours: 12, source: CUSTOM },
  monitor: { min_persons: 1, min_certified: 0, cert: null, max_hours: 12, source: CUSTOM },
  gate: { min_persons: 1, min_certified: 0, cert: null, max_hours: 12, source: CUSTOM },
  other: { min_persons: 1, min_certified: 0, cert: null, max_hours: 12, source: CUSTOM },
}
const HANDOVER_MINUTES = 15
const RULES_MAX = 500

export interface Rules {
  all: DutyRule[]
  kinds: PersonKind[]
}
export async function rulesOf(scope: Scope): Promise<Rules> {
  const [kinds, { rows }] = await Promise.all([personKinds(scope), sql<DutyRule>`select u.kind, u.room_id, r.name as room_name, u.from_on, u.min_persons, u.min_certified, u.cert_kind_id, u.max_hours, u.handover_minutes, u.source, k.name as cert_name, false as shipped from duty.rule u left join duty.room r on r.company_id = ${scope.company_id} and r.room_id = u.room_id left join equipment.cert_kind k on k.company_id = ${scope.company_id} and k.kind_id = u.cert_kind_id
    where u.company_id = ${scope.company_id} order by u.from_on desc, u.created_at desc limit ${RULES_MAX}`.execute(scope.db)])
  const shipped = KINDS.map((kind): DutyRule => {
    const { cert, ...s } = SHIPPED[kind]
    const k = kinds.find((x) => x.code === cert)
    // A company without that kind of certificate still wants the persons.
    return { ...s, min_certified: k ? s.min_certified : 0, kind, room_id: null, room_name: null, from_on: '2000-01-01', cert_kind_id: k?.kind_id ?? null, cert_name: k?.name ?? null, handover_minutes: HANDOVER_MINUTES, shipped: true }
  })
  return { all: [...rows, ...shipped], kinds }
}
/** Of one room before of its kind; the newest that is in force on the day. */
export function ruleOn(rules: Rules, room: { room_id: string; kind: RoomKind }, day: string): DutyRule {
  const live = rules.all.filter((r) => r.from_on <= day)
  return live.find((r) => r.room_id === room.room_id) ?? live.find((r) => r.room_id === null && r.kind === room.kind)!
}
