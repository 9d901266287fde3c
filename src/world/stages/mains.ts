// Main meters and shared lighting, after the months: readings of the mains from what the flats used, and the lighting split over the flats
// of its building, one month in bills and the last one a draft.
import { sql } from 'kysely'
import { at, inside } from '../caller.ts'
import { WATER_BUILDINGS } from '../plan/buildings.ts'
import { firstOf, instantAt } from '../plan/calendar.ts'
import { buildingMain, ESTATE_MAIN, estateLoss, LIGHT_START, lightMeter, lightUse, LIT_BUILDINGS, lossOf, MAIN_READ, mainMonths, SPLIT, splitMonths } from '../plan/mains.ts'
import { keyOf, must, type Town } from '../town.ts'
import { billing } from '../../modules/billing/contract.ts'
import { meters } from '../../modules/meters/contract.ts'

async function known(t: Town) {
  return inside(t.app, t.company_id, async (s) => {
    const c = t.company_id
    const mains = await s.db.selectFrom('meters.meter').select(['meter_id', 'no']).where('company_id', '=', c).where('house_id', 'is', null).execute()
    const buildings = await s.db.selectFrom('property.building').select(['building_id', 'no']).where('company_id', '=', c).where('community_id', '=', t.ids.community.get('garden')!).execute()
    const used = await sql<{ no: string; month: string; usage: string }>`select b.no, to_char(r.period_on, 'YYYY-MM') as month, sum(r.usage)::text as usage from meters.reading r join meters.meter m on m.company_id = r.company_id and m.meter_id = r.meter_id and m.house_id is not null
      join property.building b on b.company_id = r.company_id and b.building_id = m.building_id where r.company_id = ${c} and r.state <> 'suspect' and r.period_on = any(${mainMonths(t.calendar).map(firstOf)}::date[]) group by 1, 2`.execute(s.db)
    return { meter: new Map(mains.map((m) => [m.no, m.meter_id])), building: new Map(buildings.map((b) => [b.no, b.building_id])), used: new Map(used.rows.map((u) => [`${u.no} ${u.month}`, Math.round(Number(u.usage) * 10)])) }
  })
}
const tenths = (n: number): string => `${Math.trunc(n / 10)}.${n % 10}`

export async function readMains(t: Town): Promise<void> {
  if (!t.community_keys.includes('garden')) return
  const { meter, used } = await known(t)
  // A sample begun before there were mains goes on without them.
  if (!meter.has(ESTATE_MAIN)) return
  const shows = new Map<string, number>(LIT_BUILDINGS.map((no) => [lightMeter(no), LIGHT_START[no]]))
  const add = (no: string, n: number): void => void shows.set(no, (shows.get(no) ?? 0) + n)
  for (const month of mainMonths(t.calendar)) {
    let whole = 0
    for (const no of WATER_BUILDINGS) {
      const through = Math.round(((used.get(`${no} ${month}`) ?? 0) * (1000 + lossOf(no, month))) / 1000)
      add(buildingMain(no), through)
      whole += through
    }
    add(ESTATE_MAIN, Math.round((whole * (1000 + estateLoss(month))) / 1000))
    for (const no of LIT_BUILDINGS) add(lightMeter(no), lightUse(no, month))
    const rows = [...shows].map(([no, n]) => ({ meter_id: meter.get(no)!, reading: no.startsWith('LX') ? tenths(n) : String(n) }))
    await at(instantAt(t.calendar, `${month}-${MAIN_READ.day}`, MAIN_READ.time), async () => void (await t.road.call(must(t, 'shoufei1'), ['mains', month], meters.saveReadings, { period: month, read_on: `${month}-${MAIN_READ.day}`, rows })))
  }
}

export async function shareLighting(t: Town): Promise<void> {
  const months = splitMonths(t.calendar)
  if (!t.community_keys.includes('garden') || !months[0]) return
  const [maker, checker] = [must(t, 'jingli'), must(t, 'caiwu')]
  const { meter, building } = await known(t)
  if (!meter.has(ESTATE_MAIN)) return
  for (const no of LIT_BUILDINGS) {
    const { group_id } = await t.road.call(maker, ['share group', no], meters.saveShareGroup, { community_id: t.ids.community.get('garden')!, name: `${no}栋楼梯照明`, kind: 'electricity', place: 'building', building_id: building.get(no)!, house_kinds: ['dwelling'] })
    // Building 7 spares the ground floor, as its owners decided.
    await t.road.call(maker, ['share rule', no], meters.publishShareRule, {
      group_id, from_on: firstOf(months[0]), method: no === '7' ? 'household' : 'area', area_kind: no === '7' ? null : 'built', floors: no === '7' ? [{ from_floor: -2, to_floor: 1, coefficient: '0' }] : [], vacant_percent: '100', unsold_percent: '100',
      source: 'price', unit_price: '0.57', sources: [{ point_id: meter.get(lightMeter(no))!, take: 'usage' }], basis: no === '7' ? '7栋业主书面约定(首层不摊)' : '物业服务合同第 14 条,按建筑面积分摊',
    })
    for (const month of months)
      await at(instantAt(t.calendar, `${month}-${SPLIT.day}`, '09:00:00'), async () => {
        const { split_id } = await t.road.call(maker, ['split', no, month], meters.draftSplit, { group_id, period: month })
        if (month === months.at(-1)) return
        const seen = await t.road.ask(checker, meters.shareSplit, { split_id })
        if (seen.state === 'draft') await t.road.call(checker, ['publish split', no, month], billing.publishShare, { split_id, fee_item_id: t.ids.fee.get(keyOf('garden', 'GT'))!, parts_hash: seen.parts_hash })
      })
  }
}
