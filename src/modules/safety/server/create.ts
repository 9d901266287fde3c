// A new incident: what, where, when it was found; its clocks computed once by the rule of that day; its number drawn in the last statement.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { buildingToRead, communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { safety } from '../contract.ts'
import { photosToAttach } from './act.ts'
import { kindFor } from './config.ts'
import { tellManagers } from './tell.ts'

const COMMUNITIES_MAX = 100
const BUILDINGS_MAX = 1000
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

const places = answer(safety.places, async (scope) => {
  const c = scope.company_id
  const { rows: communities } = await sql<{ community_id: string; name: string }>`select c.community_id, c.name from property.community c where c.company_id = ${c} and ${communitiesSeenBy(scope)} order by c.name, c.community_id limit ${COMMUNITIES_MAX}`.execute(scope.db)
  const { rows: buildings } = await sql<{ community_id: string; building_id: string; name: string }>`select b.community_id, b.building_id, b.name from property.building b where b.company_id = ${c} and b.community_id = any(${communities.map((x) => x.community_id)}::uuid[]) order by b.sort_no, b.name limit ${BUILDINGS_MAX}`.execute(scope.db)
  return { rows: communities.map((x) => ({ ...x, buildings: buildings.filter((b) => b.community_id === x.community_id).map(({ building_id, name }) => ({ building_id, name })) })) }
})

const createIncident = answer(safety.createIncident, async (scope, i) => {
  const c = scope.company_id
  if (i.building_id) {
    const b = await buildingToRead(scope, i.building_id)
    if (b.community_id !== i.community_id) throw scope.refuse('safety.building_elsewhere')
  } else await communityToChange(scope, i.community_id)
  const occurred_at = new Date(i.occurred_at).toISOString()
  const found_at = i.found_at ? new Date(i.found_at).toISOString() : occurred_at
  if (occurred_at > found_at || found_at > scope.now) throw scope.refuse('safety.when_wrong')
  const kind = await kindFor(scope, i.kind_id)
  const photos = await photosToAttach(scope, i.photo_ids)
  const incident_id = uuidv7()
  const report_due_at = kind.rule.report_minutes === null ? null : new Date(Date.parse(found_at) + kind.rule.report_minutes * MINUTE_MS).toISOString()
  const close_due_at = new Date(Date.parse(found_at) + kind.rule.close_days * DAY_MS).toISOString()
  const year = scope.today.slice(0, 4)
  const { rows } = await sql<{ no: string }>`with drawn as (
      insert into safety.series (company_id, series, last_no) values (${c}, ${`AQ-${year}`}, 1) on conflict (company_id, series) do update set last_no = series.last_no + 1 returning last_no),
    made as (insert into safety.incident (company_id, incident_id, no, kind_id, level, community_id, building_id, place, occurred_at, found_at, words, dead_count, badly_count, hurt_count, loss_fen, source, created_by, created_at, state, report_due_at, close_due_at)
      select ${c}, ${incident_id}, ${`AQ${year}-`}::text || lpad(last_no::text, 6, '0'), ${i.kind_id}, ${i.level}, ${i.community_id}, ${i.building_id ?? null}::uuid, ${i.place}, ${occurred_at}, ${found_at}, ${i.words}, ${i.dead_count}, ${i.badly_count}, ${i.hurt_count}, ${i.loss_fen}::bigint, ${i.source}, ${scope.who.account_id}, ${scope.now}, 'reported', ${report_due_at}::timestamptz, ${close_due_at} from drawn returning no),
    noted as (insert into safety.step (company_id, incident_id, step_no, action, from_state, to_state, by_account, by_name, at) values (${c}, ${incident_id}, 1, 'report', null, 'reported', ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now})),
    seen as (insert into safety.photo (company_id, incident_id, file_id, step_no) select ${c}, ${incident_id}, x, 1 from unnest(${photos}::uuid[]) x)
    select no from made`.execute(scope.db)
  const no = rows[0]!.no
  scope.note('incident', incident_id, { no, kind: kind.name, level: i.level })
  await tellManagers(scope, { incident_id, no, kind: kind.name, place: i.place, community_id: i.community_id, building_id: i.building_id ?? null }, '新报告', i.words)
  return { incident_id, no, report_due_at }
})
export const createAnswers = [places, createIncident]
