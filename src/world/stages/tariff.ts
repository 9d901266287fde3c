// Fee items, their first prices, per-house standards, water meters, and the simulated payment channel.
import { several } from '../caller.ts'
import { meteredHouses, PRICES_FROM, assignmentsOf, fees, stoppedOf } from '../plan/fees.ts'
import { housesIn } from '../plan/houses.ts'
import { TARIFFS_FROM, tariffs } from '../plan/tariffs.ts'
import { meterNo, startReading } from '../plan/water.ts'
import { WATER_BUILDINGS } from '../plan/buildings.ts'
import { buildingMain, ESTATE_MAIN, LIGHT_START, lightMeter, LIT_BUILDINGS, mainsFrom } from '../plan/mains.ts'
import { addDays } from '../../kernel/clock.ts'
import { firstOf } from '../plan/calendar.ts'
import { houseId, keyOf, must, planPeople, readIds, type Town } from '../town.ts'
import { billing } from '../../modules/billing/contract.ts'
import { ledger } from '../../modules/ledger/contract.ts'
import { tariff } from '../../modules/tariff/contract.ts'
import { createMeters } from '../../modules/meters/server/index.ts'

const ASSIGN_MAX = 500
const finance = (t: Town) => must(t, t.company.key === 'anju' ? 'caiwu' : 'huixin-caiwu')

export async function publishTariff(t: Town): Promise<void> {
  const who = finance(t)
  const ids = await publishTariffs(t)
  for (const f of fees.filter((x) => t.community_keys.includes(x.community))) {
    const { community, prices, tariff: by, ...fields } = f
    const priced = by ? { tariff_id: ids.get(keyOf(community, by.key))!, component: by.component } : {}
    const { fee_item_id } = await t.road.call(who, ['fee', community, f.code], billing.saveFeeItem, { ...fields, ...priced, community_id: t.ids.community.get(community)! })
    for (const p of prices) await t.road.call(who, ['price', community, f.code, p.house_kind ?? '', PRICES_FROM], billing.publishPrice, { fee_item_id, ...p, from_on: PRICES_FROM })
  }
  await readIds(t)
}

/** Written by finance, published by the manager. */
async function publishTariffs(t: Town): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const x of tariffs.filter((y) => t.community_keys.includes(y.community))) {
    const { tariff_id } = await t.road.call(finance(t), ['tariff', x.community, x.key], tariff.saveTariff, { community_id: t.ids.community.get(x.community)!, name: x.name, meter_kind: x.meter_kind, version_change: 'by_days', note: null })
    ids.set(keyOf(x.community, x.key), tariff_id)
    const { hash } = await t.road.call(finance(t), ['tariff draft', x.community, x.key], tariff.saveDraft, { tariff_id, from_on: TARIFFS_FROM, basis: x.basis, spec: x.spec })
    await t.road.call(must(t, 'jingli'), ['tariff version', x.community, x.key], tariff.publishDraft, { tariff_id, hash })
  }
  return ids
}

/** What tariffs ask about houses: stopped heating, and the high rooms of shops. */
export async function noteHouses(t: Town): Promise<void> {
  for (const { community } of tariffs.filter((y) => y.key === 'heat' && t.community_keys.includes(y.community))) {
    const set = (labels: string[], name: string, value: string, o: { from_on: string; to_on: string | null; note: string }) =>
      t.road.call(finance(t), ['attribute', community, name, o.from_on], tariff.setAttributes, { house_ids: labels.slice(0, ASSIGN_MAX).map((l) => houseId(t, community, l)), name, value, ...o })
    for (const s of stoppedOf(community, t.calendar)) await set(s.labels, 'status', 'stopped', { from_on: s.from_on, to_on: s.to_on, note: s.note })
    const shops = housesIn(community).filter((h) => h.kind === 'shop').slice(0, 6).map((h) => h.label)
    if (shops.length) await set(shops, 'height_m', '3.6', { from_on: TARIFFS_FROM, to_on: null, note: '竣工图层高' })
  }
}

/** 和顺苑 is run under 酬金制: its service fee is the owners' money, the company takes 8 % of what was charged. */
export async function agreeModel(t: Town): Promise<void> {
  const community_id = t.ids.community.get('heshun')
  if (community_id) await t.road.call(finance(t), ['fee model', 'heshun'], ledger.setFeeModel, { community_id, model: 'commission', from_month: PRICES_FROM.slice(0, 7), commission_base: 'receivable', commission_rate: '0.08', basis: '物业服务合同第十二条(酬金制)' })
}

export async function assignHouses(t: Town): Promise<void> {
  for (const community of t.community_keys) {
    await several(assignmentsOf(community, planPeople(t, community).leases, t.calendar), async (a) => {
      const ids = a.labels.map((l) => houseId(t, community, l))
      for (let i = 0; i < ids.length; i += ASSIGN_MAX)
        await t.road.call(finance(t), ['assign', community, a.code, a.from_on, a.to_on ?? '', i], billing.assignHouses, { fee_item_id: t.ids.fee.get(keyOf(community, a.code))!, house_ids: ids.slice(i, i + ASSIGN_MAX), quantity: a.quantity, from_on: a.from_on, to_on: a.to_on, note: a.note })
    })
  }
}

export async function installMeters(t: Town): Promise<void> {
  if (!t.community_keys.includes('garden')) return
  const installed_on = addDays(firstOf(t.calendar.months[0]!), -20)
  await t.road.step(finance(t), ['meters'], 'meters.meter.write', async (scope) => {
    const community_id = t.ids.community.get('garden')!
    const buildings = await scope.db.selectFrom('property.building').select(['building_id', 'no']).where('company_id', '=', t.company_id).where('community_id', '=', community_id).execute()
    const building = new Map(buildings.map((b) => [b.no, b.building_id]))
    const main = { house_id: null, community_id, installed_on: mainsFrom(t.calendar) }
    const [estate] = await createMeters(scope, [{ ...main, kind: 'water', no: ESTATE_MAIN, name: '小区进水总表' }])
    const mains = await createMeters(scope, WATER_BUILDINGS.map((no) => ({ ...main, kind: 'water' as const, no: buildingMain(no), name: `${no}栋水表总表`, building_id: building.get(no)!, parent_point_id: estate! })))
    const of = new Map(WATER_BUILDINGS.map((no, i) => [no as string, mains[i]!]))
    await createMeters(scope, LIT_BUILDINGS.map((no) => ({ ...main, kind: 'electricity' as const, no: lightMeter(no), name: `${no}栋楼梯照明`, building_id: building.get(no)!, start_reading: String(LIGHT_START[no]) })))
    const rows = meteredHouses().map((h) => ({ house_id: houseId(t, 'garden', h.label), kind: 'water' as const, no: meterNo(h), multiplier: '1', start_reading: startReading(h), installed_on, parent_point_id: of.get(h.building_no)! }))
    await createMeters(scope, rows)
    return rows.length
  })
}
