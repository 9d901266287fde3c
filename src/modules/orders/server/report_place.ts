// 员工报修: whoever walks the grounds sees a broken lamp and says so from where he stands; he needs no right to see orders, but hears what became of his.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { buildingToRead, communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { orders } from '../contract.ts'
import { configFor } from './config.ts'
import { openFound } from './create.ts'
import { rowsOf } from './list.ts'
import { photosToAttach } from './photos.ts'

const COMMUNITIES_MAX = 100
const PLACES_MAX = 1000
const MINE_MAX = 30
type Place = { community_id: string; id: string; name: string }

const reportPlaces = answer(orders.reportPlaces, async (scope) => {
  const c = scope.company_id
  const { rows: communities } = await sql<{ community_id: string; name: string }>`select c.community_id, c.name from property.community c where c.company_id = ${c} and ${communitiesSeenBy(scope)} order by c.name, c.community_id limit ${COMMUNITIES_MAX}`.execute(scope.db)
  const ids = communities.map((x) => x.community_id)
  const { rows: buildings } = await sql<Place>`select b.community_id, b.building_id as id, b.name from property.building b where b.company_id = ${c} and b.community_id = any(${ids}::uuid[]) order by b.sort_no, b.name limit ${PLACES_MAX}`.execute(scope.db)
  const { rows: areas } = await sql<Place>`select a.community_id, a.area_id as id, a.name from property.public_area a where a.company_id = ${c} and a.community_id = any(${ids}::uuid[]) and a.state <> 'disabled' order by a.category, a.name limit ${PLACES_MAX}`.execute(scope.db)
  const of = (list: Place[], community_id: string) => list.filter((p) => p.community_id === community_id)
  return { rows: communities.map((x) => ({ ...x, buildings: of(buildings, x.community_id).map((b) => ({ building_id: b.id, name: b.name })), areas: of(areas, x.community_id).map((a) => ({ area_id: a.id, name: a.name })) })) }
})

const reportPlace = answer(orders.reportPlace, async (scope, o) => {
  const cfg = await configFor(scope, o.category_id)
  if (cfg.category.place !== 'public') throw scope.refuse('orders.report_public')
  if (o.building_id) {
    const b = await buildingToRead(scope, o.building_id)
    if (b.community_id !== o.community_id) throw scope.notFound()
  } else await communityToChange(scope, o.community_id)
  if (o.area_id && !(await scope.db.selectFrom('property.public_area').select('area_id').where('company_id', '=', scope.company_id).where('community_id', '=', o.community_id).where('area_id', '=', o.area_id).executeTakeFirst())) throw scope.notFound()
  return openFound(scope, { community_id: o.community_id, building_id: o.building_id ?? null, area_id: o.area_id ?? null, place: o.place, category_id: o.category_id, words: o.words, photo_ids: await photosToAttach(scope, o.photo_ids) })
})

const myReports = answer(orders.myReports, async (scope) => {
  const rows = await rowsOf(scope, sql<SqlBool>`o.created_by = ${scope.who.account_id}::uuid and o.source = 'staff'`, sql`o.created_at desc, o.order_id`, { page: 1, page_size: MINE_MAX })
  return { rows: rows.map((r) => ({ order_id: r.order_id, no: r.no, place: r.place, words: r.words, category: r.category, state: r.state, assignee_name: r.assignee_name, created_at: r.created_at })) }
})
export const reportPlaceAnswers = [reportPlaces, reportPlace, myReports]
